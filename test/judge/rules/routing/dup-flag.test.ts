// DUP on first copies against stories.
import { expect, test } from 'vitest';
import { dupFlag } from '../../../../src/judge/rules/routing/dup-flag.ts';
import type { HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { get, join, send, stay, sub } from '../cast.ts';

const story =
  (qos: 0 | 1 | 2, published: boolean, delivered: boolean) =>
  (h: HistoryOf): void => {
    const a = sub(join(h, 'a'), 't', qos);
    send(join(h, 'p'), 1, 't', 'message 1', { dup: published });
    get(a, qos, 't', 'message 1', { dup: delivered });
  };

test.each([
  [1, true, false, { 'MQTT-3.3.1-3': 'pass' }],
  [2, true, false, { 'MQTT-3.3.1-3': 'pass' }],
  [1, true, true, { 'MQTT-3.3.1-3': 'fail' }],
  [1, false, true, {}],
  [0, false, false, { 'MQTT-4.3.1-1': 'pass' }],
  [0, true, true, { 'MQTT-4.3.1-1': 'fail', 'MQTT-3.3.1-3': 'fail' }],
] as const)('QoS %i, published with DUP %s, delivered with DUP %s', (qos, published, delivered, expected) => {
  expect(verdicts(dupFlag, story(qos, published, delivered))).toEqual(expected);
});

test('a copy that an earlier connection may have had is not judged', () => {
  const seen = verdicts(dupFlag, (h) => {
    sub(stay(h, 'a'), 't', 1).ended('link');
    send(join(h, 'p'), 1, 't', 'message 1', { dup: true });
    get(stay(h, 'a', true), 1, 't', 'message 1', { dup: true });
  });
  expect(seen).toEqual({});
});
