// The matching rule against stories: whose message it is, and on which topic it may come.
import { describe, expect, test } from 'vitest';
import { matching } from '../../../../src/judge/rules/routing/matching.ts';
import type { HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { connack, connect, publish, subscribe } from '../../packets.ts';
import { get, join, send, stay, sub, unsub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(matching, write);

describe('MQTT-3.3.2-3', () => {
  test.each([
    ['a/+', 'a/b', 'pass'],
    ['a/#', 'a', 'pass'],
    ['a/+', 'a/b/c', 'fail'],
    ['a/b', 'a/b/', 'fail'],
  ] as const)('filter %s, delivered on %s: %s', (filter, topic, verdict) => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), filter, 1);
      send(join(h, 'p'), 1, topic, 'message 1');
      get(a, 1, topic, 'message 1');
    });
    expect(seen['MQTT-3.3.2-3']).toBe(verdict);
  });

  test('a message may come before SUBACK and after UNSUBACK', () => {
    const seen = judged((h) => {
      const a = join(h, 'a').client(subscribe(1, { t: 1 }));
      get(a, 1, 't', 'message 1');
      a.server({ type: 'SUBACK', packetId: 1, returnCodes: [1] });
      get(unsub(a, 't'), 1, 't', 'message 2');
    });
    expect(seen).toEqual({ 'MQTT-3.3.2-3': 'pass' });
  });

  test('another topic that the filter matches is a remark', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 'a/#', 1);
      send(join(h, 'p'), 1, 'a/b', 'message 1');
      get(a, 1, 'a/c', 'message 1');
    });
    expect(seen).toEqual({ 'MQTT-3.3.2-3': 'warn' });
  });

  test('a session from before the bench may hold any filter', () => {
    const seen = judged((h) => get(stay(h, 'a', true), 1, 'x/y', 'message 1'));
    expect(seen).toEqual({});
  });

  test('neither are shared subscriptions nor broken clients judged', () => {
    const seen = judged((h) => {
      get(sub(join(h, 'a'), '$share/g/t', 1), 1, 't', 'message 1');
      get(sub(join(h, 'b'), 'u', 1).taint(), 1, 't', 'message 1');
    });
    expect(seen).toEqual({});
  });
});

describe('MQTT-4.7.3-4', () => {
  test.each([
    ['a/b', 'A/b'],
    ['a/b', '/a/b'],
    ['caf\u00e9', 'cafe\u0301'],
    ['a', 'a '],
  ])('a subscriber to %s must not get what was published to %s', (filter, topic) => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), filter, 1);
      send(join(h, 'p'), 1, topic, 'message 1');
      get(a, 1, filter, 'message 1');
    });
    expect(seen['MQTT-4.7.3-4']).toBe('fail');
  });

  test('passes where a topic that invites tidying comes as it is', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 'A//b', 1);
      send(join(h, 'p'), 1, 'A//b', 'message 1');
      get(a, 1, 'A//b', 'message 1');
    });
    expect(seen['MQTT-4.7.3-4']).toBe('pass');
  });

  test('does not take an equal payload for the same message', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 'a/b', 1);
      const p = join(h, 'p');
      send(p, 1, 'A/b', 'message 1');
      send(p, 1, 'x/y', 'message 1');
      get(a, 1, 'a/b', 'message 1');
      send(p, 1, 'A/b', 'on');
      get(a, 1, 'a/b', 'on');
    });
    expect(seen).toEqual({ 'MQTT-3.3.2-3': 'pass' });
  });

  test.each([
    ['before CONNECT', (h: HistoryOf) => h.conn('q')],
    ['behind a CONNECT that was refused', (h: HistoryOf) => h.conn('q').client(connect({})).server(connack(5))],
  ])('... also not one that a server took %s, where no session stood', (_, stranger) => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 'a/b', 1);
      send(join(h, 'p'), 1, 'A/b', 'message 1');
      stranger(h).client(publish(0, undefined, { topic: 'a/b', payload: Buffer.from('message 1') }));
      get(a, 1, 'a/b', 'message 1');
    });
    expect(seen).toEqual({ 'MQTT-3.3.2-3': 'pass' });
  });
});

const foreign = (h: HistoryOf) =>
  h.record({ kind: 'part', part: 'broker', role: 'broker', state: 'ready', foreign: true });
const mixedUp = (h: HistoryOf, published: string, delivered: string, check?: string) => {
  const of = check === undefined ? {} : { check };
  const a = sub(join(h, 'a', {}, false, of), delivered, 1);
  send(join(h, 'p', {}, false, of), 1, published, 'message 1');
  get(a, 1, delivered, 'message 1');
};

describe('on a server that others use too', () => {
  test('an equal payload on another topic may be of somebody else', () => {
    const seen = judged((h) => mixedUp(foreign(h), 'plant/a', 'plant/b'));
    expect(seen).toEqual({ 'MQTT-3.3.2-3': 'pass' });
  });

  test("... also in a check, save below the check's own first level", () => {
    expect(judged((h) => mixedUp(foreign(h), 'own/a', 'plant/b', 'x'))).toEqual({ 'MQTT-3.3.2-3': 'pass' });
    expect(judged((h) => mixedUp(foreign(h), 'own/a', 'own/A', 'x'))['MQTT-4.7.3-4']).toBe('fail');
  });

  test('what no filter matches is wrong whoever published it', () => {
    const seen = judged((h) => get(sub(join(foreign(h), 'a'), 'a/b', 1), 1, 'x', 'message 1'));
    expect(seen).toEqual({ 'MQTT-3.3.2-3': 'fail' });
  });
});

const twoSessions =
  (topic: string) =>
  (h: HistoryOf): void => {
    sub(stay(h, 'a'), 'to/a', 1).ended('client');
    sub(stay(h, 'A'), 'to/A', 1).ended('client');
    send(join(h, 'p'), 1, topic, 'message 1');
    get(stay(h, 'a', true), 1, topic, 'message 1');
  };

describe('MQTT-3.1.3-2', () => {
  test('passes when a session gets what only it had asked for', () => {
    expect(judged(twoSessions('to/a'))['MQTT-3.1.3-2']).toBe('pass');
  });
  test("fails when it gets another client id's message", () => {
    expect(judged(twoSessions('to/A'))['MQTT-3.1.3-2']).toBe('fail');
  });
});

const atQos0 =
  (text: string) =>
  (h: HistoryOf): void => {
    const a = sub(join(h, 'a'), 't', 0);
    send(join(h, 'p'), 0, 't', 'message 1');
    get(a, 0, 't', text);
  };

describe('MQTT-2.3.1-5', () => {
  test('passes for the payload as it was', () => {
    expect(judged(atQos0('message 1'))['MQTT-2.3.1-5']).toBe('pass');
  });
  test('fails for two bytes before it', () => {
    expect(judged(atQos0('\u0000\u0007message 1'))['MQTT-2.3.1-5']).toBe('fail');
  });
  test('does not judge a payload of unknown origin', () => {
    expect(judged(atQos0('something else'))['MQTT-2.3.1-5']).toBeUndefined();
  });
});

test('a refused client is nobody', () => {
  const seen = judged((h) => {
    const a = h.conn('a').client(connect()).server(connack(5));
    get(a, 1, 't', 'message 1');
  });
  expect(seen).toEqual({});
});
