// Signals are functions of time alone: what each does, and that nobody's asking changes it.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampler } from '../../../../src/parts/devices/signals/sampler.ts';
import type { Signal } from '../../../../src/parts/devices/signals/signal.ts';

const chance = { seed: 3, name: 'level' };
const valuesOf = (signal: Signal, times: readonly number[]) => times.map(sampler(signal, chance));

test.each<[string, Signal, readonly number[], readonly (number | undefined)[]]>([
  ['constant', { kind: 'constant', value: 4 }, [0, 99], [4, 4]],
  ['a ramp that stays', { kind: 'ramp', from: 2, to: 4, overMs: 10, atEnd: 'hold' }, [0, 5, 10, 25], [2, 3, 4, 4]],
  ['a ramp that repeats', { kind: 'ramp', from: 0, to: 4, overMs: 4, atEnd: 'repeat' }, [0, 3, 4, 7], [0, 3, 0, 3]],
  [
    'a ramp there and back',
    { kind: 'ramp', from: 0, to: 4, overMs: 4, atEnd: 'return' },
    [3, 4, 5, 8, 9],
    [3, 4, 3, 0, 1],
  ],
  [
    'steps',
    {
      kind: 'steps',
      steps: [
        { atMs: 2, value: 5 },
        { atMs: 4, value: 7 },
      ],
      repeatMs: 6,
    },
    [0, 2, 3, 4, 5, 6, 8],
    [0, 5, 5, 7, 7, 0, 5],
  ],
  [
    'a recording with a gap, held',
    {
      kind: 'replay',
      points: [
        { atMs: 0, value: 1 },
        { atMs: 2, value: undefined },
        { atMs: 4, value: 3 },
      ],
      between: 'hold',
      loop: false,
    },
    [0, 1, 2, 3, 4, 9],
    [1, 1, undefined, undefined, 3, 3],
  ],
  [
    'a recording in a loop, by lines',
    {
      kind: 'replay',
      points: [
        { atMs: 0, value: 0 },
        { atMs: 4, value: 8 },
      ],
      between: 'line',
      loop: true,
    },
    [0, 1, 3, 4, 5],
    [0, 2, 6, 0, 2],
  ],
  [
    'a sum',
    {
      kind: 'sum',
      of: [
        { kind: 'constant', value: 1 },
        { kind: 'ramp', from: 0, to: 2, overMs: 2, atEnd: 'hold' },
      ],
    },
    [0, 1, 2],
    [1, 2, 3],
  ],
])('%s', (_name, signal, times, values) => {
  expect(valuesOf(signal, times)).toEqual(values);
});

test('a sine goes through mean and peaks', () => {
  const signal: Signal = { kind: 'sine', mean: 20, amplitude: 5, periodMs: 400, phaseMs: 0 };
  const [start, top, back, bottom] = valuesOf(signal, [0, 100, 200, 300]);
  expect([start, top, bottom]).toEqual([20, 25, 15]);
  expect(back).toBeCloseTo(20);
});

test('noise has the mean and the deviation that it says, and neighbours do not go together', () => {
  const noise = Array.from(
    { length: 4000 },
    (_, n) => sampler({ kind: 'noise', deviation: 2, everyMs: 10 }, chance)(n * 10) ?? 0,
  );
  const mean = noise.reduce((sum, it) => sum + it, 0) / noise.length;
  const square = noise.reduce((sum, it) => sum + it * it, 0) / noise.length;
  const lagged = noise.reduce((sum, it, n) => sum + it * (noise[n - 1] ?? 0), 0) / noise.length;
  expect(Math.abs(mean)).toBeLessThan(0.15); // five standard errors of 2 / sqrt(4000)
  expect(Math.sqrt(square)).toBeGreaterThan(1.9);
  expect(Math.sqrt(square)).toBeLessThan(2.1);
  expect(Math.abs(lagged)).toBeLessThan(0.32);
});

const walk = fc
  .record({
    start: fc.integer({ min: -5, max: 5 }),
    step: fc.integer({ min: 1, max: 9 }),
    everyMs: fc.integer({ min: 1, max: 50 }),
  })
  .map((it): Signal => ({ kind: 'walk', min: -5, max: 5, ...it }));

test('a random walk stays between its walls and never takes more than its step', () => {
  fc.assert(
    fc.property(walk, fc.integer(), (signal, seed) => {
      if (signal.kind !== 'walk') return;
      const at = sampler(signal, { seed, name: 'x' });
      const values = Array.from({ length: 60 }, (_, n) => at(n * signal.everyMs) ?? Number.NaN);
      expect(values.every((it) => it >= -5 && it <= 5)).toBe(true);
      values
        .slice(1)
        .forEach((it, n) => expect(Math.abs(it - (values[n] ?? 0))).toBeLessThanOrEqual(signal.step + 0.001));
    }),
  );
});

const leaf: fc.Arbitrary<Signal> = fc.oneof(
  walk,
  fc.record({
    kind: fc.constant('noise' as const),
    deviation: fc.integer({ min: 1, max: 5 }),
    everyMs: fc.integer({ min: 1, max: 50 }),
  }),
  fc.record({ kind: fc.constant('constant' as const), value: fc.integer() }),
);

test('the same seed, name and time give the same value, in whatever order they are asked', () => {
  const times = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(leaf, { minLength: 1, maxLength: 3 }), times, (of, asked) => {
      const signal: Signal = { kind: 'sum', of };
      const each = asked.map((atMs) => sampler(signal, chance)(atMs));
      expect(asked.map(sampler(signal, chance))).toEqual(each);
      expect(asked.toReversed().map(sampler(signal, chance)).toReversed()).toEqual(each);
    }),
  );
});

test('two random parts of one sum are drawn apart', () => {
  const noise: Signal = { kind: 'noise', deviation: 1, everyMs: 1 };
  const both = sampler({ kind: 'sum', of: [noise, noise] }, chance);
  const one = sampler({ kind: 'sum', of: [noise] }, chance);
  const doubled = [0, 1, 2, 3].filter((atMs) => both(atMs) === 2 * (one(atMs) ?? 0));
  expect(doubled).toEqual([]);
});
