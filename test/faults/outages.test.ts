// The weather must be the same whenever it is asked for, without holes, and as its outages are documented.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outage, OutageMode } from '../../src/faults/link-profile.ts';
import { weatherOf } from '../../src/faults/outages.ts';
import type { Weather } from '../../src/faults/weather.ts';

const name = { seed: 9, link: 'sat' };

/** All weather from 0 up to this time, piece by piece. */
function piecesOf(outages: readonly Outage[], untilMs: number, of = name): readonly Weather[] {
  const weather = weatherOf(outages, of);
  const pieces: Weather[] = [];
  for (let atMs = 0; atMs < untilMs; atMs = pieces.at(-1)?.untilMs ?? Infinity) pieces.push(weather.at(atMs));
  return pieces;
}

/** What a person would note of a piece: when it began, and what was wrong. */
function noted({ fromMs, state, rateShare, extraDelayMs, extraLossPct }: Weather): readonly unknown[] {
  return [fromMs, state, rateShare, extraDelayMs, extraLossPct];
}

function isFair({ state, rateShare, extraDelayMs, extraLossPct }: Weather): boolean {
  return state === 'up' && rateShare === 1 && extraDelayMs === 0 && extraLossPct === 0;
}

/** Mean length of pieces. */
function meanS(pieces: readonly Weather[]): number {
  return pieces.reduce((sum, it) => sum + it.untilMs - it.fromMs, 0) / pieces.length / 1000;
}

function out(mode: OutageMode, atS: number): Outage {
  return { kind: 'schedule', atS, lastsS: 10, mode };
}

/** How long something is wrong for this cause. */
function timeOut(outages: readonly Outage[], cause: string): number {
  const pieces = piecesOf(outages, 1e7).filter((it) => it.cause === cause);
  return meanS(pieces) * pieces.length;
}

const anyMode = fc.constantFrom<OutageMode>('drop', 'freeze', 'half-open-up', 'half-open-down');
const seconds = fc.double({ min: 0.5, max: 200, noNaN: true });
const maybeSeconds = fc.double({ min: 0, max: 50, noNaN: true });
const percent = fc.double({ min: 0, max: 100, noNaN: true });
const anyOutage: fc.Arbitrary<Outage> = fc.oneof(
  fc.record({ kind: fc.constant('schedule'), atS: maybeSeconds, lastsS: maybeSeconds, mode: anyMode }),
  fc.record({ kind: fc.constant('schedule'), atS: maybeSeconds, lastsS: maybeSeconds, everyS: seconds, mode: anyMode }),
  fc.record({ kind: fc.constant('renewal'), meanUpS: seconds, meanDownS: seconds, mode: anyMode }),
  fc.record({
    kind: fc.constant('fade'),
    meanClearS: seconds,
    rampS: maybeSeconds,
    meanOutS: seconds,
    floorPct: percent,
    mode: anyMode,
  }),
  fc.record({
    kind: fc.constant('handover'),
    everyS: seconds,
    gapMs: fc.nat(3000),
    extraDelayMs: fc.nat(500),
    burstS: maybeSeconds,
    burstLossPct: percent,
    mode: anyMode,
  }),
);
const anyOutages = fc.array(anyOutage, { maxLength: 4 });
const endMs = 100_000;

describe('any outages', () => {
  test('make pieces that follow each other without holes, each the same all the way', () => {
    fc.assert(
      fc.property(anyOutages, fc.double({ min: 0, max: 0.99, noNaN: true }), (list, share) => {
        const weather = weatherOf(list, name);
        const pieces = piecesOf(list, endMs);
        expect(pieces.map((it) => it.fromMs)).toEqual([0, ...pieces.slice(0, -1).map((it) => it.untilMs)]);
        for (const piece of pieces) {
          expect(piece.untilMs).toBeGreaterThan(piece.fromMs);
          const within = piece.fromMs + share * Math.min(piece.untilMs - piece.fromMs, endMs);
          // Between two neighbouring numbers there is nothing to ask for.
          expect(weather.at(within < piece.untilMs ? within : piece.fromMs)).toEqual(piece);
          expect(piece.rateShare >= 0 && piece.rateShare <= 1 && piece.extraDelayMs >= 0).toBe(true);
          expect(piece.extraLossPct >= 0 && piece.extraLossPct <= 100).toBe(true);
          expect(isFair(piece) || piece.cause !== '').toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('are the same however often and in whatever order anybody looks', () => {
    const moments = fc.array(fc.double({ min: 0, max: endMs, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(anyOutages, moments, (list, all) => {
        const asked = weatherOf(list, name);
        const seen = all.map((it) => asked.at(it));
        expect(all.map((it) => weatherOf(list, name).at(it))).toEqual(seen);
        const sorted = [...new Set(all)].toSorted((a, b) => a - b);
        const askedInOrder = weatherOf(list, name);
        const inOrder = new Map(sorted.map((it) => [it, askedInOrder.at(it)]));
        expect(all.map((it) => inOrder.get(it))).toEqual(seen);
      }),
      { numRuns: 40 },
    );
  });

  test('stay where they are when one is added at the end, or one of another kind anywhere', () => {
    fc.assert(
      fc.property(anyOutages, anyOutage, fc.nat(), (list, more, place) => {
        const isNewKind = list.every((it) => it.kind !== more.kind);
        const withMore = list.toSpliced(isNewKind ? place % (list.length + 1) : list.length, 0, more);
        const borders = new Set(piecesOf(withMore, endMs).map((it) => it.fromMs));
        expect(piecesOf(list, endMs).filter((it) => !borders.has(it.fromMs))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('of one kind do not move together, and another seed or link has other weather', () => {
    const renewal: Outage = { kind: 'renewal', meanUpS: 20, meanDownS: 5, mode: 'drop' };
    // Where they have nothing to do with each other, both are out in a fifth of the time that one of them is.
    expect(timeOut([renewal, renewal], 'outage, outage')).toBeLessThan(timeOut([renewal], 'outage') * 0.3);
    const others = [name, { ...name, seed: 10 }, { ...name, link: 'lte' }].map(
      (it) => piecesOf([renewal], endMs, it)[0],
    );
    expect(new Set(others.map((it) => it?.untilMs)).size).toBe(3);
  });
});

describe('a schedule', () => {
  test('is out when it says so, once or again and again', () => {
    const once: Outage = { kind: 'schedule', atS: 10, lastsS: 5, mode: 'freeze' };
    expect(piecesOf([once], 1e9).map(noted)).toEqual([
      [0, 'up', 1, 0, 0],
      [10_000, 'freeze', 1, 0, 0],
      [15_000, 'up', 1, 0, 0],
    ]);
    expect(piecesOf([{ ...once, everyS: 60 }], 140_000).map((it) => [it.fromMs, it.state])).toEqual([
      [0, 'up'],
      [10_000, 'freeze'],
      [15_000, 'up'],
      [70_000, 'freeze'],
      [75_000, 'up'],
      [130_000, 'freeze'],
      [135_000, 'up'],
    ]);
  });

  test('may be out from the beginning, and without end', () => {
    expect(piecesOf([{ kind: 'schedule', atS: 0, lastsS: 5, mode: 'drop' }], 6000).map(noted)).toEqual([
      [0, 'drop', 1, 0, 0],
      [5000, 'up', 1, 0, 0],
    ]);
    const all = piecesOf([{ kind: 'schedule', atS: 1, lastsS: 9, everyS: 3, mode: 'drop' }], 20_000);
    expect(all.slice(1).every((it) => it.state === 'drop')).toBe(true);
  });
});

test('a renewal begins up, and is up and down for its mean times: within four standard errors', () => {
  const pieces = piecesOf([{ kind: 'renewal', meanUpS: 20, meanDownS: 5, mode: 'half-open-down' }], 100_000_000);
  expect(pieces[0]?.state).toBe('up');
  for (const [state, expectedS] of [
    ['up', 20],
    ['half-open-down', 5],
  ] as const) {
    const spells = pieces.filter((it) => it.state === state);
    expect(Math.abs(meanS(spells) - expectedS)).toBeLessThan((4 * expectedS) / Math.sqrt(spells.length));
    expect(spells.length).toBeGreaterThan(3000);
  }
});

describe('a fade', () => {
  const fade: Outage = { kind: 'fade', meanClearS: 100, rampS: 20, meanOutS: 30, floorPct: 20, mode: 'drop' };

  test('falls in ten steps to its floor, is out, and comes back the same way', () => {
    const cycle = piecesOf([fade], 10_000_000).slice(0, 23);
    const down = [0.92, 0.84, 0.76, 0.68, 0.6, 0.52, 0.44, 0.36, 0.28, 0.2];
    const shares = [1, ...down, 1, ...down.toReversed(), 1];
    for (const [i, piece] of cycle.entries()) expect(piece.rateShare).toBeCloseTo(shares[i] ?? 0, 9);
    expect(cycle.map((it) => it.state).filter((it) => it !== 'up')).toEqual(['drop']);
    expect(cycle[11]?.state).toBe('drop');
    for (const step of [...cycle.slice(1, 11), ...cycle.slice(12, 22)]) {
      expect(step.untilMs - step.fromMs).toBeCloseTo(2000, 6);
    }
    expect(cycle.map((it) => it.cause).filter((_, i) => [0, 1, 10, 11, 22].includes(i))).toEqual([
      '',
      'fade: 92 % of the rate',
      'fade: 20 % of the rate',
      'fade: out',
      '',
    ]);
  });

  test('is clear and out for its mean times', () => {
    const pieces = piecesOf([fade], 200_000_000);
    const [clear, wet] = [pieces.filter((it) => it.cause === ''), pieces.filter((it) => it.state === 'drop')];
    expect(wet.length).toBeGreaterThan(1000);
    expect(Math.abs(meanS(clear) - 100)).toBeLessThan((4 * 100) / Math.sqrt(clear.length));
    expect(Math.abs(meanS(wet) - 30)).toBeLessThan((4 * 30) / Math.sqrt(wet.length));
  });

  test('without a ramp is an outage', () => {
    expect(piecesOf([{ ...fade, rampS: 0 }], 1_000_000).every((it) => it.rateShare === 1)).toBe(true);
  });
});

test('a handover is a gap, then more delay and loss, then nothing until the next', () => {
  const handover: Outage = {
    kind: 'handover',
    everyS: 15,
    gapMs: 80,
    extraDelayMs: 25,
    burstS: 1,
    burstLossPct: 30,
    mode: 'freeze',
  };
  expect(piecesOf([handover], 31_000).map(noted)).toEqual([
    [0, 'up', 1, 0, 0],
    [15_000, 'freeze', 1, 0, 0],
    [15_080, 'up', 1, 25, 30],
    [16_080, 'up', 1, 0, 0],
    [30_000, 'freeze', 1, 0, 0],
    [30_080, 'up', 1, 25, 30],
  ]);
  const overlapping = piecesOf([{ ...handover, burstS: 60 }], 45_000);
  expect(overlapping.map((it) => it.fromMs)).toEqual([0, 15_000, 15_080, 30_000, 30_080]);
});

function stateOf(...modes: readonly OutageMode[]): Weather['state'] {
  const list = modes.map((it) => out(it, 0));
  return weatherOf(list, name).at(0).state;
}

describe('outages together', () => {
  test('the worst state wins, and nothing passes where neither direction does', () => {
    expect(stateOf('freeze', 'drop')).toBe('drop');
    expect(stateOf('half-open-up', 'freeze', 'half-open-up')).toBe('freeze');
    expect(stateOf('half-open-up', 'half-open-up')).toBe('half-open-up');
    expect(stateOf('half-open-up', 'half-open-down')).toBe('drop');
  });

  test('delays add up, losses are independent, and the next change of any ends the piece', () => {
    const handover: Outage = {
      kind: 'handover',
      everyS: 10,
      gapMs: 0,
      extraDelayMs: 40,
      burstS: 5,
      burstLossPct: 50,
      mode: 'drop',
    };
    const pieces = piecesOf([handover, { ...handover, everyS: 12, burstLossPct: 20 }, out('drop', 13)], 14_000);
    expect(pieces.map(noted)).toEqual([
      [0, 'up', 1, 0, 0],
      [10_000, 'up', 1, 40, 50],
      [12_000, 'up', 1, 80, 60],
      [13_000, 'drop', 1, 80, 60],
    ]);
    expect(pieces.at(-1)?.cause).toBe('behind a handover, behind a handover, scheduled outage');
  });

  test('shares of the rate multiply', () => {
    const fade: Outage = { kind: 'fade', meanClearS: 5, rampS: 40, meanOutS: 5, floorPct: 10, mode: 'drop' };
    const both = weatherOf([fade, { ...fade, floorPct: 50 }], name);
    const first = weatherOf([fade], name);
    // The second of its kind draws for itself: that it alone can be seen takes one that is never clear for long.
    const moments = Array.from({ length: 2000 }, (_, i) => i * 100);
    const shares = moments.map((it) => both.at(it).rateShare / first.at(it).rateShare);
    const steps = Array.from({ length: 11 }, (_, i) => 1 - 0.05 * i);
    expect(shares.every((it) => steps.some((step) => Math.abs(step - it) < 1e-9))).toBe(true);
    expect(new Set(shares.map((it) => it.toFixed(6))).size).toBe(11);
  });

  test('none leaves fair weather for ever', () => {
    expect(weatherOf([], name).at(5)).toEqual({
      fromMs: 0,
      untilMs: Infinity,
      state: 'up',
      rateShare: 1,
      extraDelayMs: 0,
      extraLossPct: 0,
      cause: '',
    });
  });
});

test.each<Outage>([
  { kind: 'schedule', atS: -1, lastsS: 1, mode: 'drop' },
  { kind: 'schedule', atS: 0, lastsS: 1, everyS: 0, mode: 'drop' },
  { kind: 'renewal', meanUpS: 0, meanDownS: 1, mode: 'drop' },
  { kind: 'renewal', meanUpS: 1, meanDownS: Infinity, mode: 'drop' },
  { kind: 'fade', meanClearS: 1, rampS: -1, meanOutS: 1, floorPct: 10, mode: 'drop' },
  { kind: 'fade', meanClearS: 1, rampS: 1, meanOutS: 1, floorPct: 110, mode: 'drop' },
  { kind: 'handover', everyS: 1, gapMs: 1, extraDelayMs: 1, burstS: 1, burstLossPct: -3, mode: 'drop' },
])('refuses %o', (figures) => {
  expect(() => weatherOf([figures], name)).toThrow(expect.objectContaining({ code: 'FB_LINK_FIGURES' }));
});
