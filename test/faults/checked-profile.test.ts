// A profile that no link can be like is refused, with the figure that is wrong; every other one is taken as it is.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkedProfile, figuresIn, profileProblems } from '../../src/faults/checked-profile.ts';
import { evenProfile, plainProfile, type LinkProfile } from '../../src/faults/link-profile.ts';

const { up } = plainProfile;

/** A profile with every kind of figure there is. */
const rich: LinkProfile = {
  ...plainProfile,
  up: {
    ...up,
    rateBitPerS: 9600,
    queue: { maxB: 4000, maxMs: 500 },
    framing: { overheadB: 0, minB: 0, cellB: 48 },
    loss: { model: 'gilbert-elliott', meanGoodS: 10, meanBadS: 1, lossGoodPct: 0, lossBadPct: 100 },
  },
  down: { ...up, loss: { model: 'script', segments: [1, 7] } },
  connectDelayMs: 20,
  halfDuplex: { turnaroundMs: 30 },
  idleWake: { afterS: 5, extraMs: 800 },
  nat: { tcpIdleS: 270, udpIdleS: 30, onExpiry: 'silent' },
  outages: [
    { kind: 'schedule', atS: 0, lastsS: 2, everyS: 60, mode: 'drop' },
    { kind: 'renewal', meanUpS: 60, meanDownS: 2, mode: 'freeze' },
    { kind: 'fade', meanClearS: 60, rampS: 5, meanOutS: 2, floorPct: 25, mode: 'drop' },
    { kind: 'handover', everyS: 15, gapMs: 50, extraDelayMs: 10, burstS: 1, burstLossPct: 50, mode: 'drop' },
  ],
  sharedCapacity: { id: 'beam', upBitPerS: 1e6, downBitPerS: 4e6 },
  failover: { to: evenProfile({ delayMs: 300 }), afterS: 10, backAfterS: 60, connections: 'rst' },
};

/** The same profile with another value at this place. */
function withFigure(profile: LinkProfile, path: readonly string[], value: unknown): LinkProfile {
  const copy: LinkProfile = structuredClone(profile);
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => Reflect.get(Object(at), key), copy);
  Reflect.set(Object(parent), path.at(-1) ?? '', value);
  return copy;
}

test('profiles that a link can be like have no problem', () => {
  for (const profile of [plainProfile, evenProfile({ delayMs: 300, jitterMs: 40 }), rich]) {
    expect(profileProblems(profile)).toEqual([]);
    expect(checkedProfile(profile)).toBe(profile);
  }
});

test('no figure may be negative, infinite or no number: each is refused by its name', () => {
  const places = figuresIn(rich).map((it) => it.path);
  expect(places.length).toBeGreaterThan(40);
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.constantFrom(-1, Number.NaN, Infinity, -Infinity), (path, value) => {
      expect(profileProblems(withFigure(rich, path, value)).map((it) => it.path)).toContainEqual(path);
    }),
  );
});

describe('what a figure may be follows from its unit', () => {
  test.each([
    ['a share above 100 %', ['up', 'loss', 'lossBadPct'], 100.1],
    ['a rate of nothing', ['up', 'rateBitPerS'], 0],
    ['half a byte', ['mtuB'], 1400.5],
    ['a cell of no bytes', ['up', 'framing', 'cellB'], 0],
    ['a spell of no length', ['up', 'loss', 'meanBadS'], 0],
    ['a segment before the first', ['down', 'loss', 'segments', '0'], 0],
    ['a mapping that is never kept', ['nat', 'tcpIdleS'], 0],
    ['a packet smaller than IPv4 allows', ['mtuB'], 67],
    ['a packet larger than IPv4 allows', ['mtuB'], 65_536],
    ['a queue into which no packet fits', ['up', 'queue', 'maxB'], 1499],
    ['outages that overlap themselves', ['outages', '0', 'everyS'], 1],
    ['a gap as long as its grid', ['outages', '3', 'everyS'], 0.05],
    ['a figure of the second interface', ['failover', 'to', 'up', 'delayMs'], -1],
  ])('%s', (_, path, value) => {
    const wrong = withFigure(rich, path, value);
    expect(profileProblems(wrong).map((it) => it.path)).toContainEqual(path);
    expect(() => checkedProfile(wrong)).toThrow(expect.objectContaining({ code: 'FB_LINK_FIGURES' }));
  });

  test.each([
    ['everything lost', ['up', 'loss', 'lossBadPct'], 100],
    ['no delay', ['up', 'delayMs'], 0],
    ['the smallest packet', ['mtuB'], 68],
    ['a queue for one packet', ['up', 'queue', 'maxB'], 1500],
  ])('and nothing else is refused: %s', (_, path, value) => {
    const right = withFigure(withFigure(rich, ['up', 'queue', 'maxB'], 4000), path, value);
    expect(profileProblems(right)).toEqual([]);
  });
});

test('all problems are told at once', () => {
  const wrong = withFigure(withFigure(rich, ['up', 'delayMs'], -1), ['mtuB'], 3);
  expect(() => checkedProfile(wrong)).toThrow(/up\.delayMs cannot be -1; .*mtuB cannot be 3/);
});

test('a message link says how long its messages may be, and needs no packet of IPv4', () => {
  const sbd: LinkProfile = { ...plainProfile, carries: 'messages', mtuB: 51 };
  expect(profileProblems(sbd).map((it) => it.path)).toEqual([['message']]);
  expect(profileProblems({ ...sbd, message: { maxUpB: 51, maxDownB: 51, spacingMs: 0 } })).toEqual([]);
});

test('a queue has a bound', () => {
  expect(profileProblems(withFigure(rich, ['up', 'queue'], {})).map((it) => it.path)).toEqual([['up', 'queue']]);
});

test('nobody takes over from a second interface, and no message service takes over from streams', () => {
  const failover = { afterS: 1, backAfterS: 1, connections: 'rst' } as const;
  const messages = { ...plainProfile, carries: 'messages', message: { maxUpB: 9, maxDownB: 9, spacingMs: 0 } } as const;
  for (const to of [rich, messages]) {
    expect(profileProblems({ ...plainProfile, failover: { ...failover, to } }).map((it) => it.path)).toEqual([
      ['failover', 'to'],
    ]);
  }
});
