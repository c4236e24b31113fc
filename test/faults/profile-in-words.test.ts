// Words for a profile say what it does, each way where the ways differ, and nothing where there is nothing.
import { describe, expect, test } from 'vitest';
import { evenProfile, plainProfile, type LinkProfile } from '../../src/faults/link-profile.ts';
import { conductInWords, figuresInWords, rateInWords, timeInWords } from '../../src/faults/profile-in-words.ts';

test.each([
  [0, '0 ms'],
  [0.4, '0.4 ms'],
  [650, '650 ms'],
  [1500, '1.5 s'],
  [270_000, '4.5 min'],
  [6_000_000, '100 min'],
  [298_800_000, '83 h'],
])('%i ms in words', (ms, words) => expect(timeInWords(ms)).toBe(words));

test.each([
  [264, '264 bit/s'],
  [9600, '9600 bit/s'],
  [88_000, '88 kbit/s'],
  [4e6, '4 Mbit/s'],
  [1e9, '1 Gbit/s'],
])('%i bit/s in words', (bitPerS, words) => expect(rateInWords(bitPerS)).toBe(words));

test('a wire does nothing', () => {
  expect(figuresInWords(plainProfile)).toBe('RTT 0 ms, jitter 0 ms, any rate, loss none, MTU 1500 B');
  expect(conductInWords(plainProfile)).toEqual([]);
});

test('the ways are told apart where they differ', () => {
  const { up, down } = evenProfile({ delayMs: 300, jitterMs: 20 });
  const profile: LinkProfile = {
    ...plainProfile,
    up: { ...up, delayMs: 400, rateBitPerS: 22_000, loss: { model: 'bernoulli', lossPct: 1 } },
    down: { ...down, rateBitPerS: 88_000, loss: { model: 'nth', every: 20 } },
  };
  expect(figuresInWords(profile)).toBe(
    'RTT 700 ms, jitter 20 ms, 22 kbit/s up and 88 kbit/s down, loss 1 % up and every 20th packet down, MTU 1500 B',
  );
});

test('messages have no round trip and no packets', () => {
  const message = { maxUpB: 340, maxDownB: 270, spacingMs: 40_000 };
  const profile: LinkProfile = { ...evenProfile({ delayMs: 5000 }), carries: 'messages', message };
  expect(figuresInWords(profile)).toBe(
    'delivered after 5 s, jitter 0 ms, any rate, loss none, messages of 340 B up and 270 B down at most, one every 40 s',
  );
});

describe('what else there is to it', () => {
  test.each<[string, Partial<LinkProfile>]>([
    ['a connection sets out after 2 s', { connectDelayMs: 2000 }],
    ['half duplex, 30 ms to turn round', { halfDuplex: { turnaroundMs: 30 } }],
    ['after 5 s of silence 1 s to wake up', { idleWake: { afterS: 5, extraMs: 1000 } }],
    [
      'a NAT forgets TCP after 4.5 min of silence, and answers what comes then with RST',
      { nat: { tcpIdleS: 270, onExpiry: 'rst' } },
    ],
    [
      'out at 1 min and every 10 min again for 5 s (nothing passes up)',
      { outages: [{ kind: 'schedule', atS: 60, lastsS: 5, everyS: 600, mode: 'half-open-up' }] },
    ],
    [
      'out for 20 s after 10 min, on average (packets vanish)',
      { outages: [{ kind: 'renewal', meanUpS: 600, meanDownS: 20, mode: 'drop' }] },
    ],
    [
      'fades after 2 h on average: 2 min down to 25 % of its rate, out for 3 min on average (packets wait), 2 min up again',
      { outages: [{ kind: 'fade', meanClearS: 7200, rampS: 120, meanOutS: 180, floorPct: 25, mode: 'freeze' }] },
    ],
    [
      'hand-over every 15 s: a gap of 50 ms (packets vanish), then 50 % loss for 200 ms with 10 ms more delay',
      {
        outages: [
          { kind: 'handover', everyS: 15, gapMs: 50, extraDelayMs: 10, burstS: 0.2, burstLossPct: 50, mode: 'drop' },
        ],
      },
    ],
    [
      'shares 9600 bit/s up and 9600 bit/s down with all on "uhf"',
      { sharedCapacity: { id: 'uhf', upBitPerS: 9600, downBitPerS: 9600 } },
    ],
    [
      'when it is out for 10 s, plain takes over (a wire of no length)',
      { failover: { to: plainProfile, afterS: 10, backAfterS: 60, connections: 'rst' } },
    ],
  ])('%s', (words, more) => expect(conductInWords({ ...plainProfile, ...more })).toEqual([words]));
});
