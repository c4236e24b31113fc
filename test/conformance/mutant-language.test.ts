// A mutant that never acts is no mutant: each must change what passes between plain clients and a good broker.
import { createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Aedes } from 'aedes';
import { describe, expect, test } from 'vitest';
import { mutants } from '../../src/conformance/mutants.ts';
import {
  connackMutants,
  connectMutants,
  textMutants,
  violationMutants,
} from '../../src/conformance/mutants/connect.ts';
import { keepAliveMutants } from '../../src/conformance/mutants/keep-alive.ts';
import { deliveryMutants, flagMutants, packetMutants, qosMutants } from '../../src/conformance/mutants/publish.ts';
import { retainedMutants } from '../../src/conformance/mutants/retained.ts';
import { sessionMutants } from '../../src/conformance/mutants/session.ts';
import { subscribeMutants, unsubscribeMutants } from '../../src/conformance/mutants/subscribe.ts';
import { willMutants } from '../../src/conformance/mutants/will.ts';
import type { Mutant } from '../../src/conformance/mutant.ts';
import type { PacketFault } from '../../src/faults/packet-fault.ts';
import type { EventDraft } from '../../src/history/event.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';
import { startEmbeddedLink } from '../../src/parts/links/embedded.ts';
import type { Endpoint } from '../../src/parts/part.ts';
import statements from '../../src/spec/mqtt-3.1.1.json' with { type: 'json' };
import { encode, type Spoil } from '../../src/wire/encode.ts';
import type { Connect, Packet, PacketType, Publish, Qos, Text } from '../../src/wire/packet.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { testWorld } from '../parts/brokers/world.ts';

/** How long a client waits for an answer that a mutant may keep back. */
const answerWithinMs = 60;

interface Client {
  send(packet: Packet<Text> | Uint8Array, spoil?: Spoil): void;
  /** Sends, and waits until something of this type has come, or for as long as a mutant is worth waiting for. */
  ask(packet: Packet<Text> | Uint8Array, answer: PacketType, spoil?: Spoil): Promise<void>;
  /** Waits for one more packet of this type. */
  gets(type: PacketType): Promise<void>;
  publish(qos: Qos, more?: Partial<Publish<Text>>): Promise<void>;
  subscribe(...filters: readonly (readonly [filter: Text, qos: number])[]): Promise<void>;
  unsubscribe(...filters: readonly Text[]): Promise<void>;
  /** Closes without DISCONNECT, and waits for the other side. */
  leave(): Promise<void>;
  disconnect(): Promise<void>;
}

interface Bed {
  /** A connection that has sent nothing. */
  open(acknowledges?: boolean): Promise<Client>;
  connect(clientId: string, more?: Partial<Connect<Text>>, acknowledges?: boolean): Promise<Client>;
  /** Sends to the newest connection what this broker does not: it repeats without DUP. */
  asBroker(packet: Packet): void;
}

type Exchange = (bed: Bed) => Promise<void>;

const connectPacket = (clientId: Text, more: Partial<Connect<Text>> = {}): Connect<Text> => ({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 30,
  clientId,
  ...more,
});
const message = (qos: Qos, more: Partial<Publish<Text>> = {}): Publish<Text> => ({
  type: 'PUBLISH',
  dup: false,
  qos,
  retain: false,
  topic: 'a/b',
  payload: Buffer.from('x'),
  ...(qos > 0 && { packetId: 9 }),
  ...more,
});
const ping: Packet = { type: 'PINGREQ' };
const empty = Buffer.alloc(0);
const kept = { cleanSession: false };
const will = { topic: 'gone', payload: Buffer.from('gone'), qos: 1, retain: false } as const;

async function client(endpoint: Endpoint, acknowledges: boolean): Promise<Client & { readonly socket: Socket }> {
  const socket = dial({ ...endpoint, noDelay: true });
  const decoder = new StreamDecoder('server');
  const came: PacketType[] = [];
  let wake = Promise.withResolvers<void>();
  let packetId = 0;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const send: Client['send'] = (packet, spoil) =>
    void socket.write(packet instanceof Uint8Array ? packet : encode(packet, spoil));
  const arrived = (packet: Packet): void => {
    came.push(packet.type);
    wake.resolve();
    wake = Promise.withResolvers();
    if (!acknowledges) return;
    if (packet.type === 'PUBREL') send({ type: 'PUBCOMP', packetId: packet.packetId });
    if (packet.type !== 'PUBLISH' || packet.packetId === undefined) return;
    send({ type: packet.qos === 1 ? 'PUBACK' : 'PUBREC', packetId: packet.packetId });
  };
  socket.on('data', (chunk) => decoder.push(chunk).forEach((frame) => frame.packet && arrived(frame.packet)));
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const gets = async (type: PacketType): Promise<void> => {
    const late = wait(answerWithinMs, 'late');
    while (!came.includes(type)) {
      if ((await Promise.race([wake.promise, late, closed.then(() => 'late')])) === 'late') return;
    }
    came.splice(came.indexOf(type), 1);
  };
  const ask: Client['ask'] = async (packet, answer, spoil) => {
    send(packet, spoil);
    await gets(answer);
  };
  const leave = async (): Promise<void> => {
    socket.end();
    await Promise.race([closed, wait(answerWithinMs)]);
    socket.destroy();
  };
  return {
    socket,
    send,
    ask,
    gets,
    leave,
    async publish(qos, more) {
      packetId += 1;
      const it = message(qos, { ...(qos > 0 && { packetId }), ...more });
      if (qos === 0) return send(it);
      await ask(it, qos === 1 ? 'PUBACK' : 'PUBREC');
      if (qos === 2) await ask({ type: 'PUBREL', packetId: it.packetId ?? 0 }, 'PUBCOMP');
    },
    async subscribe(...filters) {
      packetId += 1;
      const subscriptions = filters.map(([filter, qos]) => ({ filter, qos }));
      await ask({ type: 'SUBSCRIBE', packetId, subscriptions }, 'SUBACK');
    },
    async unsubscribe(...filters) {
      packetId += 1;
      await ask({ type: 'UNSUBSCRIBE', packetId, filters }, 'UNSUBACK');
    },
    async disconnect() {
      send({ type: 'DISCONNECT' });
      await leave();
    },
  };
}

/** A good broker in this process that refuses the user names 2 to 5 with that return code. */
async function goodBroker(): Promise<AsyncDisposable & { readonly endpoint: Endpoint; readonly sockets: Socket[] }> {
  const broker = await Aedes.createBroker({
    authenticate: (_client, name, _password, done) => {
      const returnCode = Number(name ?? 0);
      if (returnCode === 0) done(null, true);
      else done(Object.assign(new Error('refused'), { returnCode }), false);
    },
  });
  const sockets: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  return {
    endpoint: { host: '127.0.0.1', port: address.port },
    sockets,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => broker.close(resolve));
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Everything that was seen while the exchange was played over a link with these faults. */
async function played(exchange: Exchange, faults: readonly PacketFault[]): Promise<readonly EventDraft[]> {
  using world = testWorld();
  await using broker = await goodBroker();
  const names = { name: 'mutant', client: 'client', server: 'broker' };
  const figures = { delayMs: 0, jitterMs: 0 };
  const options = { ...names, figures, upstream: broker.endpoint, faults, taps: true, connectionIds: connectionIds() };
  const link = await startEmbeddedLink(options, world.context);
  const clients: Client[] = [];
  const open: Bed['open'] = async (acknowledges = true) => {
    const it = await client(link.endpoint, acknowledges);
    clients.push(it);
    return it;
  };
  await exchange({
    open,
    async connect(clientId, more, acknowledges) {
      const it = await open(acknowledges);
      await it.ask(connectPacket(clientId, more), 'CONNACK');
      return it;
    },
    asBroker: (packet) => void broker.sockets.at(-1)?.write(encode(packet)),
  });
  await Promise.all(clients.map((it) => it.leave()));
  await link[Symbol.asyncDispose]();
  return world.events;
}

/** What one end of the link saw: the bytes of each connection each way, and who closed it. */
function seen(events: readonly EventDraft[], seenAt: 'clientEnd' | 'serverEnd'): ReadonlyMap<string, string> {
  const what = new Map<string, string>();
  const add = (key: string, more: string): unknown => what.set(key, (what.get(key) ?? '') + more);
  for (const it of events) {
    if (it.kind === 'packet' && it.seenAt === seenAt) add(`${it.connection} ${it.direction}`, `${it.bytes} `);
    if (it.kind === 'ended' && it.seenAt === seenAt) add(`${it.connection} ended by`, it.by);
  }
  return what;
}

const badText = Buffer.from([0x61, 0xc0, 0xaf]);
const level5 = Buffer.from('100e00044d5154540502000000000161', 'hex');

/** Everything that a broker has to close on, each on a connection of its own. */
const illegal: Exchange = async (bed) => {
  for (const text of [badText, 'a\0b']) {
    const it = await bed.open();
    await it.ask(connectPacket(text), 'CONNACK');
    await (await bed.connect('one')).subscribe([text, 1]);
    await (await bed.connect('two')).unsubscribe(text);
    for (const qos of [0, 1, 2] as const) await (await bed.connect(`p${qos}`)).publish(qos, { topic: text });
  }
  for (const hex of ['90030001 00', 'f000', '3003000561'].map((it) => it.replace(' ', ''))) {
    const it = await bed.connect('three');
    await it.ask(Buffer.from(hex, 'hex'), 'PINGRESP');
  }
};

const connecting: Exchange = async (bed) => {
  const refuse = async (packet: Packet<Text> | Uint8Array, spoil?: Spoil): Promise<void> =>
    (await bed.open()).ask(packet, 'CONNACK', spoil);
  await refuse(level5);
  await refuse(connectPacket('l', { protocolLevel: 99 }));
  await refuse(connectPacket('r'), { connectFlags: 3 });
  await refuse(connectPacket('', kept));
  for (const userName of ['2', '3', '4', '5']) await refuse(connectPacket('u', { userName }));
  const twice = await bed.connect('twice');
  await twice.ask(connectPacket('twice'), 'CONNACK');
  const hasty = await bed.open();
  hasty.send(Buffer.concat([encode(connectPacket('hasty')), encode(ping)]));
  await hasty.gets('PINGRESP');
  for (const cleanSession of [false, false, true]) {
    const back = await bed.connect('back', { cleanSession });
    await back.subscribe(['back', 1]);
    await back.disconnect();
  }
  await (await bed.connect('clean')).disconnect();
  const last = await bed.connect('clean');
  await last.ask(ping, 'PINGRESP');
  await last.ask(ping, 'PINGRESP');
};

const wills: Exchange = async (bed) => {
  const observer = await bed.connect('observer');
  await observer.subscribe(['gone', 2]);
  await (await bed.connect('victim', { ...kept, will })).leave();
  await (await bed.connect('victim', kept)).leave();
  await (await bed.connect('retainer', { will: { ...will, retain: true } })).leave();
  await (await bed.connect('leaver', { will })).disconnect();
  await observer.ask(ping, 'PINGRESP');
};

const sessions: Exchange = async (bed) => {
  const away = await bed.connect('Away', kept);
  await away.subscribe(['a/#', 2]);
  await away.disconnect();
  const publisher = await bed.connect('publisher');
  for (const qos of [1, 2] as const) await publisher.publish(qos);
  await (await bed.connect('Away', kept)).gets('PUBLISH');
  const older = await bed.connect('taken');
  await (await bed.connect('taken')).ask(ping, 'PINGRESP');
  await older.leave();
  await (await bed.connect('Away')).leave();
};

/** Deliveries, acknowledgements, and what a broker repeats when a client returns. */
const messages: Exchange = async (bed) => {
  const subscriber = await bed.connect('subscriber', kept);
  await subscriber.subscribe(['a/#', 2]);
  const publisher = await bed.connect('publisher', kept);
  await publisher.subscribe(['keeps/its/session', 1]);
  for (const qos of [0, 1, 2, 0, 1, 2] as const) await publisher.publish(qos);
  await publisher.publish(0, { retain: true });
  await (await bed.connect('mute', {}, false)).subscribe(['a/b', 1]);
  publisher.send(message(1, { packetId: 21 }));
  publisher.send(message(1, { packetId: 22, dup: true }));
  await publisher.gets('PUBACK');
  await publisher.gets('PUBACK');
  await (await bed.connect('three')).ask(message(3), 'PUBACK');
  await publisher.ask(message(2, { packetId: 30 }), 'PUBREC');
  await publisher.leave();
  await (await bed.connect('publisher', kept)).ask(message(2, { packetId: 30, dup: true }), 'PUBREC');
  await subscriber.leave();
  await (await bed.connect('publisher', kept)).publish(1);
  const returned = await bed.connect('subscriber', kept);
  await returned.gets('PUBLISH');
  bed.asBroker({ ...message(1, { packetId: 40, dup: true }), topic: 'a/b' });
  bed.asBroker({ ...message(2, { packetId: 41, dup: true }), topic: 'a/b' });
  bed.asBroker({ type: 'PUBREL', packetId: 42 });
  await returned.gets('PUBREL');
};

const retained: Exchange = async (bed) => {
  const publisher = await bed.connect('publisher');
  for (const qos of [0, 1, 2] as const) await publisher.publish(qos, { topic: `r/${qos}`, retain: true });
  const subscriber = await bed.connect('subscriber');
  await subscriber.subscribe(['r/#', 2], ['a/#', 2]);
  for (const _ of [0, 1, 2]) await subscriber.gets('PUBLISH');
  for (const qos of [0, 1, 2] as const) await publisher.publish(qos, { payload: empty });
  for (const qos of [0, 1, 2] as const) await publisher.publish(qos, { payload: empty, retain: true });
  const again = await bed.connect('again');
  for (const qos of [0, 0, 1, 1, 2, 2]) await again.subscribe([`r/${qos}`, 2]);
  await again.ask(ping, 'PINGRESP');
};

const subscriptions: Exchange = async (bed) => {
  const spoilt = async (packet: Packet, answer: PacketType, spoil?: Spoil): Promise<void> =>
    (await bed.connect('spoilt')).ask(packet, answer, spoil);
  const asked = { packetId: 5, subscriptions: [{ filter: 'a', qos: 1 }] };
  await spoilt({ type: 'SUBSCRIBE', ...asked }, 'SUBACK', { flags: 0 });
  await spoilt({ type: 'SUBSCRIBE', packetId: 5, subscriptions: [{ filter: 'a', qos: 3 }] }, 'SUBACK');
  await spoilt({ type: 'UNSUBSCRIBE', packetId: 5, filters: ['a'] }, 'UNSUBACK', { flags: 0 });
  const one = await bed.connect('one');
  for (const qos of [0, 1] as const) await one.publish(qos, { topic: `A/${qos}`, retain: true });
  await one.subscribe(['A/#', 1], ['b', 0]);
  await one.subscribe(['A/#', 1]);
  await one.subscribe(['A/1', 1]);
  for (const qos of [0, 1] as const) await one.publish(qos, { topic: 'A/2' });
  await one.unsubscribe('A/1', 'b/');
  await one.unsubscribe('A/#');
  await one.ask(ping, 'PINGRESP');
};

const groups: readonly (readonly [name: string, Exchange, readonly Mutant[]])[] = [
  ['illegal packets', illegal, [...textMutants, ...violationMutants]],
  ['connecting', connecting, [...connectMutants, ...connackMutants, ...keepAliveMutants]],
  ['wills', wills, willMutants],
  ['sessions', sessions, sessionMutants],
  ['messages', messages, [...packetMutants, ...flagMutants, ...deliveryMutants, ...qosMutants]],
  ['retained messages', retained, retainedMutants],
  ['subscriptions', subscriptions, [...subscribeMutants, ...unsubscribeMutants]],
];

describe('the list', () => {
  test('names each mutant once', () => {
    const ids = mutants.map((it) => it.id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test('has no mutant that nobody tries here', () => {
    const tried = groups.flatMap(([, , them]) => them);
    expect(new Set(tried)).toEqual(new Set(mutants));
  });

  test('names statements that exist', () => {
    const known = new Set(statements.statements.map((it) => it.id));
    expect(mutants.filter((it) => !known.has(it.statement))).toEqual([]);
  });

  test('names faults of one mutant apart, so that a link can play them', () => {
    for (const { faults } of mutants) expect(new Set(faults.map((it) => it.id)).size).toBe(faults.length);
  });
});

describe.each(groups)('%s', (_name, exchange, them) => {
  test('pass unchanged over a link without faults', async () => {
    const events = await played(exchange, []);
    expect(seen(events, 'clientEnd')).toEqual(seen(events, 'serverEnd'));
  });

  test.concurrent.each(them)('$id', async ({ faults }) => {
    const events = await played(exchange, faults);
    const acted = events.flatMap((it) => (it.kind === 'fault' ? [it] : []));
    expect(acted.filter((it) => it.did.startsWith('could not'))).toEqual([]);
    expect(new Set(acted.map((it) => it.fault))).toEqual(new Set(faults.map((it) => it.id)));
    expect(seen(events, 'clientEnd')).not.toEqual(seen(events, 'serverEnd'));
  });
});
