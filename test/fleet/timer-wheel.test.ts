// The wheel against a plain list of due times, on a clock that the test moves.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimerWheel } from '../../src/fleet/timer-wheel.ts';
import { manualClock } from '../parts/links/manual-clock.ts';

const timers = 6;
const timer = fc.integer({ min: 0, max: timers - 1 });
const act = fc.oneof(
  fc.record({ act: fc.constant('arm' as const), timer, inMs: fc.double({ min: -5, max: 200_000, noNaN: true }) }),
  fc.record({ act: fc.constant('armBy' as const), timer, inMs: fc.double({ min: -5, max: 3000, noNaN: true }) }),
  fc.record({ act: fc.constant('disarm' as const), timer }),
  fc.record({ act: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 150_000 }) }),
);

test('fires what a list of due times would fire, in whole milliseconds, never early', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const clock = manualClock();
      const due = new Map<number, number>();
      const missed: number[] = [];
      const armedMs = new Map<number, number>();
      const wheel = new TimerWheel(timers, clock, (it, nowMs) => {
        const dueMs = due.get(it) ?? Number.NaN;
        expect(nowMs).toBeGreaterThanOrEqual(dueMs);
        expect(nowMs - Math.max(dueMs, armedMs.get(it) ?? 0)).toBeLessThanOrEqual(1);
        due.delete(it);
      });
      const arm = (it: number, dueMs: number): void => {
        due.set(it, dueMs);
        armedMs.set(it, clock.nowMs());
      };
      for (const it of acts) {
        if (it.act === 'pass') {
          clock.advance(it.ms);
          missed.push(...[...due.values()].filter((dueMs) => Math.ceil(dueMs) <= clock.nowMs()));
          continue;
        }
        if (it.act === 'disarm') {
          wheel.disarm(it.timer);
          due.delete(it.timer);
          continue;
        }
        const dueMs = clock.nowMs() + it.inMs;
        wheel[it.act](it.timer, dueMs);
        if (it.act === 'arm' || dueMs < (due.get(it.timer) ?? Infinity)) arm(it.timer, dueMs);
      }
      expect(missed).toEqual([]);
    }),
  );
});

test('a timer may arm itself and others while it fires', () => {
  const clock = manualClock();
  const fired: string[] = [];
  const wheel: TimerWheel = new TimerWheel(3, clock, (it, nowMs) => {
    fired.push(`${it}@${nowMs}`);
    if (fired.length === 1) {
      wheel.disarm(1);
      wheel.arm(0, nowMs);
      wheel.arm(2, nowMs + 65_536);
    }
  });
  wheel.arm(0, 10);
  wheel.arm(1, 10);
  clock.advance(70_000);
  expect(fired).toEqual(['0@10', '0@11', '2@65546']);
});

test('nothing fires once it is stopped', () => {
  const clock = manualClock();
  const fired: number[] = [];
  const wheel = new TimerWheel(1, clock, (it) => fired.push(it));
  wheel.arm(0, 5);
  wheel.stop();
  clock.advance(100);
  wheel.arm(0, 105);
  clock.advance(100);
  expect(fired).toEqual([]);
});
