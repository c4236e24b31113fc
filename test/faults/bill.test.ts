// The rules that operators publish, with bills computed by hand, and each rule at its edge.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { billOf } from '../../src/faults/bill.ts';
import type { Bill, SessionUsage, Tariff } from '../../src/faults/tariff.ts';
import { readTariff } from '../../src/scenario/tariff-file.ts';
import { tariffPath } from '../../src/run/shipped.ts';

const shipped = async (name: string): Promise<Tariff> => readTariff(tariffPath(name));

const plain: Tariff = {
  name: 't',
  title: 't',
  currency: 'USD',
  perMbUp: 1,
  perMbDown: 2,
  mbBytes: 1_000_000,
  layer: 'ip',
  roundingPer: 'session',
  evidence: {},
};

const session = (upB: number, downB: number, seconds = 60): SessionUsage => ({
  startMs: 0,
  endMs: seconds * 1000,
  upB,
  downB,
});

const message = (...sizes: readonly number[]): SessionUsage => ({
  ...session(
    sizes.reduce((sum, it) => sum + it, 0),
    0,
  ),
  upMessages: new Map(sizes.map((size) => [size, sizes.filter((it) => it === size).length])),
});

const bill = (tariff: Tariff, ...sessions: readonly SessionUsage[]): Bill => billOf(tariff, { days: 1, sessions });

describe('BGAN: at least 50 KB each way per session, then 10 KB increments, 1 MB = 1,048,576 bytes', async () => {
  const bgan = await shipped('bgan');
  const billed = (upB: number): number => bill(bgan, session(upB, 0)).billed.upB;

  test('a session that moves one byte each way is 100 KB', () => {
    expect(bill(bgan, session(1, 1)).billed).toEqual({ upB: 51_200, downB: 51_200, jointB: 0, totalB: 102_400 });
  });

  test.each([
    [0, 51_200],
    [51_199, 51_200],
    [51_200, 51_200],
    [51_201, 61_440],
    [61_440, 61_440],
    [61_441, 71_680],
    [1_048_576, 1_054_720],
  ])('%i bytes up are billed as %i', (upB, expected) => {
    expect(billed(upB)).toBe(expected);
  });

  test('twice in one session is not twice the minimum, and in two sessions it is', () => {
    expect(bill(bgan, session(20_000, 0)).billed.totalB).toBe(102_400);
    expect(bill(bgan, session(10_000, 0), session(10_000, 0)).billed.totalB).toBe(204_800);
  });

  test('the cost is of billed bytes: 100 KB of 1,024 KB at 6.95', () => {
    expect(bill(bgan, session(1, 1)).cost.total).toBeCloseTo((6.95 * 100) / 1024, 10);
  });

  test('says what decided, and which figure has no source', () => {
    const { rules, lines, assumed } = bill(bgan, session(1, 60_000));
    expect(rules).toEqual({
      minSession: { times: 1, addedB: 51_199 },
      increment: { times: 1, addedB: 1440 },
    });
    expect(lines).toContain('each direction of a session counts as at least 51,200 B: 1 time, 51,199 B more');
    expect(assumed).toEqual(['layer = ip']);
  });
});

describe('Certus 100: up to 300 s the larger of 5 KB and the payload, beyond 300 B for every second', async () => {
  const certus = await shipped('certus-100');
  const billed = (bytes: number, seconds: number): number => bill(certus, session(bytes, 0, seconds)).billed.totalB;

  test('an idle day is 25.92 MB', () => {
    expect(billed(0, 86_400)).toBe(25_920_000);
    expect(bill(certus, session(0, 0, 86_400)).rules).toEqual({ minPerSecond: { times: 1, addedB: 25_920_000 } });
  });

  test.each([
    [0, 300, 5000],
    [5000, 300, 5000],
    [5001, 300, 5001],
    [0, 300.001, 90_300],
    [0, 301, 90_300],
    [90_300, 301, 90_300],
    [90_301, 301, 90_301],
  ])('%i bytes in %f s are billed as %i', (bytes, seconds, expected) => {
    expect(billed(bytes, seconds)).toBe(expected);
  });

  test('both directions count together, and what is added belongs to neither', () => {
    expect(bill(certus, session(3000, 1000)).billed).toEqual({ upB: 3000, downB: 1000, jointB: 1000, totalB: 5000 });
  });

  test('its price is assumed, and said so', () => {
    expect(bill(certus, session(0, 0)).assumed).toEqual(expect.arrayContaining(['perMbUp = 5', 'perMbDown = 5']));
  });
});

describe('SBD: credits of 50 bytes, one even if no byte moves', async () => {
  const sbd = await shipped('iridium-sbd');

  test.each([
    [0, 1],
    [1, 1],
    [50, 1],
    [51, 2],
    [340, 7],
  ])('a message of %i bytes is %i credits', (bytes, credits) => {
    const { billed, cost } = bill(sbd, message(bytes));
    expect(billed.totalB).toBe(credits * 50);
    expect(cost.total).toBeCloseTo(credits * 0.16, 10);
  });

  test('traffic without sizes of messages is refused, not guessed', () => {
    expect(() => bill(sbd, session(100, 0))).toThrow(expect.objectContaining({ code: 'FB_TARIFF_USAGE' }));
  });
});

describe('IsatData Pro: at least 15 bytes a message, rounded up to 10', async () => {
  const isatdata = await shipped('isatdata-pro');

  test.each([
    [0, 15],
    [1, 15],
    [10, 15],
    [11, 20],
    [20, 20],
    [21, 30],
  ])('%i bytes are billed as %i', (bytes, expected) => {
    expect(bill(isatdata, message(bytes)).billed.totalB).toBe(expected);
  });

  test('each message is rounded for itself', () => {
    expect(bill(isatdata, message(11, 11, 5)).billed.totalB).toBe(20 + 20 + 15);
  });
});

test.each([
  ['4g-vodacom', 10_000],
  ['4g-mtn', 25_000],
])('%s: each new connection is at least %i bytes', async (name, leastB) => {
  const tariff = await shipped(name);
  expect(bill(tariff, session(400, 300), session(leastB, 1)).billed.totalB).toBe(leastB + leastB + 1);
});

test('2G: rounded to 100 KB when a session closes', async () => {
  expect(bill(await shipped('2g'), session(100_000, 0), session(100_001, 0)).billed.totalB).toBe(300_000);
});

describe('a fee and what it covers', async () => {
  const bundle = await shipped('nb-iot-bundle');

  test('a day has a thirtieth of both: 1 MB', () => {
    const { includedB, cost } = bill(bundle, session(1_000_000, 0));
    expect(includedB).toBe(1_000_000);
    expect(cost).toEqual({ usage: 0, fee: 1 / 30, total: 1 / 30 });
  });

  test('one byte beyond is paid', () => {
    expect(bill(bundle, session(1_000_001, 0)).cost.usage).toBeCloseTo(0.5 / 1e6, 12);
  });

  test.each([
    [0, 1 / 30],
    [1.1, 2 / 30],
    [30, 1],
  ])('%f days are %f of a month: a begun one counts whole', (days, share) => {
    expect(billOf(bundle, { days, sessions: [] }).cost.fee).toBe(share);
  });
});

test('flat rates and own networks bill no volume, whatever it is', async () => {
  for (const name of ['geo-vsat-flat', 'starlink-flat', 'free']) {
    expect(bill(await shipped(name), session(1e9, 1e9)).cost.usage).toBe(0);
  }
});

test('any tariff by volume: whole bytes, never less than measured, and the rules account for all that is added', () => {
  const small = fc.integer({ min: 1, max: 1000 });
  const sessions = fc.array(fc.record({ upB: fc.nat(10_000), downB: fc.nat(10_000), seconds: fc.nat(1000) }));
  fc.assert(
    fc.property(
      fc.record({ incrementB: small, minSessionB: small, minPerSecondB: small, graceS: small }),
      fc.constantFrom('session' as const, 'direction' as const),
      sessions,
      (rules, roundingPer, used) => {
        const tariff: Tariff = {
          ...plain,
          ...rules,
          roundingPer,
        };
        const {
          billed,
          measured,
          rules: shares,
        } = bill(tariff, ...used.map(({ upB, downB, seconds }) => session(upB, downB, seconds)));
        const added = Object.values(shares).reduce((sum, it) => sum + it.addedB, 0);
        expect(billed.totalB).toBe(measured.upB + measured.downB + added);
        expect(Number.isSafeInteger(billed.totalB)).toBe(true);
        const apart =
          roundingPer === 'direction' ? billed.jointB : billed.upB + billed.downB - measured.upB - measured.downB;
        expect(apart).toBe(0);
      },
    ),
  );
});
