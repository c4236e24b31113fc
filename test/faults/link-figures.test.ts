// Delays must follow the figures and the byte stream, not the way it was read.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segmentB } from '../../src/faults/draw.ts';
import { checkedFigures, delayOf, segmentsOf } from '../../src/faults/link-figures.ts';

const draws = { seed: 7, link: 'sat', connection: 1, direction: 'toServer' } as const;

describe('segmentsOf', () => {
  test('cuts at the same places of the stream however it was read', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 8 }), (lengths) => {
        let offset = 0;
        for (const length of lengths) {
          const segments = segmentsOf(offset, new Uint8Array(length));
          expect(segments.reduce((sum, it) => sum + it.bytes.length, 0)).toBe(length);
          for (const { n, bytes } of segments) {
            expect(n).toBe(Math.floor(offset / segmentB));
            offset += bytes.length;
            expect(Math.floor((offset - 1) / segmentB)).toBe(n);
          }
        }
      }),
    );
  });
});

describe('delayOf', () => {
  test('is the delay where there is no jitter', () => {
    expect(delayOf({ delayMs: 300, jitterMs: 0 }, { ...draws, n: 3 })).toBe(300);
  });

  test('spreads over delay +/- jitter, evenly, and never below 0', () => {
    const delays = Array.from({ length: 4000 }, (_, n) => delayOf({ delayMs: 100, jitterMs: 40 }, { ...draws, n }));
    const mean = delays.reduce((sum, it) => sum + it, 0) / delays.length;
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...delays)).toBeLessThan(140);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(79);
    expect(Math.abs(mean - 100)).toBeLessThan(2);
    expect(delayOf({ delayMs: 1, jitterMs: 1000 }, { ...draws, n: 1 })).toBeGreaterThanOrEqual(0);
  });
});

describe('checkedFigures', () => {
  test.each([-1, Number.NaN, Infinity])('refuses %s', (value) => {
    expect(() => checkedFigures({ delayMs: value, jitterMs: 0 })).toThrow(
      expect.objectContaining({ code: 'FB_LINK_FIGURES' }),
    );
  });
});
