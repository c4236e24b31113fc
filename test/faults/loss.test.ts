// The same segment must meet the same fate however its stream was read, and the shares must be those of the figures.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LinkDirection } from '../../src/faults/gilbert-elliott.ts';
import type { Loss } from '../../src/faults/link-profile.ts';
import { createLoss, type SentSegment } from '../../src/faults/loss.ts';

const name: LinkDirection = { seed: 5, link: 'sat', direction: 'toServer' };
const segmentB = 1448;

function segment(ordinal: number, more: Partial<SentSegment> = {}): SentSegment {
  return { connection: 1, n: (ordinal - 1) * segmentB, ordinal, attempt: 0, tMs: ordinal * 10, ...more };
}

function lostAmong(loss: Loss, count: number, more: Partial<SentSegment> = {}): readonly number[] {
  const model = createLoss(loss, name);
  return Array.from({ length: count }, (_, i) => i + 1).filter((it) => model.isLost(segment(it, more)));
}

/** Four standard errors of a share. */
function bound(share: number, count: number): number {
  return 4 * Math.sqrt((share * (1 - share)) / count);
}

describe('bernoulli', () => {
  test.each([0.5, 1, 5, 10, 50])('loses %s per cent of the segments', (lossPct) => {
    const [count, share] = [40_000, lossPct / 100];
    const lost = lostAmong({ model: 'bernoulli', lossPct }, count).length / count;
    expect(Math.abs(lost - share)).toBeLessThan(bound(share, count));
    // The bound is so narrow that half of the loss would be found.
    expect(Math.abs(lost - share / 2)).toBeGreaterThan(bound(share, count));
  });

  test('0 loses none and 100 all', () => {
    expect(lostAmong({ model: 'bernoulli', lossPct: 0 }, 5000)).toHaveLength(0);
    expect(lostAmong({ model: 'bernoulli', lossPct: 100 }, 5000)).toHaveLength(5000);
  });

  test('a retransmission has a chance of its own: of the lost ones as many are lost again', () => {
    const loss: Loss = { model: 'bernoulli', lossPct: 20 };
    const model = createLoss(loss, name);
    const lost = lostAmong(loss, 40_000);
    const again = lost.filter((it) => model.isLost(segment(it, { attempt: 1 })));
    const thrice = again.filter((it) => model.isLost(segment(it, { attempt: 2 })));
    expect(Math.abs(again.length / lost.length - 0.2)).toBeLessThan(bound(0.2, lost.length));
    expect(Math.abs(thrice.length / again.length - 0.2)).toBeLessThan(bound(0.2, again.length));
  });

  test('neighbours and directions have nothing to do with each other', () => {
    const loss: Loss = { model: 'bernoulli', lossPct: 20 };
    const count = 40_000;
    const lost = new Set(lostAmong(loss, count));
    const pairs = [...lost].filter((it) => lost.has(it + 1)).length / lost.size;
    const other = createLoss(loss, { ...name, direction: 'toClient' });
    const both = [...lost].filter((it) => other.isLost(segment(it))).length / lost.size;
    for (const share of [pairs, both]) expect(Math.abs(share - 0.2)).toBeLessThan(bound(0.2, lost.size));
  });
});

describe('gilbert-elliott', () => {
  const loss: Loss = { model: 'gilbert-elliott', meanGoodS: 9, meanBadS: 1, lossGoodPct: 0.5, lossBadPct: 40 };
  const share = (0.9 * 0.5 + 0.1 * 40) / 100;

  /** Share of segments lost within `spanS`, sent at even distance, over `links` links. */
  function lostShare(links: number, spanS: number, everyMs: number): number {
    let [lost, sent] = [0, 0];
    for (let i = 0; i < links; i++) {
      const model = createLoss(loss, { ...name, link: `sat${i}` });
      for (let ordinal = 1; ordinal * everyMs <= spanS * 1000; ordinal++, sent++) {
        if (model.isLost(segment(ordinal, { tMs: ordinal * everyMs }))) lost += 1;
      }
    }
    return lost / sent;
  }

  test('loses on average what its figures come to, in a short run as in a long one, sparse or dense', () => {
    // The share of bad time in a time T has a variance of at most 2 pG pB tau / T, tau = 1 / (1/9 + 1/1) s. All four
    // rows look at the same time in sum; it is the spells that make the mean uncertain, far more than the segments.
    const timeS = 12_000;
    const deviation = 0.395 * Math.sqrt((2 * 0.9 * 0.1 * 0.9) / timeS);
    for (const [links, spanS, everyMs] of [
      [200, 60, 100],
      [1, 12_000, 100],
      [200, 60, 50],
      [1200, 10, 500],
    ] as const) {
      const count = (links * spanS * 1000) / everyMs;
      const error = 4 * Math.sqrt(deviation ** 2 + (share * (1 - share)) / count);
      expect(Math.abs(lostShare(links, spanS, everyMs) - share)).toBeLessThan(error);
      expect(error).toBeLessThan(share / 2);
    }
  });

  test('loses in spells: behind a lost segment the next is lost far more often', () => {
    const model = createLoss(loss, name);
    const all = Array.from({ length: 100_000 }, (_, i) => model.isLost(segment(i + 1, { tMs: i * 20 })));
    const behind = all.filter((_, i) => i > 0 && all[i - 1]);
    const shareBehind = behind.filter((it) => it).length / behind.length;
    expect(shareBehind).toBeGreaterThan(0.25);
    expect(all.filter((it) => it).length / all.length).toBeLessThan(0.1);
  });
});

describe('counted loss', () => {
  test('nth takes every nth first sending, on each connection, and its retransmission passes', () => {
    expect(lostAmong({ model: 'nth', every: 4 }, 13)).toEqual([4, 8, 12]);
    expect(lostAmong({ model: 'nth', every: 4 }, 13, { connection: 9 })).toEqual([4, 8, 12]);
    expect(lostAmong({ model: 'nth', every: 1 }, 13, { attempt: 1 })).toEqual([]);
  });

  test('a script takes what it names, once', () => {
    expect(lostAmong({ model: 'script', segments: [7, 2, 2] }, 10)).toEqual([2, 7]);
    expect(lostAmong({ model: 'script', segments: [7, 2] }, 10, { attempt: 1 })).toEqual([]);
    expect(lostAmong({ model: 'none' }, 10)).toEqual([]);
  });
});

test('a segment meets its fate whatever was asked before, in whatever order', () => {
  const lossPct = fc.double({ min: 0, max: 100, noNaN: true });
  const meanS = fc.double({ min: 0.05, max: 30, noNaN: true });
  const loss: fc.Arbitrary<Loss> = fc.oneof(
    fc.record({ model: fc.constant('bernoulli'), lossPct }),
    fc.record({
      model: fc.constant('gilbert-elliott'),
      meanGoodS: meanS,
      meanBadS: meanS,
      lossGoodPct: lossPct,
      lossBadPct: lossPct,
    }),
    fc.record({ model: fc.constant('nth'), every: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ model: fc.constant('script'), segments: fc.array(fc.integer({ min: 1, max: 99 })) }),
  );
  const sent: fc.Arbitrary<SentSegment> = fc.record({
    connection: fc.integer({ min: 1, max: 500 }),
    n: fc.nat(),
    ordinal: fc.integer({ min: 1, max: 99 }),
    attempt: fc.nat(4),
    tMs: fc.double({ min: 0, max: 100_000, noNaN: true }),
  });
  fc.assert(
    fc.property(loss, fc.array(sent, { minLength: 1, maxLength: 20 }), (figures, all) => {
      const forward = createLoss(figures, name);
      const backward = createLoss(figures, name);
      const fates = all.map((it) => forward.isLost(it));
      expect(
        all
          .toReversed()
          .map((it) => backward.isLost(it))
          .toReversed(),
      ).toEqual(fates);
      expect(all.map((it) => forward.isLost(it))).toEqual(fates);
    }),
  );
});

test.each<Loss>([
  { model: 'bernoulli', lossPct: -1 },
  { model: 'bernoulli', lossPct: 100.1 },
  { model: 'bernoulli', lossPct: Number.NaN },
  { model: 'gilbert-elliott', meanGoodS: 1, meanBadS: 1, lossGoodPct: 0, lossBadPct: 101 },
  { model: 'nth', every: 0 },
  { model: 'nth', every: 1.5 },
  { model: 'script', segments: [1, 0] },
])('refuses %o', (loss) => {
  expect(() => createLoss(loss, name)).toThrow(expect.objectContaining({ code: 'FB_LINK_FIGURES' }));
});
