// A spell must be the same whenever and in whatever order it is asked for, and memory must stay bounded.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { exponentialMs, Spells } from '../../src/faults/spells.ts';

/** Lengths that differ, some of them 0. */
const lengthMs = (n: number): number => (n % 5 === 0 ? 0 : 10 + ((n * 7919) % 101) / 3);

/** The row summed up at once. */
function rowUntil(endMs: number): { n: number; fromMs: number; untilMs: number }[] {
  const row = [];
  for (let n = 0, fromMs = 0; fromMs <= endMs; n++) {
    const untilMs = fromMs + lengthMs(n);
    row.push({ n, fromMs, untilMs });
    fromMs = untilMs;
  }
  return row;
}

test('any moments in any order find the spells of the row', () => {
  const endMs = 60_000;
  const row = rowUntil(endMs);
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: endMs, noNaN: true }), { minLength: 1, maxLength: 30 }),
      (moments) => {
        const spells = new Spells(lengthMs);
        for (const tMs of moments)
          expect(spells.at(tMs)).toEqual(row.find((it) => it.fromMs <= tMs && tMs < it.untilMs));
      },
    ),
  );
});

test('the border belongs to the later spell, and time before the start to the first', () => {
  const spells = new Spells(() => 10);
  expect(spells.at(10)).toEqual({ n: 1, fromMs: 10, untilMs: 20 });
  expect(spells.at(-5)).toEqual({ n: 0, fromMs: 0, untilMs: 10 });
});

test('looking a little back takes no new lengths; looking far back counts anew', () => {
  let asked = 0;
  const spells = new Spells(() => {
    asked += 1;
    return 1;
  });
  spells.at(100_000);
  const before = asked;
  for (let back = 0; back < 200; back++) spells.at(100_000 - back);
  expect(asked).toBe(before);
  expect(spells.at(3.5)).toEqual({ n: 3, fromMs: 3, untilMs: 4 });
  expect(asked).toBeGreaterThan(before);
});

test('exponential times have their mean, and the share that is to lie below any time', () => {
  const count = 10_000;
  const times = Array.from({ length: count }, (_, i) => exponentialMs(50, (i + 0.5) / count));
  expect(times.reduce((sum, it) => sum + it, 0) / count).toBeCloseTo(50, 1);
  expect(times.filter((it) => it < 50).length / count).toBeCloseTo(1 - Math.exp(-1), 3);
  expect(exponentialMs(50, 0)).toBe(0);
});
