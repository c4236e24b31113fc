// Draws must be even, and must depend on their name only.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draw, type DrawName } from '../../src/faults/draw.ts';

const name: fc.Arbitrary<DrawName> = fc.record({
  seed: fc.nat(),
  link: fc.string({ maxLength: 12 }),
  connection: fc.integer({ min: 1, max: 100_000 }),
  direction: fc.constantFrom('toServer', 'toClient'),
  purpose: fc.constant('jitter'),
  n: fc.nat(),
});
const first: DrawName = { seed: 1, link: 'sat', connection: 1, direction: 'toServer', purpose: 'jitter', n: 0 };

/** Pearson's statistic of the numbers over so many equal parts of [0, 1). */
function chiSquare(numbers: readonly number[], parts: number): number {
  const counts = Array.from({ length: parts }, () => 0);
  for (const number of numbers) counts[Math.floor(number * parts)] = (counts[Math.floor(number * parts)] ?? 0) + 1;
  const expected = numbers.length / parts;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** The 99.9 % quantile of chi-square with 63 degrees of freedom is 103.4; seeds here are fixed, so nothing flakes. */
const bound = 103.4;

describe('draws', () => {
  test('lie in [0, 1), and the same name gives the same number in any order of calls', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), (names) => {
        const forward = names.map(draw);
        const backward = names.toReversed().map(draw).toReversed();
        expect(forward).toEqual(backward);
        for (const number of forward) expect(number >= 0 && number < 1).toBe(true);
      }),
    );
  });

  test.each<[string, (i: number) => DrawName]>([
    ['segments', (i) => ({ ...first, n: i })],
    ['seeds', (i) => ({ ...first, seed: i })],
    ['connections', (i) => ({ ...first, connection: i })],
    ['links', (i) => ({ ...first, link: `link${i}` })],
    ['attempts', (i) => ({ ...first, attempt: i })],
  ])('are even over neighbouring %s', (_, nameOf) => {
    const numbers = Array.from({ length: 20_000 }, (__, i) => draw(nameOf(i)));
    expect(chiSquare(numbers, 64)).toBeLessThan(bound);
  });

  test('of the two directions have nothing to do with each other', () => {
    const pairs = Array.from({ length: 20_000 }, (_, n) => [
      draw({ ...first, n }),
      draw({ ...first, direction: 'toClient', n }),
    ]);
    const cells = pairs.map(([a = 0, b = 0]) => (Math.floor(a * 8) + b) / 8);
    expect(chiSquare(cells, 64)).toBeLessThan(bound);
  });

  test('an attempt is a draw of its own, and the first one is the draw without', () => {
    expect(draw({ ...first, attempt: 0 })).toBe(draw(first));
    fc.assert(
      fc.property(name, fc.uniqueArray(fc.nat(), { minLength: 2, maxLength: 9 }), (it, attempts) => {
        expect(new Set(attempts.map((attempt) => draw({ ...it, attempt }))).size).toBe(attempts.length);
      }),
    );
  });

  test('stay what they were: a seed that was written down repeats its run', () => {
    expect(
      (['jitter', 'back-off', 'signal', 'segment'] as const).map((purpose) => draw({ ...first, purpose })),
    ).toEqual([0.5462258190503645, 0.6118192146049408, 0.7541823468435613, 0.8670199968626726]);
  });

  test('two names never share a number by running into each other', () => {
    expect(draw({ ...first, link: 'a', connection: 98 })).not.toBe(draw({ ...first, link: 'ab', connection: 1 }));
  });
});
