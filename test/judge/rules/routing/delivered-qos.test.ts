// The QoS of deliveries against stories: one subscription, several, and one that took another's place.
import { describe, expect, test } from 'vitest';
import { deliveredQos } from '../../../../src/judge/rules/routing/delivered-qos.ts';
import type { HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { suback, subscribe } from '../../packets.ts';
import { alive, get, join, send, stay, sub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(deliveredQos, write);
const levels = [0, 1, 2] as const;
const cases = levels.flatMap((published) =>
  levels.flatMap((granted) => levels.map((came) => [published, granted, came] as const)),
);

describe('MQTT-3.8.4-6', () => {
  test.each(cases)('published at %i, granted %i, delivered at %i', (published, granted, came) => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't', 2, granted);
      send(join(h, 'p'), published, 't', 'message 1');
      get(a, came, 't', 'message 1');
    });
    expect(seen).toEqual({ 'MQTT-3.8.4-6': came === Math.min(published, granted) ? 'pass' : 'fail' });
  });

  test('before SUBACK any QoS that may yet be granted is right', () => {
    const seen = judged((h) => {
      const a = join(h, 'a').client(subscribe(1, { t: 1 }));
      send(join(h, 'p'), 2, 't', 'message 1');
      get(a, 0, 't', 'message 1');
      a.server(suback(1, 1));
    });
    expect(seen['MQTT-3.8.4-6']).toBe('pass');
  });

  test('what was queued under the older grant may come with it', () => {
    const seen = judged((h) => {
      const a = sub(stay(h, 'a'), 't', 2);
      send(join(h, 'p'), 2, 't', 'message 1');
      sub(a, 't', 0);
      get(a, 2, 't', 'message 1');
    });
    expect(seen['MQTT-3.8.4-6']).toBe('pass');
  });

  test('is not judged for a session whose filters the bench does not know', () => {
    const seen = judged((h) => {
      const a = sub(stay(h, 'a', true), 't', 1);
      send(join(h, 'p'), 2, 't', 'message 1');
      get(a, 2, 't', 'message 1');
    });
    expect(seen).toEqual({});
  });
});

const overlapping =
  (...copies: readonly (0 | 1 | 2)[]) =>
  (h: HistoryOf): void => {
    const a = sub(sub(sub(join(h, 'a'), 'o/#', 0), 'o/+', 1), 'o/x', 2);
    send(join(h, 'p'), 2, 'o/x', 'message 1');
    for (const qos of copies) get(a, qos, 'o/x', 'message 1');
    h.wait(4000);
    alive(h);
    a.ended('client');
  };

describe('MQTT-3.3.5-1', () => {
  test.each([
    [[2], 'pass'],
    [[0, 1, 2], 'pass'],
    [[2, 1], 'pass'],
    [[1], 'fail'],
    [[0, 1], 'fail'],
    [[2, 1, 0, 2], 'fail'],
  ] as const)('copies at %j of overlapping grants 0, 1 and 2: %s', (copies, verdict) => {
    expect(judged(overlapping(...copies))).toEqual({ 'MQTT-3.3.5-1': verdict });
  });

  test('of a broker that froze behind the lower copy nothing is said', () => {
    const seen = judged((h) => {
      const a = sub(sub(join(h, 'a'), 'o/#', 0), 'o/x', 2);
      send(join(h, 'p'), 2, 'o/x', 'message 1');
      get(a, 0, 'o/x', 'message 1').wait(4000).ended('client');
      alive(h);
    });
    expect(seen).toEqual({});
  });

  test('the highest copy may come well behind a lower one', () => {
    const seen = judged((h) => {
      const a = sub(sub(join(h, 'a'), 'o/#', 0), 'o/x', 2);
      send(join(h, 'p'), 2, 'o/x', 'message 1');
      get(a, 0, 'o/x', 'message 1');
      h.wait(1000);
      a.ended('client');
    });
    expect(seen).toEqual({});
  });

  test('a copy at a QoS that no match grants fails', () => {
    const seen = judged((h) => {
      const a = sub(sub(join(h, 'a'), 'o/#', 0), 'o/x', 2);
      send(join(h, 'p'), 2, 'o/x', 'message 1');
      get(a, 1, 'o/x', 'message 1');
    });
    expect(seen['MQTT-3.3.5-1']).toBe('fail');
  });

  test('the highest copy may still be held back when the client owes acknowledgements', () => {
    const seen = judged((h) => {
      const a = sub(sub(join(h, 'a'), 'o/#', 0), 'o/x', 2);
      a.server({
        type: 'PUBLISH',
        dup: false,
        qos: 1,
        retain: false,
        topic: 'o/y',
        packetId: 1,
        payload: Buffer.from('-'),
      });
      send(join(h, 'p'), 2, 'o/x', 'message 1');
      get(a, 0, 'o/x', 'message 1');
      h.wait(1000);
      a.ended('client');
    });
    expect(seen).toEqual({});
  });
});

const subscribedAgain =
  (...copies: readonly (0 | 1 | 2)[]) =>
  (h: HistoryOf): void => {
    const a = sub(sub(join(h, 'a'), 't', 0), 't', 1);
    send(join(h, 'p'), 1, 't', 'message 1');
    for (const qos of copies) get(a, qos, 't', 'message 1');
  };

describe('MQTT-3.8.4-3', () => {
  test.each([
    [[1], 'pass'],
    [[0], 'fail'],
    [[1, 0], 'fail'],
  ] as const)('granted 0, then 1 for the same filter, copies at %j: %s', (copies, verdict) => {
    expect(judged(subscribedAgain(...copies))['MQTT-3.8.4-3']).toBe(verdict);
  });
});
