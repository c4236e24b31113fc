// What a short usage comes to in a month: one session goes on as one, several as many more.
import { expect, test } from 'vitest';
import { billOf } from '../../src/faults/bill.ts';
import { monthOf } from '../../src/faults/month.ts';
import type { Tariff } from '../../src/faults/tariff.ts';

const monthS = 30 * 86_400;
const tariff: Tariff = {
  name: 't',
  title: 'T',
  currency: 'USD',
  perMbUp: 1,
  perMbDown: 1,
  mbBytes: 1_000_000,
  layer: 'ip',
  roundingPer: 'session',
  minSessionB: 50_000,
  evidence: {},
};
const session = { startMs: 0, endMs: 60_000, upB: 100, downB: 0 };
const month = (it: Tariff, count: number) =>
  billOf(
    it,
    monthOf(
      it,
      Array.from({ length: count }, () => session),
      60_000,
    ),
  );

test('a session that stays is one session of a month, whose least volume counts once', () => {
  const bill = month(tariff, 1);
  expect(bill).toMatchObject({ sessions: 1, measured: { upB: (monthS / 60) * 100 }, cost: { usage: 4.32 } });
});

test('a tariff that ends sessions makes more of it', () => {
  expect(month({ ...tariff, sessionMaxS: 86_400 }, 1).sessions).toBe(30);
  expect(month({ ...tariff, sessionMaxB: 432_000 }, 1).sessions).toBe(10);
});

test('sessions that come and go come and go all month, each with its least volume', () => {
  expect(month(tariff, 2)).toMatchObject({ sessions: monthS / 30, billed: { totalB: (monthS / 30) * 50_000 } });
});

test('the fee is that of the whole month', () => {
  expect(month({ ...tariff, monthly: 30 }, 1).cost.fee).toBe(30);
});
