// Spells of loss must last as the figures say, and must not care how often anybody looks.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gilbertElliott, type LinkDirection } from '../../src/faults/gilbert-elliott.ts';

const name: LinkDirection = { seed: 3, link: 'sat', direction: 'toServer' };
const figures = { meanGoodS: 8, meanBadS: 2 };

/** Lengths of whole spells in seconds, seen from outside at every `stepMs`. */
function spellsSeen(of: LinkDirection, untilMs: number, stepMs: number): { bad: number[]; good: number[] } {
  const model = gilbertElliott(figures, of);
  const seen: { bad: number[]; good: number[] } = { bad: [], good: [] };
  let [since, isBad, isWhole] = [0, model.isBadAt(0), false];
  for (let tMs = stepMs; tMs < untilMs; tMs += stepMs) {
    if (model.isBadAt(tMs) === isBad) continue;
    if (isWhole) seen[isBad ? 'bad' : 'good'].push((tMs - since) / 1000);
    [since, isBad, isWhole] = [tMs, !isBad, true];
  }
  return seen;
}

const meanOf = (numbers: readonly number[]): number => numbers.reduce((sum, it) => sum + it, 0) / numbers.length;

describe('over a long time', () => {
  const { bad, good } = spellsSeen(name, 20_000_000, 5);

  test('spells of both kinds have their mean: within four standard errors', () => {
    expect(bad.length).toBeGreaterThan(1500);
    // Spells shorter than a step are missed, and their neighbours seen as one; both shift the mean by some 5 ms in 2 s.
    expect(Math.abs(meanOf(bad) - 2)).toBeLessThan((4 * 2) / Math.sqrt(bad.length) + 0.01);
    expect(Math.abs(meanOf(good) - 8)).toBeLessThan((4 * 8) / Math.sqrt(good.length) + 0.05);
  });

  test('they are exponential: the share that outlives the mean is 1/e, and twice the mean its square', () => {
    for (const [spells, meanS] of [
      [bad, 2],
      [good, 8],
    ] as const) {
      const outlives = (s: number): number => spells.filter((it) => it > s).length / spells.length;
      const error = 4 * Math.sqrt((Math.exp(-1) * (1 - Math.exp(-1))) / spells.length);
      expect(Math.abs(outlives(meanS) - Math.exp(-1))).toBeLessThan(error + 0.005);
      expect(Math.abs(outlives(2 * meanS) - Math.exp(-2))).toBeLessThan(error + 0.005);
    }
  });
});

/** Among so many links, the share that is bad at this moment. */
function shareBadAt(tMs: number, links: number): number {
  const all = Array.from({ length: links }, (_, i) => gilbertElliott(figures, { ...name, link: `sat${i}` }));
  return all.filter((it) => it.isBadAt(tMs)).length / links;
}

describe('over many links', () => {
  test('as many are bad at the start as at any other time', () => {
    // Four standard errors of a share of 0.2 among 4000.
    for (const tMs of [0, 700, 5_000, 60_000]) expect(Math.abs(shareBadAt(tMs, 4000) - 0.2)).toBeLessThan(0.0253);
  });

  test('directions and links go their own ways', () => {
    const moments = Array.from({ length: 500 }, (_, i) => i * 500);
    const seen = (of: LinkDirection): string =>
      moments.map((it) => Number(gilbertElliott(figures, of).isBadAt(it))).join('');
    const all = [name, { ...name, direction: 'toClient' as const }, { ...name, link: 'other' }, { ...name, seed: 4 }];
    expect(new Set(all.map(seen)).size).toBe(all.length);
  });
});

test('any moments, asked for in any order and as often as anybody likes, have the same state', () => {
  const moment = fc.double({ min: 0, max: 600_000, noNaN: true });
  fc.assert(
    fc.property(fc.nat(), fc.array(moment, { minLength: 1, maxLength: 40 }), (seed, moments) => {
      const askedInOrder = gilbertElliott(figures, { ...name, seed });
      const states = new Map(moments.toSorted((a, b) => a - b).map((it) => [it, askedInOrder.isBadAt(it)]));
      const askedOften = gilbertElliott(figures, { ...name, seed });
      for (let tMs = 0; tMs < 600_000; tMs += 5_000) askedOften.isBadAt(tMs);
      for (const tMs of moments) {
        expect(askedOften.isBadAt(tMs)).toBe(states.get(tMs));
        expect(gilbertElliott(figures, { ...name, seed }).isBadAt(tMs)).toBe(states.get(tMs));
      }
    }),
    { numRuns: 40 },
  );
});

test.each([0, -1, Number.NaN, Infinity])('a mean of %s s is refused', (value) => {
  const refusal = expect.objectContaining({ code: 'FB_LINK_FIGURES' });
  expect(() => gilbertElliott({ meanGoodS: value, meanBadS: 1 }, name)).toThrow(refusal);
  expect(() => gilbertElliott({ meanGoodS: 1, meanBadS: value }, name)).toThrow(refusal);
});
