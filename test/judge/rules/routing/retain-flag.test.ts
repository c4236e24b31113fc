// RETAIN on deliveries against stories.
import { describe, expect, test } from 'vitest';
import { retainFlag } from '../../../../src/judge/rules/routing/retain-flag.ts';
import type { HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { suback, subscribe } from '../../packets.ts';
import { alive, get, join, send, stay, sub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(retainFlag, write);
const keep = { retain: true };

const established =
  (published: boolean, ...copies: readonly boolean[]) =>
  (h: HistoryOf): void => {
    const a = sub(join(h, 'a'), 'r', 1);
    send(join(h, 'p'), 1, 'r', 'value 1', { retain: published });
    for (const retain of copies) get(a, 1, 'r', 'value 1', { retain });
    h.wait(1000);
    alive(h);
    a.ended('client');
  };

describe('MQTT-3.3.1-9', () => {
  test.each([
    [true, [false], { 'MQTT-3.3.1-9': 'pass' }],
    [true, [true], { 'MQTT-3.3.1-9': 'fail' }],
    [false, [true], { 'MQTT-3.3.1-9': 'fail' }],
    [false, [false], {}],
    // A SUBSCRIBE answered late may find what was stored meanwhile, besides the live copy.
    [true, [true, false], { 'MQTT-3.3.1-9': 'pass' }],
  ] as const)('published with RETAIN %s, copies with %j', (published, copies, expected) => {
    expect(judged(established(published, ...copies))).toEqual(expected);
  });

  test('is not judged while the SUBSCRIBE is unanswered', () => {
    const seen = judged((h) => {
      const a = join(h, 'a').client(subscribe(1, { r: 1 }));
      send(join(h, 'p'), 1, 'r', 'value 1', keep);
      a.server(suback(1, 1));
      get(a, 1, 'r', 'value 1', keep).wait(1000).ended('client');
    });
    expect(seen).toEqual({});
  });
});

const fresh =
  (...copies: readonly boolean[]) =>
  (h: HistoryOf): void => {
    send(join(h, 'p'), 1, 'r', 'value 1', keep);
    const a = sub(join(h, 'a'), 'r', 1);
    for (const retain of copies) get(a, 1, 'r', 'value 1', { retain });
    h.wait(1000);
    alive(h);
    a.ended('client');
  };

describe('MQTT-3.3.1-8', () => {
  test.each([
    [[true], 'pass'],
    [[false], 'fail'],
  ] as const)('found with RETAIN %j: %s', (copies, verdict) => {
    expect(judged(fresh(...copies))).toEqual({ 'MQTT-3.3.1-8': verdict });
  });

  test('what a session of old had queued is no find', () => {
    const seen = judged((h) => {
      sub(stay(h, 'a'), 'r', 1).ended('client');
      send(join(h, 'p'), 1, 'r', 'value 1', keep);
      const a = sub(stay(h, 'a', true), 'r', 1);
      get(a, 1, 'r', 'value 1').wait(1000).ended('client');
    });
    expect(seen).toEqual({});
  });
});
