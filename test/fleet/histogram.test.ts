// Histograms: as true as their buckets are narrow, and the same whether merged or not.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketOf, highestUsOf, Histogram } from '../../src/fleet/histogram.ts';

const times = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 200 });

test('a bucket holds its value, and is at most 1/64 of it wide', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (us) => {
      const index = bucketOf(us);
      expect(highestUsOf(index)).toBeGreaterThanOrEqual(us);
      expect(highestUsOf(index) - us).toBeLessThanOrEqual(us / 64);
      expect(highestUsOf(index - 1)).toBeLessThan(us);
    }),
  );
});

test('a quantile is that of the sorted times, to its bucket', () => {
  fc.assert(
    fc.property(times, fc.double({ min: 0.01, max: 1, noNaN: true }), (us, share) => {
      const histogram = new Histogram();
      for (const it of us) histogram.recordMs(it / 1000);
      const sorted = us.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(us.length * share)) - 1] ?? 0;
      expect(histogram.quantileMs(share)).toBe(highestUsOf(bucketOf(exact)) / 1000);
    }),
  );
});

test('parts merged are the whole', () => {
  fc.assert(
    fc.property(times, times, (a, b) => {
      const [one, other, both] = [new Histogram(), new Histogram(), new Histogram()];
      for (const it of a) one.recordMs(it / 1000);
      for (const it of b) other.recordMs(it / 1000);
      for (const it of [...a, ...b]) both.recordMs(it / 1000);
      one.add(structuredClone(other.take()));
      expect(one.data()).toEqual(both.data());
      expect(one.count).toBe(both.count);
      expect(other.count).toBe(0);
      expect(Histogram.of(both.data()).data()).toEqual(both.data());
    }),
  );
});

test('nothing recorded has no quantile, and what is out of range counts at its edge', () => {
  const histogram = new Histogram();
  expect(histogram.quantileMs(0.5)).toBeNaN();
  histogram.recordMs(-5);
  expect(histogram.quantileMs(1)).toBe(0);
  histogram.recordMs(1e9);
  expect(histogram.quantileMs(1)).toBe((2 ** 31 - 1) / 1000);
});
