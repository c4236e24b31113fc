// Random events: the same from the same seed, within their span, never two at once, and as often as was asked for.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomTimesMs, type RandomLaw } from '../../src/scenario/random-times.ts';

const law = fc.oneof(
  fc.record({ poisson: fc.integer({ min: 1, max: 60_000 }) }),
  fc.record({
    renewal: fc.record({
      every: fc.integer({ min: 1, max: 60_000 }),
      spread: fc.integer({ min: 0, max: 100 }),
      law: fc.constantFrom('uniform' as const, 'lognormal' as const),
    }),
  }),
);
const span = fc.record({
  fromMs: fc.integer({ min: 0, max: 10_000 }),
  untilMs: fc.integer({ min: 0, max: 600_000 }),
  lastsMs: fc.integer({ min: 0, max: 5000 }),
});

test('they stay within their span and apart from each other', () => {
  fc.assert(
    fc.property(law, span, fc.integer(), (it, where, seed) => {
      const name = { seed, what: 'cut radio', ordinal: 1 };
      const times = randomTimesMs(it, name, where);
      expect(times).toEqual(randomTimesMs(it, name, where));
      let freeMs = where.fromMs;
      for (const atMs of times) {
        expect(atMs).toBeGreaterThanOrEqual(freeMs);
        freeMs = atMs + where.lastsMs;
      }
      expect(times.length === 0 || freeMs <= where.untilMs).toBe(true);
    }),
  );
});

/** Mean and standard deviation of 5000 times between events. */
function moments(it: RandomLaw): readonly [number, number] {
  const name = { seed: 7, what: 'cut radio', ordinal: 1 };
  const times = randomTimesMs(it, name, { fromMs: 0, untilMs: Infinity, lastsMs: 0 }).slice(0, 5000);
  const gaps = times.map((atMs, n) => atMs - (times[n - 1] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  return [mean, Math.sqrt(variance)];
}

// Of 5000 draws the mean is off by 1/70 of the deviation; four times that is beyond chance, and the seed is fixed.
test.for([
  ['poisson', { poisson: 10_000 }, 10_000],
  ['uniform', { renewal: { every: 10_000, spread: 50, law: 'uniform' } }, 5000 / Math.sqrt(3)],
  ['lognormal', { renewal: { every: 10_000, spread: 50, law: 'lognormal' } }, 5000],
] as const)('%s: mean and deviation are those that were asked for', ([, it, deviationMs]) => {
  const [mean, deviation] = moments(it);
  expect(Math.abs(mean - 10_000)).toBeLessThan((4 * deviationMs) / Math.sqrt(5000));
  expect(deviation / deviationMs).toBeCloseTo(1, 1);
});

test('other seeds, other events, other steps draw differently', () => {
  const where = { fromMs: 0, untilMs: 600_000, lastsMs: 0 };
  const drawn = (seed: number, what: string, ordinal: number): string =>
    randomTimesMs({ poisson: 10_000 }, { seed, what, ordinal }, where).join();
  const all = [drawn(1, 'cut a', 1), drawn(2, 'cut a', 1), drawn(1, 'cut b', 1), drawn(1, 'cut a', 2)];
  expect(new Set(all).size).toBe(4);
});
