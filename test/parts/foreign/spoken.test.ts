// What programs say on stdout is believed only where it is an intent, and as old as it can be.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toldIntent } from '../../../src/parts/foreign/spoken.ts';

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const line = (monotonicMs: number): string =>
  JSON.stringify({ intent: { topic: 'a/b', qos: 1, retain: true, payload: 'aGk=', monotonicMs } });

test('an intent is told with its message and its age', () => {
  const told = toldIntent(line(nowMs() - 250));
  expect(told?.message).toEqual({ topic: 'a/b', qos: 1, retain: true, payload: Buffer.from('hi') });
  expect(told?.agoMs).toBeGreaterThanOrEqual(250);
});

test('a clock that is not ours makes no intent younger or older than its line', () => {
  expect(toldIntent(line(nowMs() + 1e7))?.agoMs).toBe(0);
  expect(toldIntent(line(0))?.agoMs).toBe(0);
});

test('whatever else a library prints is no intent', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => toldIntent(text) === undefined));
  expect(toldIntent(line(1).replace('"qos":1', '"qos":3'))).toBeUndefined();
  expect(toldIntent(line(1).replace('aGk=', '?'))).toBeUndefined();
});
