// Where segments begin is known from the bytes alone: however they are read, the same bytes are the same segments.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Segmenter, headersB, type Segment } from '../../src/faults/segmenter.ts';
import { encode } from '../../src/wire/encode.ts';

const mtuB = 152;
const mssB = mtuB - headersB;

function publish(payloadB: number): Uint8Array {
  const payload = new Uint8Array(payloadB).fill(0xa5);
  return encode({ type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 't', payload });
}

/** Where each segment begins, how long it is and which it is, with continued pieces put together. */
function whole(pieces: readonly Segment[]) {
  const all = new Map<number, { ordinal: number; lengthB: number }>();
  for (const { n, ordinal, isContinued, bytes } of pieces) {
    const known = all.get(n);
    expect(isContinued).toBe(known !== undefined);
    all.set(n, { ordinal, lengthB: (known?.lengthB ?? 0) + bytes.length });
  }
  return [...all].map(([n, it]) => ({ n, ...it }));
}

describe('a segment begins', () => {
  test('with each control packet', () => {
    const bytes = Buffer.concat([encode({ type: 'PINGREQ' }), publish(10), encode({ type: 'DISCONNECT' })]);
    expect(whole(new Segmenter(mtuB).cut(bytes))).toEqual([
      { n: 0, ordinal: 1, lengthB: 2 },
      { n: 2, ordinal: 2, lengthB: 15 },
      { n: 17, ordinal: 3, lengthB: 2 },
    ]);
  });

  test('again within a packet that is longer than one can carry', () => {
    const bytes = publish(250);
    expect(whole(new Segmenter(mtuB).cut(bytes)).map((it) => it.lengthB)).toEqual([
      mssB,
      mssB,
      bytes.length - 2 * mssB,
    ]);
  });

  test('every so many bytes, where packets cannot be told apart', () => {
    const broken = new Uint8Array(2 * mssB + 1).fill(0xff);
    const lengths = [mssB, mssB, 1];
    expect(whole(new Segmenter(mtuB).cut(broken)).map((it) => it.lengthB)).toEqual(lengths);
    const pings = Buffer.alloc(2 * mssB + 1, encode({ type: 'PINGREQ' }));
    expect(whole(new Segmenter(mtuB, 'opaque').cut(pings)).map((it) => it.lengthB)).toEqual(lengths);
  });
});

test('however a stream is read, its segments are the same, and so are its bytes', () => {
  const packet = fc.oneof(
    fc.constant(encode({ type: 'PINGREQ' })),
    fc.nat(400).map(publish),
    fc.uint8Array({ maxLength: 9 }),
  );
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 8 }), fc.array(fc.nat(1000)), (packets, cuts) => {
      const stream = Buffer.concat(packets);
      const places = [0, ...cuts.filter((it) => it < stream.length).toSorted((a, b) => a - b), stream.length];
      const segmenter = new Segmenter(mtuB);
      const pieces = places.slice(1).flatMap((end, i) => segmenter.cut(stream.subarray(places[i], end)));
      expect(Buffer.concat(pieces.map((it) => it.bytes))).toEqual(stream);
      expect(whole(pieces)).toEqual(whole(new Segmenter(mtuB).cut(stream)));
    }),
  );
});
