// What a sensor is made of, each for itself: alarms, report by exception, quality, a clock that is wrong.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Alarm } from '../../../src/parts/devices/alarm.ts';
import type { AlarmSettings } from '../../../src/parts/devices/alarm.ts';
import { ByException } from '../../../src/parts/devices/by-exception.ts';
import { DeviceClock } from '../../../src/parts/devices/device-clock.ts';
import { measure } from '../../../src/parts/devices/measurement.ts';

const plain = { name: 'high', hysteresis: 0, onDelayMs: 0, offDelayMs: 0 };

/** The times at which an alarm changes, with its new state. */
function changes(settings: AlarmSettings, values: readonly number[], everyMs = 100): string[] {
  const alarm = new Alarm(settings);
  return values.flatMap((value, n) =>
    alarm.update(value, n * everyMs) ? [`${n * everyMs} ${alarm.isActive ? 'on' : 'off'}`] : [],
  );
}

test.each<[string, AlarmSettings, readonly number[], readonly string[]]>([
  ['above', { ...plain, above: 5 }, [5, 6, 7, 5, 6], ['100 on', '300 off', '400 on']],
  ['below', { ...plain, below: 5 }, [5, 4, 5], ['100 on', '200 off']],
  ['with hysteresis', { ...plain, above: 5, hysteresis: 2 }, [6, 5, 4, 3, 6], ['0 on', '300 off', '400 on']],
  ['below with hysteresis', { ...plain, below: 5, hysteresis: 2 }, [4, 6, 7], ['0 on', '200 off']],
  ['a short excursion is no alarm', { ...plain, above: 5, onDelayMs: 200 }, [6, 6, 5, 6, 6, 6], ['500 on']],
  [
    'a short relief does not clear it',
    { ...plain, above: 5, offDelayMs: 200 },
    [6, 5, 5, 6, 5, 5, 5],
    ['0 on', '600 off'],
  ],
])('an alarm %s', (_name, settings, values, expected) => {
  expect(changes(settings, values)).toEqual(expected);
});

test('an alarm is never raised within its limit, nor cleared beyond its gap, nor changed faster than its delays', () => {
  const settings = fc.record({
    above: fc.constant(5),
    hysteresis: fc.integer({ min: 0, max: 4 }),
    onDelayMs: fc.integer({ min: 0, max: 500 }),
    offDelayMs: fc.integer({ min: 0, max: 500 }),
  });
  fc.assert(
    fc.property(settings, fc.array(fc.integer({ min: 0, max: 10 })), (given, values) => {
      const alarm = new Alarm({ name: 'x', ...given });
      let lastChange = -Infinity;
      values.forEach((value, n) => {
        if (!alarm.update(value, n * 100)) return;
        expect(alarm.isActive ? value > 5 : value <= 5 - given.hysteresis).toBe(true);
        const leastMs = alarm.isActive ? given.onDelayMs : given.offDelayMs;
        expect(n * 100 - lastChange).toBeGreaterThanOrEqual(leastMs);
        lastChange = n * 100;
      });
    }),
  );
});

test('by exception: the receiver is never further off than the deadband, nor without word for too long', () => {
  const samples = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(samples, fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 10 }), (values, deadband, most) => {
      const report = new ByException({ deadband, maxIntervalMs: most * 100 });
      let [shown, saidMs] = [Number.NaN, 0];
      values.forEach((value, n) => {
        if (report.isDue({ value, quality: 'good' }, n * 100)) [shown, saidMs] = [value, n * 100];
        expect(Math.abs(value - shown)).toBeLessThanOrEqual(deadband);
        expect(n * 100 - saidMs).toBeLessThan(most * 100);
      });
    }),
  );
});

test('a change of quality goes out within the deadband; without a deadband everything does', () => {
  const report = new ByException({ deadband: 5 });
  const due = (['good', 'good', 'bad', 'bad', 'good'] as const).map((quality, n) =>
    report.isDue({ value: 1, quality }, n),
  );
  expect(due).toEqual([true, false, true, false, true]);
  const each = new ByException({});
  expect([1, 1, 1].map((value, n) => each.isDue({ value, quality: 'good' }, n))).toEqual([true, true, true]);
});

test('quality: beyond the range uncertain, without a signal or while broken bad, with the last value', () => {
  const limits = {
    range: { min: 0, max: 10 },
    faults: [
      { fromMs: 100, untilMs: 200, quality: 'bad' as const },
      { fromMs: 300, untilMs: 400, quality: 'uncertain' as const },
    ],
  };
  expect(measure(0.1 + 0.2, 0, 9, limits)).toEqual({ value: 0.3, quality: 'good' });
  expect(measure(12, 0, 9, limits)).toEqual({ value: 10, quality: 'uncertain' });
  expect(measure(undefined, 0, 9, limits)).toEqual({ value: 9, quality: 'bad' });
  expect(measure(5, 100, 9, limits)).toEqual({ value: 9, quality: 'bad' });
  expect(measure(5, 200, 9, limits)).toEqual({ value: 5, quality: 'good' });
  expect(measure(5, 399, 9, limits)).toEqual({ value: 5, quality: 'uncertain' });
});

test('a clock that drifts and is put forward; what it waits by is not moved by the step', () => {
  let nowMs = 0;
  const clock = new DeviceClock({ domain: 'test', nowMs: () => nowMs, after: () => () => {} }, 200);
  nowMs = 1e6;
  expect(clock.nowMs()).toBeCloseTo(1_000_200);
  clock.step(-5000);
  expect(clock.nowMs()).toBeCloseTo(995_200);
  expect(clock.tickMs()).toBeCloseTo(1_000_200);
});
