// Where one billed session ends and the next begins, and that nothing is lost between them.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SessionCounter } from '../../src/faults/session-counter.ts';
import type { SessionUsage, Tariff } from '../../src/faults/tariff.ts';

const tariff = (rules: Partial<Tariff>): Tariff => ({
  name: 't',
  title: 't',
  currency: 'USD',
  perMbUp: 1,
  perMbDown: 1,
  mbBytes: 1_000_000,
  layer: 'ip',
  roundingPer: 'session',
  evidence: {},
  ...rules,
});

/** Spans in seconds with their bytes, of one byte up at each of these seconds. */
function spans(rules: Partial<Tariff>, passesS: readonly number[], leavesS: number, bytes = 1): readonly number[][] {
  const counter = new SessionCounter(tariff(rules));
  const over = [
    ...counter.joined(0),
    ...passesS.flatMap((tS) => counter.passed({ tMs: tS * 1000, direction: 'up', bytes })),
    ...counter.left(leavesS * 1000),
  ];
  return over.map(({ startMs, endMs, upB }) => [startMs / 1000, endMs / 1000, upB]);
}

test('without a rule a session lasts from joining to leaving', () => {
  expect(spans({}, [5, 80_000], 86_400)).toEqual([[0, 86_400, 2]]);
});

describe('by silence', () => {
  test('it ends so long after the last byte, and begins with the next', () => {
    expect(spans({ sessionIdleEndS: 30 }, [10, 20, 60], 100)).toEqual([
      [0, 50, 2],
      [60, 90, 1],
    ]);
  });

  test('a byte just before the end keeps it, one at the end begins another', () => {
    expect(spans({ sessionIdleEndS: 30 }, [29.999], 40)).toEqual([[0, 40, 1]]);
    expect(spans({ sessionIdleEndS: 30 }, [30], 40)).toEqual([
      [0, 30, 0],
      [30, 40, 1],
    ]);
  });
});

test('by age: the next begins at once, with or without traffic', () => {
  expect(spans({ sessionMaxS: 100 }, [50, 250], 299)).toEqual([
    [0, 100, 1],
    [100, 200, 0],
    [200, 299, 1],
  ]);
});

test('by volume: what passes the mark closes it', () => {
  expect(spans({ sessionMaxB: 500 }, [1, 2, 3], 10, 250)).toEqual([
    [0, 2, 500],
    [3, 10, 250],
  ]);
});

test('messages are kept by size, not one by one', () => {
  const counter = new SessionCounter(tariff({ roundingPer: 'message' }));
  for (let n = 0; n < 1000; n++) counter.passed({ tMs: n, direction: 'down', bytes: 64 + (n % 2) });
  const [only] = counter.left(1000);
  expect(only?.downMessages).toEqual(
    new Map([
      [64, 500],
      [65, 500],
    ]),
  );
});

test('all that passes is in one session, and sessions do not overlap', () => {
  const rules = fc.record(
    {
      sessionIdleEndS: fc.integer({ min: 1, max: 50 }),
      sessionMaxS: fc.integer({ min: 1, max: 50 }),
      sessionMaxB: fc.integer({ min: 1, max: 500 }),
    },
    { requiredKeys: [] },
  );
  const passes = fc.array(fc.record({ gapMs: fc.nat(60_000), bytes: fc.nat(300) }), { maxLength: 30 });
  fc.assert(
    fc.property(rules, passes, (given, steps) => {
      const counter = new SessionCounter(tariff(given));
      const over: SessionUsage[] = [];
      let tMs = 0;
      for (const { gapMs, bytes } of steps) {
        tMs += gapMs;
        over.push(...counter.passed({ tMs, direction: 'up', bytes }));
      }
      over.push(...counter.left(tMs + 1));
      expect(over.reduce((sum, it) => sum + it.upB, 0)).toBe(steps.reduce((sum, it) => sum + it.bytes, 0));
      for (const [at, it] of over.entries()) {
        expect(it.endMs).toBeGreaterThanOrEqual(it.startMs);
        expect(it.startMs).toBeGreaterThanOrEqual(over[at - 1]?.endMs ?? 0);
      }
    }),
  );
});
