// The statistics against tables, known values, and samples that must and must not pass.
import { assert, double, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { draw } from '../../../src/faults/draw.ts';
import {
  binomialInterval,
  criticalDistance,
  distanceBetween,
  distanceFrom,
  mean,
  percentile,
} from '../../../src/bench/calibration/statistics.ts';

const uniform = (n: number, seed: number): readonly number[] =>
  Array.from({ length: n }, (_, i) =>
    draw({ seed, link: 'test', connection: 1, direction: 'toServer', purpose: 'jitter', n: i }),
  );

test('percentiles are nearest rank', () => {
  expect([0, 0.5, 0.9, 0.99, 1].map((share) => percentile([3, 1, 4, 2, 10, 5, 6, 7, 8, 9], share))).toEqual([
    1, 5, 9, 10, 10,
  ]);
  expect(percentile([], 0.5)).toBeNaN();
  expect(mean([1, 2, 6])).toBe(3);
});

test('the binomial interval is that of the tables', () => {
  // Quantiles of the binomial distribution, as R gives them: qbinom(c(alpha / 2, 1 - alpha / 2), n, p).
  expect(binomialInterval(20, 0.5, 0.05)).toEqual({ low: 6, high: 14 });
  expect(binomialInterval(100, 0.05, 0.01)).toEqual({ low: 0, high: 11 });
  expect(binomialInterval(4000, 0.05, 0.01)).toEqual({ low: 165, high: 236 });
  expect(binomialInterval(50, 0, 0.01)).toEqual({ low: 0, high: 0 });
  expect(binomialInterval(50, 1, 0.01)).toEqual({ low: 50, high: 50 });
});

test('what lies outside the interval has no more than the probability that was asked for', () => {
  assert(
    property(integer({ min: 1, max: 60 }), double({ min: 0.01, max: 0.99, noNaN: true }), (n, p) => {
      const { low, high } = binomialInterval(n, p, 0.05);
      let choose = 1;
      let outside = 0;
      for (let k = 0; k <= n; k++) {
        if (k > 0) choose *= (n - k + 1) / k;
        if (k < low || k > high) outside += choose * p ** k * (1 - p) ** (n - k);
      }
      return low <= high && outside <= 0.05 + 1e-9;
    }),
  );
});

test('two samples lie as far apart as their distributions', () => {
  expect(distanceBetween([1, 2, 3, 4], [1, 2, 3, 4])).toBe(0);
  expect(distanceBetween([1, 2, 3, 4], [11, 12])).toBe(1);
  expect(distanceBetween([1, 1, 1, 2], [1, 2, 2, 2])).toBeCloseTo(0.5);
  expect(distanceBetween([1, 2], [1, 2, 2, 2])).toBeCloseTo(0.25);
});

test('a sample of its own model passes, another does not', () => {
  const sample = uniform(400, 7);
  const critical = criticalDistance(sample.length, 0.01);
  expect(critical).toBeCloseTo(0.081, 3);
  expect(distanceFrom(sample, (it) => it)).toBeLessThan(critical);
  expect(distanceFrom(sample, (it) => Math.min(1, 1.3 * it))).toBeGreaterThan(critical);
});

test('of many samples about as many fail as alpha says', () => {
  const failed = Array.from({ length: 500 }, (_, seed) => distanceFrom(uniform(60, seed), (it) => it)).filter(
    (it) => it > criticalDistance(60, 0.05),
  );
  const { low, high } = binomialInterval(500, 0.05, 0.001);
  expect(failed.length).toBeGreaterThanOrEqual(low);
  expect(failed.length).toBeLessThanOrEqual(high);
});
