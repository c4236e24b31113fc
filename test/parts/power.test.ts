// Timers of a device that is paused wait, and those of one without power never fire.
import { expect, test } from 'vitest';
import { PowerSwitch } from '../../src/parts/power.ts';
import { manualClock } from './links/manual-clock.ts';

function powered() {
  const clock = manualClock();
  const power = new PowerSwitch(clock, new AbortController().signal);
  const fired: string[] = [];
  const after = (delayMs: number, name: string) => power.clock.after(delayMs, () => fired.push(name));
  return { clock, power, fired, after };
}

test('what comes due meanwhile fires on resuming, in order; what is not due yet, at its time', () => {
  const { clock, power, fired, after } = powered();
  after(10, 'first');
  after(20, 'second');
  after(100, 'third');
  power.pause();
  clock.advance(50);
  expect(fired).toEqual([]);
  power.resume();
  expect(fired).toEqual(['first', 'second']);
  clock.advance(50);
  expect(fired).toEqual(['first', 'second', 'third']);
});

test('a timer that is cancelled while it waits does not fire', () => {
  const { clock, power, fired, after } = powered();
  const cancel = after(10, 'first');
  power.pause();
  clock.advance(20);
  cancel();
  power.resume();
  expect(fired).toEqual([]);
});

test('without power nothing fires, and those who follow hear of it before the signal', () => {
  const { clock, power, fired, after } = powered();
  after(10, 'first');
  const heard: string[] = [];
  power.follow(() => heard.push(power.isCut ? 'cut' : 'else'));
  power.signal.addEventListener('abort', () => heard.push('aborted'));
  power.cut();
  power.cut();
  clock.advance(20);
  expect(fired).toEqual([]);
  expect(heard).toEqual(['cut', 'aborted']);
});

test('the end of the run aborts it too, and is no power cut', () => {
  const run = new AbortController();
  const power = new PowerSwitch(manualClock(), run.signal);
  run.abort(new Error('over'));
  expect([power.signal.aborted, power.isCut]).toEqual([true, false]);
});
