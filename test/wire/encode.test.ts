// What the encoder writes on purpose: forbidden packets, spoilt bytes, and the few things that have no bytes.
import { describe, expect, test } from 'vitest';
import { FieldbenchError } from '../../src/error.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Spoil } from '../../src/wire/encode.ts';
import type { Packet, Text } from '../../src/wire/packet.ts';
import { hexBytes } from './rows/row.ts';

const PUBLISH: Packet = { type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 'a', payload: Buffer.from('x') };
const CONNECT: Packet = {
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 60,
  clientId: 'c',
};

const FORBIDDEN: readonly (readonly [string, Packet<Text>, string])[] = [
  ['QoS 3 without packet id', { ...PUBLISH, qos: 3 }, "36 04 00 01 'ax'"],
  ['QoS 0 with packet id', { ...PUBLISH, packetId: 7 }, "30 06 00 01 'a' 00 07 'x'"],
  ['packet id 0', { type: 'PUBACK', packetId: 0 }, '40 02 00 00'],
  ['wildcards in a topic', { ...PUBLISH, topic: '+/#' }, "30 06 00 03 '+/#x'"],
  ['ill-formed text', { ...PUBLISH, topic: Buffer.of(0xed, 0xa0, 0x80) }, "30 06 00 03 ED A0 80 'x'"],
  ['NUL', { ...PUBLISH, topic: '\0' }, "30 04 00 01 00 'x'"],
  ['a lone surrogate, which has no UTF-8 form', { ...PUBLISH, topic: '\uD800' }, "30 06 00 03 EF BF BD 'x'"],
  ['an empty SUBSCRIBE', { type: 'SUBSCRIBE', packetId: 1, subscriptions: [] }, '82 02 00 01'],
  ['an empty UNSUBSCRIBE', { type: 'UNSUBSCRIBE', packetId: 1, filters: [] }, 'A2 02 00 01'],
];

const SPOILT: readonly (readonly [string, Packet, Spoil, string])[] = [
  ['type and flags', { type: 'PINGREQ' }, { type: 15, flags: 9 }, 'F9 00'],
  ['flags alone', { type: 'PUBREL', packetId: 1 }, { flags: 0 }, '60 02 00 01'],
  ['Remaining Length as a number', { type: 'PINGREQ' }, { remainingLength: 200 }, 'C0 C8 01'],
  ['Remaining Length as bytes', PUBLISH, { remainingLength: Buffer.of(0x84, 0x80, 0) }, "30 84 80 00 00 01 'ax'"],
  [
    'five bytes of Remaining Length',
    PUBLISH,
    { remainingLength: Buffer.alloc(5, 0xff) },
    "30 FF FF FF FF FF 00 01 'ax'",
  ],
  ['no Remaining Length', { type: 'PINGREQ' }, { remainingLength: new Uint8Array(0) }, 'C0'],
  ['bytes behind the last field', { type: 'PUBACK', packetId: 1 }, { bodyAppend: Buffer.of(0xff) }, '40 03 00 01 FF'],
  ['a body cut short', { type: 'PUBACK', packetId: 1 }, { bodyCutTo: 1 }, '40 01 00'],
  ['a body that is cut further than it is long', { type: 'PUBACK', packetId: 1 }, { bodyCutTo: 9 }, '40 02 00 01'],
  ['cut, then appended', { type: 'PUBACK', packetId: 1 }, { bodyCutTo: 0, bodyAppend: Buffer.of(1) }, '40 01 01'],
  ['a length prefix that lies', PUBLISH, { bodySet: [{ at: 0, bytes: Buffer.of(0xff, 0xff) }] }, "30 04 FF FF 'ax'"],
  ['connect flags', CONNECT, { connectFlags: 0xc7 }, "10 0D 00 04 'MQTT' 04 C7 00 3C 00 01 'c'"],
  [
    'acknowledge flags',
    { type: 'CONNACK', sessionPresent: false, returnCode: 0 },
    { connackFlags: 0xfe },
    '20 02 FE 00',
  ],
];

const UNWRITABLE: readonly { readonly what: string; readonly packet: Packet<Text>; readonly spoil?: Spoil }[] = [
  { what: 'text above 65535 bytes', packet: { ...PUBLISH, topic: 'é'.repeat(32768) } },
  { what: 'bytes above 65535 bytes', packet: { ...PUBLISH, topic: new Uint8Array(65536) } },
  { what: 'a packet id above 65535', packet: { type: 'PUBACK', packetId: 65536 } },
  { what: 'a packet id that is no whole number', packet: { type: 'PUBACK', packetId: 1.5 } },
  { what: 'a return code above 255', packet: { type: 'CONNACK', sessionPresent: false, returnCode: 256 } },
  { what: 'a Remaining Length above 268435455', packet: { type: 'PINGREQ' }, spoil: { remainingLength: 268_435_456 } },
  {
    what: 'spoilt bytes outside the body',
    packet: { type: 'PUBACK', packetId: 1 },
    spoil: { bodySet: [{ at: 1, bytes: Buffer.of(1, 2) }] },
  },
];

describe('encode', () => {
  test.each(FORBIDDEN)('writes %s', (_name, packet, bytes) => {
    expect(encode(packet)).toEqual(hexBytes(bytes));
  });

  test.each(SPOILT)('spoils %s', (_name, packet, spoil, bytes) => {
    expect(encode(packet, spoil)).toEqual(hexBytes(bytes));
  });

  test.each(UNWRITABLE)('refuses $what, and goes on', ({ packet, spoil }) => {
    expect(() => encode(packet, spoil)).toThrow(FieldbenchError);
    expect(() => encode(packet, spoil)).toThrow(expect.objectContaining({ code: 'FB_WIRE_ENCODE' }));
    expect(encode({ type: 'PINGREQ' })).toEqual(hexBytes('C0 00'));
  });

  test.each([
    [127, 'FF'],
    [128, '80 01'],
    [16_383, 'FF 7F'],
    [16_384, '80 80 01'],
    [2_097_151, 'FF FF 7F'],
    [2_097_152, '80 80 80 01'],
  ])('writes a body of %i bytes behind its length', (bodyB, length) => {
    const bytes = encode({ ...PUBLISH, payload: new Uint8Array(bodyB - 3).fill(1) });
    const header = length === 'FF' ? hexBytes('30 7F') : hexBytes(`30 ${length}`);
    expect(bytes.subarray(0, header.length)).toEqual(header);
    expect(bytes.length).toBe(header.length + bodyB);
  });

  test('leaves packets alone that it wrote before', () => {
    const first = encode(PUBLISH);
    for (let i = 0; i < 5000; i++) encode({ ...PUBLISH, topic: `t/${i}`, payload: new Uint8Array(i) });
    expect(first).toEqual(hexBytes("30 04 00 01 'ax'"));
  });
});
