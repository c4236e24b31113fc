// The bounds of a link hold for what its figures bring about, and grow with each of them.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jitterMs } from '../../src/faults/jitter.ts';
import {
  calmRttMs,
  connectMs,
  isWaitedFor,
  longestQueueMs,
  outageBoundMs,
  rttSpreadMs,
  stallMs,
  transferMs,
  usualRttMs,
  worstRttMs,
} from '../../src/faults/link-bounds.ts';
import {
  evenProfile,
  plainProfile,
  type DirectionProfile,
  type LinkProfile,
  type Loss,
  type Outage,
} from '../../src/faults/link-profile.ts';
import { rareness } from '../../src/faults/loss-stall.ts';

const both = (figures: Partial<DirectionProfile>, more: Partial<LinkProfile> = {}): LinkProfile => ({
  ...plainProfile,
  up: { ...plainProfile.up, ...figures },
  down: { ...plainProfile.down, ...figures },
  ...more,
});
const out = (mode: 'freeze' | 'drop'): LinkProfile =>
  both({ delayMs: 25 }, { outages: [{ kind: 'schedule', atS: 1, lastsS: 4, mode }] });
const renewal = (meanUpS: number): Outage => ({ kind: 'renewal', meanUpS, meanDownS: 4, mode: 'freeze' });
const queued = (queue: NonNullable<DirectionProfile['queue']>): LinkProfile => both({ rateBitPerS: 8000, queue });
const losing = (loss: Loss): LinkProfile => both({ delayMs: 25, loss });

test('a wire of no length asks for nothing', () => {
  const bounds = [calmRttMs, rttSpreadMs, worstRttMs, usualRttMs, longestQueueMs, stallMs];
  expect(bounds.map((it) => it(plainProfile))).toEqual([0, 0, 0, 0, 0, 0]);
});

test('delay, spread, rate, waking and turning add up', () => {
  const slow = both(
    { delayMs: 300, jitterMs: 50, rateBitPerS: 12_000 },
    { idleWake: { afterS: 5, extraMs: 1000 }, halfDuplex: { turnaroundMs: 20 } },
  );
  // A packet of 1500 B takes a second each way.
  expect(calmRttMs(slow)).toBe(600 + 100 + 2000 + 1000 + 40);
  expect(rttSpreadMs(slow)).toBe(200 + 1000);
  expect(transferMs(slow.up, 3000)).toBe(2000);
});

test.each(['uniform', 'normal', 'pareto'] as const)(
  'of %s jitter one segment in ten thousand is later',
  (distribution) => {
    const figures = { jitterMs: 10, jitterDistribution: distribution } as const;
    const boundMs = calmRttMs(both(figures)) / 2;
    const n = 200_000;
    // Evenly spread instead of drawn: the share beyond the bound is then exact to one in n.
    const golden = (Math.sqrt(5) - 1) / 2;
    let beyond = 0;
    for (let k = 0; k < n; k++) {
      if (jitterMs({ ...figures }, (k + 0.5) / n, (k * golden) % 1) > boundMs) beyond += 1;
    }
    expect(beyond / n).toBeLessThanOrEqual(1.3 * rareness);
  },
);

describe('a stall', () => {
  const rtoMs = 250;

  test('is as many doubled timeouts as losses in a row are not too rare', () => {
    expect(stallMs(losing({ model: 'none' }))).toBe(0);
    // 0.05, 0.0025, 0.000125; the fourth is rarer than one in ten thousand.
    expect(stallMs(losing({ model: 'bernoulli', lossPct: 5 }))).toBe((1 + 2 + 4) * rtoMs);
    expect(stallMs(losing({ model: 'bernoulli', lossPct: 0.001 }))).toBe(0);
  });

  test('of what is counted out is one timeout: what is sent again gets through', () => {
    expect(stallMs(losing({ model: 'nth', every: 2 }))).toBe(rtoMs);
    expect(stallMs(losing({ model: 'script', segments: [1, 2, 3] }))).toBe(rtoMs);
  });

  test('in spells is longer than that of as many single losses, and the longer the spell the longer', () => {
    const spells = (meanBadS: number): number =>
      stallMs(losing({ model: 'gilbert-elliott', meanGoodS: 19 * meanBadS, meanBadS, lossGoodPct: 0, lossBadPct: 60 }));
    const single = stallMs(losing({ model: 'bernoulli', lossPct: 3 }));
    expect(spells(1)).toBeGreaterThan(single);
    expect(spells(10)).toBeGreaterThan(spells(1));
  });

  test('ends: Linux gives up some time', () => {
    expect(stallMs(losing({ model: 'bernoulli', lossPct: 100 }))).toBeLessThan(30 * 60_000);
  });

  test('of an outage is the outage, and where it drops as much again and a timeout', () => {
    expect(stallMs(out('freeze'))).toBe(4000);
    expect(stallMs(out('drop'))).toBe(8000 + rtoMs);
  });
});

describe('an outage', () => {
  test('that may last longer than a check can wait is not waited for', () => {
    const rain: Outage = { kind: 'fade', meanClearS: 86_400, rampS: 60, meanOutS: 600, floorPct: 10, mode: 'drop' };
    const step: Outage = {
      kind: 'handover',
      everyS: 15,
      gapMs: 100,
      extraDelayMs: 10,
      burstS: 0,
      burstLossPct: 0,
      mode: 'drop',
    };
    expect([rain, step].map(isWaitedFor)).toEqual([false, true]);
    expect(stallMs(both({}, { outages: [rain] }))).toBe(0);
  });

  test('that is rare holds fewer segments up for as long', () => {
    expect(outageBoundMs(renewal(600))).toBeLessThan(outageBoundMs(renewal(60)));
    expect(outageBoundMs(renewal(1e9))).toBe(0);
  });
});

test('a handshake waits for lost SYNs as long as Linux does, and for what the link adds', () => {
  expect(connectMs(both({ delayMs: 100 }, { connectDelayMs: 500 }))).toBe(700);
  // 1, 2 and 4 s: a fourth loss is rarer than one in ten thousand.
  expect(connectMs(losing({ model: 'bernoulli', lossPct: 5 }))).toBe(50 + 7000);
});

test('a queue is what its nearer bound lets wait, and no more than is sent at all', () => {
  expect(longestQueueMs(queued({ maxMs: 500 }))).toBe(1000);
  expect(longestQueueMs(queued({ maxMs: 500, maxB: 100 }))).toBe(200);
  expect(longestQueueMs(both({ rateBitPerS: 8000 }), 2000)).toBe(4000);
});

test('no figure makes a link quicker', () => {
  const ms = fc.integer({ min: 0, max: 5000 });
  fc.assert(
    fc.property(ms, ms, ms, ms, (delayMs, jitter, moreDelayMs, moreJitterMs) => {
      const less = evenProfile({ delayMs, jitterMs: jitter });
      const more = evenProfile({ delayMs: delayMs + moreDelayMs, jitterMs: jitter + moreJitterMs });
      for (const bound of [calmRttMs, rttSpreadMs, worstRttMs, usualRttMs])
        expect(bound(more)).toBeGreaterThanOrEqual(bound(less));
    }),
  );
});
