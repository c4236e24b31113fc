// The stream itself: chunks, the end, framing that is lost, packets that are too large.
import { describe, expect, test } from 'vitest';
import type { Frame } from '../../src/wire/frame.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { hexBytes, shorthand } from './rows/row.ts';

/** Offset, bytes and deviations of each frame, `?` before those that are no packet. */
function outline(frames: readonly Frame[]): string[] {
  return frames.map((frame) => {
    const hex = Buffer.from(frame.bytes).toString('hex');
    return [`${frame.unframed ? '?' : ''}${frame.offset}:${hex}`, ...frame.deviations.map(shorthand)].join(' ');
  });
}

describe('StreamDecoder', () => {
  test('gives a packet as soon as its last byte is there', () => {
    const decoder = new StreamDecoder('client');
    expect(decoder.push(hexBytes('C0'))).toEqual([]);
    expect(outline(decoder.push(hexBytes('00 C0')))).toEqual(['0:c000']);
    expect(outline(decoder.push(hexBytes('00 E0 00')))).toEqual(['2:c000', '4:e000']);
    expect(decoder.end()).toEqual([]);
  });

  test('goes on behind a packet that cannot be read', () => {
    const frames = new StreamDecoder('client').push(hexBytes('F0 01 00 40 01 00 C0 00'));
    expect(outline(frames)).toEqual([
      '0:f00100 reserved-type MQTT311-NN-03 @0+1',
      '3:400100 missing-field MQTT311-NN-05 @6+0',
      '6:c000',
    ]);
  });

  test('passes everything on unread once framing is lost', () => {
    const decoder = new StreamDecoder('client');
    expect(outline(decoder.push(hexBytes('C0 00 30 FF FF FF FF 01 C0 00')))).toEqual([
      '0:c000',
      '?2:30ffffffff remaining-length MQTT311-NN-02 @3+4',
      '?7:01c000',
    ]);
    expect(outline(decoder.push(hexBytes('C0 00')))).toEqual(['?10:c000']);
    expect(decoder.end()).toEqual([]);
  });

  test('passes a packet on in pieces that is too large, and goes on behind it', () => {
    const decoder = new StreamDecoder('client', { maxPacketB: 4 });
    expect(outline(decoder.push(hexBytes('30 05 00 01')))).toEqual(['?0:3005 packet-too-large @0+2', '?2:0001']);
    expect(outline(decoder.push(hexBytes("'axy' C0 00")))).toEqual(['?4:617879', '7:c000']);
  });

  test('says so when a packet that is too large never ends', () => {
    const decoder = new StreamDecoder('client', { maxPacketB: 4 });
    decoder.push(hexBytes('30 05 00'));
    expect(outline(decoder.end())).toEqual(['?3: truncated-packet @3+0']);
    expect(decoder.end()).toEqual([]);
  });

  test('gives what is left at the end, once', () => {
    const decoder = new StreamDecoder('server');
    decoder.push(hexBytes('D0 00 40 02 00'));
    expect(outline(decoder.end())).toEqual(['?2:400200 truncated-packet @5+0']);
    expect(decoder.end()).toEqual([]);
  });

  test('holds no more memory than has come, whatever length was promised', () => {
    const decoder = new StreamDecoder('client');
    const before = process.memoryUsage().arrayBuffers;
    decoder.push(hexBytes('30 FF FF FF 7F 00'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    expect(decoder.end()).toHaveLength(1);
  });

  test('keeps frames intact that span chunks, while later ones arrive', () => {
    const decoder = new StreamDecoder('client');
    const [first] = [...decoder.push(hexBytes("30 05 00 01 'a'")), ...decoder.push(hexBytes("'xy' 30"))];
    decoder.push(hexBytes("05 00 01 'b' 'zz'"));
    expect(first?.packet).toMatchObject({ topic: 'a', payload: Buffer.from('xy') });
  });
});
