// A slow target ends a suite in time; the start of a broker of ours is no slowness of the target's.
import { expect, test } from 'vitest';
import { Patience } from '../../src/conformance/patience.ts';
import { manualClock } from '../parts/links/manual-clock.ts';

test('its time is over after the limit', () => {
  const clock = manualClock();
  using patience = new Patience(clock, 1000);
  clock.advance(999);
  expect([patience.over, patience.signal.aborted]).toEqual([undefined, false]);
  clock.advance(1);
  expect(patience.over).toBe('the time for all checks, 1 s, was over');
  expect(patience.signal.aborted).toBe(true);
});

test('time does not count while brokers start, side by side or not, started or failed', async () => {
  const clock = manualClock();
  using patience = new Patience(clock, 1000);
  clock.advance(400);
  const [one, two] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const starts = Promise.allSettled([patience.spare(one.promise), patience.spare(two.promise)]);
  clock.advance(5000);
  one.resolve('stands');
  await one.promise;
  clock.advance(5000);
  expect(patience.over).toBeUndefined();
  two.reject(new Error('does not start'));
  expect((await starts).map((it) => it.status)).toEqual(['fulfilled', 'rejected']);
  clock.advance(599);
  expect(patience.over).toBeUndefined();
  clock.advance(1);
  expect(patience.over).toBe('the time for all checks, 1 s, was over');
});

test('nothing is counted behind its end', async () => {
  const clock = manualClock();
  const start = Promise.withResolvers<undefined>();
  const patience = new Patience(clock, 1000);
  const spared = patience.spare(start.promise);
  patience[Symbol.dispose]();
  start.resolve(undefined);
  await spared;
  clock.advance(2000);
  expect(patience.over).toBeUndefined();
});
