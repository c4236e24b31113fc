// A mutant that never acts is no mutant: each must change what passes between plain clients and a good broker.
import { describe, expect, test } from 'vitest';
import { mutants, mutantsAhead } from '../../src/conformance/mutants.ts';
import { clientIdMutants } from '../../src/conformance/mutants/client-ids.ts';
import { connectFieldMutants } from '../../src/conformance/mutants/connect-fields.ts';
import { firstPacketMutants, refusalMutants, validationMutants } from '../../src/conformance/mutants/connect-order.ts';
import {
  connackMutants,
  connectMutants,
  textMutants,
  violationMutants,
} from '../../src/conformance/mutants/connect.ts';
import { exchangeMutants, interoperationMutants, stateMutants } from '../../src/conformance/mutants/exchange.ts';
import { reservedFlagMutants } from '../../src/conformance/mutants/flags.ts';
import { keepAliveMutants } from '../../src/conformance/mutants/keep-alive.ts';
import { deliveryMutants, flagMutants, packetMutants, qosMutants } from '../../src/conformance/mutants/publish.ts';
import { retainedMutants } from '../../src/conformance/mutants/retained.ts';
import { sessionMutants } from '../../src/conformance/mutants/session.ts';
import { subscribeMutants, unsubscribeMutants } from '../../src/conformance/mutants/subscribe.ts';
import {
  bomMutants,
  filterMutants,
  matchingMutants,
  severalFiltersMutants,
  topicNameMutants,
} from '../../src/conformance/mutants/topics.ts';
import { willMutants } from '../../src/conformance/mutants/will.ts';
import type { Mutant } from '../../src/conformance/mutant.ts';
import statements from '../../src/spec/mqtt-3.1.1.json' with { type: 'json' };
import { encode, type Spoil } from '../../src/wire/encode.ts';
import type { Packet, PacketType, Text } from '../../src/wire/packet.ts';
import { connectFields } from './connect-exchange.ts';
import { longExchanges } from './long-exchange.ts';
import {
  badText,
  connectPacket,
  empty,
  kept,
  level5,
  message,
  ping,
  played,
  seen,
  will,
  type Exchange,
} from './mutant-bed.ts';
import { illegalNames, legalNames, reservedBits, severalFilters } from './topic-exchange.ts';

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
  [
    'fields of a CONNECT',
    connectFields,
    [...firstPacketMutants, ...connectFieldMutants, ...clientIdMutants, ...validationMutants, ...refusalMutants],
  ],
  ['wills', wills, willMutants],
  ['sessions', sessions, sessionMutants],
  ['messages', messages, [...packetMutants, ...flagMutants, ...deliveryMutants, ...qosMutants]],
  ['retained messages', retained, retainedMutants],
  ['subscriptions', subscriptions, [...subscribeMutants, ...unsubscribeMutants]],
  ['illegal names', illegalNames, [...topicNameMutants, ...filterMutants]],
  ['legal names', legalNames, [...bomMutants, ...matchingMutants]],
  ['several filters', severalFilters, severalFiltersMutants],
  ['reserved bits', reservedBits, reservedFlagMutants],
  ['long exchanges', longExchanges, [...exchangeMutants, ...interoperationMutants, ...stateMutants]],
];

describe('the list', () => {
  const all = [...mutants, ...mutantsAhead];

  test('names each mutant once', () => {
    const ids = all.map((it) => it.id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test('has no mutant that nobody tries here', () => {
    const tried = new Set(groups.flatMap(([, , them]) => them));
    // Those of WebSocket act below packets: test/parts/links/websocket-mutant.test.ts tries each of them.
    expect(mutants.filter((it) => it.websocket === undefined && !tried.has(it))).toEqual([]);
    expect([...tried].filter((it) => !all.includes(it))).toEqual([]);
  });

  test('names statements that exist', () => {
    const known = new Set(statements.statements.map((it) => it.id));
    expect(all.filter((it) => !known.has(it.statement))).toEqual([]);
  });

  test('names faults of one mutant apart, so that a link can play them', () => {
    for (const { faults } of all) expect(new Set(faults.map((it) => it.id)).size).toBe(faults.length);
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
