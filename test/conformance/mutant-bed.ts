// A good broker in this process, plain clients before it, and a link between them that plays a mutant's faults.
import { plainProfile } from '../../src/faults/link-profile.ts';
import { createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Aedes } from 'aedes';
import type { PacketFault } from '../../src/faults/packet-fault.ts';
import type { EventDraft } from '../../src/history/event.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';
import { startEmbeddedLink } from '../../src/parts/links/embedded.ts';
import type { Endpoint } from '../../src/parts/part.ts';
import { encode, type Spoil } from '../../src/wire/encode.ts';
import type { Connect, Packet, PacketType, Publish, Qos, Text } from '../../src/wire/packet.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { testWorld } from '../parts/brokers/world.ts';

/** How long a client waits for an answer that a mutant may keep back. */
const answerWithinMs = 60;

export interface Client {
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

export interface Bed {
  /** A connection that has sent nothing. */
  open(acknowledges?: boolean): Promise<Client>;
  connect(clientId: string, more?: Partial<Connect<Text>>, acknowledges?: boolean): Promise<Client>;
  /** Sends to the newest connection what this broker does not: it repeats without DUP. */
  asBroker(packet: Packet): void;
}

export type Exchange = (bed: Bed) => Promise<void>;

export const connectPacket = (clientId: Text, more: Partial<Connect<Text>> = {}): Connect<Text> => ({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 30,
  clientId,
  ...more,
});
export const message = (qos: Qos, more: Partial<Publish<Text>> = {}): Publish<Text> => ({
  type: 'PUBLISH',
  dup: false,
  qos,
  retain: false,
  topic: 'a/b',
  payload: Buffer.from('x'),
  ...(qos > 0 && { packetId: 9 }),
  ...more,
});
export const ping: Packet = { type: 'PINGREQ' };
export const empty = Buffer.alloc(0);
export const kept = { cleanSession: false };
export const will = { topic: 'gone', payload: Buffer.from('gone'), qos: 1, retain: false } as const;

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
export async function played(exchange: Exchange, faults: readonly PacketFault[]): Promise<readonly EventDraft[]> {
  using world = testWorld();
  await using broker = await goodBroker();
  const names = { name: 'mutant', client: 'client', server: 'broker', profile: plainProfile };
  const options = { ...names, upstream: broker.endpoint, faults, taps: true, connectionIds: connectionIds() };
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
export function seen(events: readonly EventDraft[], seenAt: 'clientEnd' | 'serverEnd'): ReadonlyMap<string, string> {
  const what = new Map<string, string>();
  const add = (key: string, more: string): unknown => what.set(key, (what.get(key) ?? '') + more);
  for (const it of events) {
    if (it.kind === 'packet' && it.seenAt === seenAt)
      add(`${it.connection} ${it.direction}`, `${it.bytes}${it.payloadHash ?? ''} `);
    if (it.kind === 'ended' && it.seenAt === seenAt) add(`${it.connection} ended by`, it.by);
  }
  return what;
}

/** Text that is not UTF-8. */
export const badText = Buffer.from([0x61, 0xc0, 0xaf]);
/** A CONNECT of MQTT 5.0. */
export const level5 = Buffer.from('100e00044d5154540502000000000161', 'hex');
