// Every row of the packet tables through every way of decoding, and back.
import { describe, expect, test } from 'vitest';
import { decodePacket } from '../../src/wire/decode.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Frame } from '../../src/wire/frame.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { ROWS } from './rows/all.ts';
import { hexBytes, shorthand } from './rows/row.ts';

describe.each(ROWS)('$name', ({ sender, bytes, packet, deviations, unframed }) => {
  function expectRow(frame: Frame | undefined): void {
    expect(frame?.packet).toEqual(packet);
    expect(frame?.deviations.map(shorthand)).toEqual(deviations);
    expect(frame?.unframed).toBe(unframed);
    expect(frame?.bytes).toEqual(bytes);
  }

  test('decodes by itself', () => expectRow(decodePacket(bytes, sender)));

  test('decodes out of a stream, in one chunk and byte by byte', () => {
    const whole = new StreamDecoder(sender);
    expectRow([...whole.push(bytes), ...whole.end()][0]);
    const bits = new StreamDecoder(sender);
    expectRow([...[...bytes].flatMap((byte) => bits.push(Uint8Array.of(byte))), ...bits.end()][0]);
  });
});

const ENCODABLE = ROWS.filter((row) => row.packet !== undefined && row.deviations.length === 0 && !row.otherForm);

test.each(ENCODABLE)('$name encodes to the same bytes', ({ bytes, packet }) => {
  expect(packet && encode(packet)).toEqual(bytes);
});

describe('decodePacket', () => {
  test('puts deviations at offsets of the stream', () => {
    const { deviations } = decodePacket(hexBytes("30 03 00 01 '#'"), 'client', 1000);
    expect(deviations.map(shorthand)).toEqual(['wildcard-in-topic MQTT-3.3.2-2 MQTT-4.7.1-1 @1004+1']);
  });

  test('says what it expected and what came', () => {
    const [deviation] = decodePacket(hexBytes("82 06 00 01 00 01 'a' 03"), 'client').deviations;
    expect(deviation).toMatchObject({ expected: 'a requested QoS of 0, 1 or 2', actual: '0x03' });
  });

  test('reports bytes behind the packet', () => {
    const frame = decodePacket(hexBytes('C0 00 C0 00'), 'client');
    expect(frame.packet).toEqual({ type: 'PINGREQ' });
    expect(frame.deviations.map(shorthand)).toEqual(['bytes-after-packet @2+2']);
    expect(frame.bytes).toHaveLength(4);
  });

  test('reads nothing as a truncated packet', () => {
    expect(decodePacket(new Uint8Array(0), 'client').deviations.map(shorthand)).toEqual(['truncated-packet @0+0']);
  });

  test('reads a masked password like any other', () => {
    const packet = {
      type: 'CONNECT',
      protocolName: 'MQTT',
      protocolLevel: 4,
      cleanSession: true,
      keepAliveS: 0,
      clientId: 'c',
      userName: 'u',
      password: Buffer.from('secret'),
    } as const;
    const masked = Buffer.from(encode(packet));
    masked.fill(0xff, masked.length - 6);
    expect(decodePacket(masked, 'client')).toMatchObject({
      deviations: [],
      packet: { password: Buffer.alloc(6, 0xff) },
    });
  });
});
