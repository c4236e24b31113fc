// Random packets, streams and ways to cut them, for the properties of the codec.
import * as fc from 'fast-check';
import { encode } from '../../src/wire/encode.ts';
import type { Packet, Qos, Sender, Text, Will } from '../../src/wire/packet.ts';

/** Characters that are hard on a codec: a BOM, the ends of the UTF-8 lengths, non-characters, `$`. */
const EDGE_TEXT = [
  '\uFEFF',
  '\u007F',
  '\u0080',
  '\u07FF',
  '\u0800',
  '\uD7FF',
  '\uE000',
  '\uFFFD',
  '\uFFFF',
  '𐀀',
  '\u{10FFFF}',
  '$',
];

const character = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom(...EDGE_TEXT) },
);

/** Well-formed text: no U+0000, no lone surrogates. */
const text = (minLength = 0): fc.Arbitrary<string> =>
  fc.array(character, { minLength, maxLength: 12 }).map((it) => it.join('').replaceAll('\0', 'x'));

/** Sometimes long enough for two and three bytes of Remaining Length. */
const stretched = <T>(short: fc.Arbitrary<T>, long: (length: number) => T): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 30, arbitrary: short },
    { weight: 1, arbitrary: fc.constantFrom(127, 128, 4096, 16384).map(long) },
  );

const payload = stretched<Uint8Array>(fc.uint8Array({ maxLength: 40 }), (length) => new Uint8Array(length).fill(0x30));

export const topicName = stretched(
  text(1).map((it) => it.replaceAll(/[#+]/g, '/')),
  (length) => 't'.repeat(length),
);

const filterLevel = fc.oneof(
  fc.constantFrom('+', '', 'a', '$a'),
  text().map((it) => it.replaceAll(/[#+/]/g, 'y')),
);

export const topicFilter = fc
  .tuple(fc.array(filterLevel, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, hash]) => [...levels, ...(hash ? ['#'] : [])].join('/'))
  .map((filter) => (filter === '' ? '#' : filter));

const packetId = fc.integer({ min: 1, max: 0xffff });
const qos = fc.constantFrom<Qos>(0, 1, 2);

const will: fc.Arbitrary<Will> = fc.record({ topic: topicName, payload, qos, retain: fc.boolean() });

const connect: fc.Arbitrary<Packet> = fc
  .record({
    level: fc.constantFrom(3, 4),
    cleanSession: fc.boolean(),
    keepAliveS: fc.integer({ min: 0, max: 0xffff }),
    clientId: text(1),
    will: fc.option(will, { nil: undefined }),
    login: fc.option(fc.record({ userName: text(), password: fc.option(payload, { nil: undefined }) }), {
      nil: undefined,
    }),
  })
  .map((it) => ({
    type: 'CONNECT' as const,
    protocolName: it.level === 3 ? 'MQIsdp' : 'MQTT',
    protocolLevel: it.level,
    cleanSession: it.cleanSession,
    keepAliveS: it.keepAliveS,
    clientId: it.clientId,
    ...(it.will === undefined ? {} : { will: it.will }),
    ...(it.login === undefined ? {} : { userName: it.login.userName }),
    ...(it.login?.password === undefined ? {} : { password: it.login.password }),
  }));

const publish: fc.Arbitrary<Packet> = fc
  .record({ dup: fc.boolean(), qos, retain: fc.boolean(), topic: topicName, packetId, payload })
  .map((it) =>
    it.qos === 0
      ? { type: 'PUBLISH', dup: false, qos: 0, retain: it.retain, topic: it.topic, payload: it.payload }
      : { type: 'PUBLISH', ...it },
  );

const ack = <T extends 'PUBACK' | 'PUBREC' | 'PUBREL' | 'PUBCOMP' | 'UNSUBACK'>(type: T) =>
  packetId.map((id) => ({ type, packetId: id }));

const bothSides = [publish, publish, ack('PUBACK'), ack('PUBREC'), ack('PUBREL'), ack('PUBCOMP')];

const fromClient: fc.Arbitrary<Packet> = fc.oneof(
  ...bothSides,
  connect,
  fc.record({
    type: fc.constant('SUBSCRIBE' as const),
    packetId,
    subscriptions: fc.array(fc.record({ filter: topicFilter, qos }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('UNSUBSCRIBE' as const),
    packetId,
    filters: fc.array(topicFilter, { minLength: 1, maxLength: 4 }),
  }),
  fc.constant({ type: 'PINGREQ' as const }),
  fc.constant({ type: 'DISCONNECT' as const }),
);

const fromServer: fc.Arbitrary<Packet> = fc.oneof(
  ...bothSides,
  fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 5 })).map(([present, returnCode]) => ({
    type: 'CONNACK' as const,
    sessionPresent: present && returnCode === 0,
    returnCode,
  })),
  fc.record({
    type: fc.constant('SUBACK' as const),
    packetId,
    returnCodes: fc.array(fc.constantFrom(0, 1, 2, 0x80), { minLength: 1, maxLength: 4 }),
  }),
  ack('UNSUBACK'),
  fc.constant({ type: 'PINGRESP' as const }),
);

export const sender = fc.constantFrom<Sender>('client', 'server');

/** A packet that its sender may send, and that breaks nothing. */
export const validPacket = sender.chain((it) =>
  fc.record({ sender: fc.constant(it), packet: it === 'client' ? fromClient : fromServer }),
);

/** Packets that one side may send, one after the other. */
export const validPackets = sender.chain((it) =>
  fc.record({
    sender: fc.constant(it),
    packets: fc.array(it === 'client' ? fromClient : fromServer, { minLength: 1, maxLength: 5 }),
  }),
);

const anyText: fc.Arbitrary<Text> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', '#', '+', 'a/#/b', 'x+'),
  fc.uint8Array({ maxLength: 6 }),
);
const anyId = fc.constantFrom(0, 1, 0xffff);
const byte = fc.nat(255);

/** Packets that may break anything which a packet value can break. */
const forbiddenPacket: fc.Arbitrary<Packet<Text>> = fc.oneof(
  fc.record({
    type: fc.constant('PUBLISH' as const),
    dup: fc.boolean(),
    qos: fc.constantFrom<Qos>(0, 1, 2, 3),
    retain: fc.boolean(),
    topic: anyText,
    packetId: anyId,
    payload,
  }),
  fc.record({
    type: fc.constant('SUBSCRIBE' as const),
    packetId: anyId,
    subscriptions: fc.array(fc.record({ filter: anyText, qos: byte }), { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('UNSUBSCRIBE' as const),
    packetId: anyId,
    filters: fc.array(anyText, { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('SUBACK' as const), packetId: anyId, returnCodes: fc.array(byte, { maxLength: 3 }) }),
  fc.record({ type: fc.constant('CONNACK' as const), sessionPresent: fc.boolean(), returnCode: byte }),
  fc.record({
    type: fc.constant('CONNECT' as const),
    protocolName: anyText,
    protocolLevel: byte,
    cleanSession: fc.boolean(),
    keepAliveS: fc.nat(0xffff),
    clientId: anyText,
    password: fc.uint8Array({ maxLength: 4 }),
  }),
);

const spoil = fc.record(
  {
    type: fc.nat(15),
    flags: fc.nat(15),
    connectFlags: byte,
    bodyCutTo: fc.nat(20),
    bodyAppend: fc.uint8Array({ maxLength: 5 }),
  },
  { requiredKeys: [] },
);

const validStream = validPackets.map(({ packets }) => Buffer.concat(packets.map((it) => encode(it))));

const mutatedStream = fc
  .tuple(
    validStream,
    fc.array(fc.record({ at: fc.nat(), kind: fc.constantFrom('set', 'cut', 'add'), byte }), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([stream, mutations]) => {
    const bytes = [...stream];
    for (const { at, kind, byte: value } of mutations) {
      const added = kind === 'cut' ? [] : [value];
      bytes.splice(at % (bytes.length + 1), kind === 'add' ? 0 : 1, ...added);
    }
    return Buffer.from(bytes);
  });

const forbiddenStream = fc
  .array(fc.tuple(forbiddenPacket, spoil), { minLength: 1, maxLength: 4 })
  .map((packets) => Buffer.concat(packets.map(([packet, how]) => encode(packet, how))));

const randomStream = fc.uint8Array({ maxLength: 60 }).map((it) => Buffer.from(it));

/** Any stream: valid, with mutated bytes, of packets spoilt on purpose, or plain noise. */
export const anyStream = fc.oneof(validStream, mutatedStream, forbiddenStream, randomStream);

/** A limit of the decoder: none, or so small that packets of these streams exceed it. */
export const packetLimit = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 2, max: 40 }).map((maxPacketB) => ({ maxPacketB })),
);

/** Cuts bytes into chunks, empty ones included. */
export const segmentation = fc.oneof(
  fc.constant('byte by byte' as const),
  fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 8 }),
);

/** Applies a {@link segmentation}; the lengths are used in turn. */
export function segments(stream: Buffer, how: 'byte by byte' | readonly number[]): Buffer[] {
  const lengths = how === 'byte by byte' ? [1] : [...how, 1];
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < stream.length; i++) {
    const length = lengths[i % lengths.length] ?? 1;
    chunks.push(Buffer.from(stream.subarray(at, at + length)));
    at += length;
  }
  return chunks;
}
