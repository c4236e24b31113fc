// Jitter must spread as its distribution says, and move the mean only where the profile says so.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draw } from '../../src/faults/draw.ts';
import { jitterMs } from '../../src/faults/jitter.ts';
import type { JitterDistribution } from '../../src/faults/link-profile.ts';

const spreadMs = 30;

function drawn(connection: number, n: number): number {
  return draw({ seed: 11, link: 'sat', connection, direction: 'toServer', purpose: 'jitter', n });
}

const count = 40_000;

function sample(jitterDistribution: JitterDistribution): readonly number[] {
  const direction = { jitterMs: spreadMs, jitterDistribution };
  return Array.from({ length: count }, (_, n) => jitterMs(direction, drawn(1, n), drawn(2, n)));
}

const samples = { uniform: sample('uniform'), normal: sample('normal'), pareto: sample('pareto') };

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, it) => sum + it, 0) / numbers.length;
}

function deviationOf(numbers: readonly number[]): number {
  const mean = meanOf(numbers);
  return Math.sqrt(meanOf(numbers.map((it) => (it - mean) ** 2)));
}

/** The largest distance between the sample's distribution and the model's (Kolmogorov and Smirnov). */
function distance(numbers: readonly number[], shareBelow: (value: number) => number): number {
  const steps = numbers.toSorted((a, b) => a - b).map((it, i) => Math.abs(shareBelow(it) - (i + 0.5) / numbers.length));
  return Math.max(...steps);
}

/** Of 40,000 draws the distance stays below 1.95 / sqrt(n) in 999 of 1000 cases; the seed is fixed. */
const bound = 1.95 / Math.sqrt(count);

/** Abramowitz and Stegun 26.2.17: off by less than 1e-7. */
function normalBelow(z: number): number {
  if (z < 0) return 1 - normalBelow(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

describe('the distribution', () => {
  const shapes: readonly [JitterDistribution, (value: number) => number][] = [
    ['uniform', (it) => (it + spreadMs) / (2 * spreadMs)],
    ['normal', (it) => normalBelow(it / spreadMs)],
    ['pareto', (it) => 1 - (1 + it / (2 * spreadMs)) ** -3],
  ];

  test.each(shapes)('%s is what it says', (name, shareBelow) => {
    expect(distance(samples[name], shareBelow)).toBeLessThan(bound);
  });

  const others = shapes.flatMap(([name]) =>
    shapes.filter(([it]) => it !== name).map((other) => [name, ...other] as const),
  );

  test.each(others)('%s does not pass for %s', (name, _, shareBelow) => {
    expect(distance(samples[name], shareBelow)).toBeGreaterThan(bound);
  });
});

describe('the mean', () => {
  test('stays where it is with uniform and normal jitter', () => {
    for (const name of ['uniform', 'normal'] as const) {
      // Four standard errors; the seed is fixed.
      expect(Math.abs(meanOf(samples[name]))).toBeLessThan((4 * spreadMs) / Math.sqrt(count));
    }
    expect(deviationOf(samples.normal)).toBeCloseTo(spreadMs, 0);
  });

  test('moves by the jitter with pareto, whose deviation is sqrt(3) times that', () => {
    expect(Math.abs(meanOf(samples.pareto) - spreadMs)).toBeLessThan((4 * spreadMs * Math.sqrt(3)) / Math.sqrt(count));
  });
});

test('every draw gives a finite time: uniform within its bounds, pareto never early; no jitter gives none', () => {
  const u = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const largest = 1 - 2 ** -53;
  fc.assert(
    fc.property(u, u, fc.double({ min: 0, max: 1e5, noNaN: true }), (a, b, jitter) => {
      const of = (jitterDistribution: JitterDistribution): number =>
        jitterMs({ jitterMs: jitter, jitterDistribution }, a, b);
      expect(Math.abs(of('uniform'))).toBeLessThanOrEqual(jitter);
      expect(of('normal')).toSatisfy(Number.isFinite);
      expect(of('pareto')).toBeGreaterThanOrEqual(0);
    }),
    {
      examples: [
        [0, 0, 5],
        [largest, largest, 5],
      ],
    },
  );
  expect(jitterMs({ jitterMs: 5, jitterDistribution: 'pareto' }, largest, 0)).toSatisfy(Number.isFinite);
  for (const jitterDistribution of ['uniform', 'normal', 'pareto'] as const) {
    expect(jitterMs({ jitterMs: 0, jitterDistribution }, 0.3, 0.6)).toBe(0);
  }
});
