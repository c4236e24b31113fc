// What a run waits for over a link follows from the link, and says so; without one nothing is different.
import { describe, expect, test } from 'vitest';
import { patienceFor } from '../../src/conformance/link-patience.ts';
import { plainPace } from '../../src/conformance/pace.ts';
import { longestQueueMs, worstRttMs } from '../../src/faults/link-bounds.ts';
import { plainProfile, type DirectionProfile, type LinkProfile } from '../../src/faults/link-profile.ts';
import { defaultParameters } from '../../src/judge/rule.ts';

const over = (figures: Partial<DirectionProfile>, more: Partial<LinkProfile> = {}) =>
  patienceFor(
    {
      ...plainProfile,
      up: { ...plainProfile.up, ...figures },
      down: { ...plainProfile.down, ...figures },
      ...more,
    },
    defaultParameters,
  );

test('a wire of no length changes no wait, no size and no bound', () => {
  const { judged, waits, pace, slackMs, played } = over({});
  expect([judged, waits, slackMs]).toEqual([defaultParameters, defaultParameters, 0]);
  expect(pace).toMatchObject({ keepAliveS: 2, pingEveryMs: 1600, roundTripMs: 0, largeB: plainPace.largeB });
  expect(pace.streamB).toBe(plainPace.streamB);
  expect(played).toEqual(plainProfile);
});

describe('over a slow link', () => {
  const satellite = { delayMs: 300, jitterMs: 20, rateBitPerS: 1_000_000, queue: { maxMs: 500 } } as const;

  test('a keep alive is at least four worst round trips and the longest queue', () => {
    for (const lossPct of [0, 1, 5]) {
      const { pace, played } = over({ ...satellite, loss: { model: 'bernoulli', lossPct } });
      const leastMs = 4 * worstRttMs(played) + longestQueueMs(played);
      expect(pace.keepAliveS * 1000).toBeGreaterThanOrEqual(leastMs);
      expect(pace.keepAliveS * 1000).toBeLessThan(leastMs + 1001);
      // The pause, and the round trip of the answer before it, keep the schedule.
      expect(pace.pingEveryMs + worstRttMs(played)).toBeLessThanOrEqual(pace.keepAliveS * 800 + 1);
      expect(pace.pingEveryMs).toBeGreaterThan(pace.keepAliveS * 500);
    }
  });

  test('checks wait longer than rules allow by more than two round trips can differ', () => {
    const { judged, waits, played } = over({ ...satellite, loss: { model: 'bernoulli', lossPct: 5 } });
    for (const name of ['responseTimeoutMs', 'closeTimeoutMs', 'effectTimeoutMs', 'redeliveryFailMs'] as const)
      expect(waits[name] - judged[name]).toBeGreaterThan(2 * worstRttMs(played));
    expect(waits.quietMs).toBe(judged.quietMs + 80);
    expect(judged.quietMs).toBe(defaultParameters.quietMs);
  });

  test('a large payload is what passes in 10 s', () => {
    const { pace } = over({ rateBitPerS: 9600 });
    expect([pace.largeB, pace.streamB]).toEqual([12_000, 12_000]);
    expect(pace.transferMs(12_000)).toBe(20_000);
    expect(over(satellite).pace.largeB).toBe(plainPace.largeB);
  });

  test('each connection has it to itself, and no outage that a check cannot wait for', () => {
    const { played, words } = over(satellite, {
      sharedCapacity: { id: 'beam', upBitPerS: 1, downBitPerS: 1 },
      outages: [
        { kind: 'schedule', atS: 5, lastsS: 2, mode: 'drop' },
        { kind: 'fade', meanClearS: 3600, rampS: 60, meanOutS: 600, floorPct: 10, mode: 'drop' },
      ],
    });
    expect(played.sharedCapacity).toBeUndefined();
    expect(played.outages.map((it) => it.kind)).toEqual(['schedule']);
    expect(words.join('\n')).toMatch(/left out: fade/);
  });

  test('all of it is said', () => {
    const { words, pace, waits, slackMs } = over(satellite, { caution: 'think twice' });
    const text = words.join('\n');
    for (const figure of [pace.keepAliveS, waits.responseTimeoutMs, waits.quietMs, Math.ceil(slackMs / 1000)])
      expect(text).toContain(` ${figure} `);
    expect(words.at(-1)).toBe('think twice');
  });
});
