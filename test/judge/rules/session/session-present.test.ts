// Session present against stories: what the server must hold for a client id, and when nobody can know.
import { describe, expect, test } from 'vitest';
import { sessionPresent } from '../../../../src/judge/rules/session/session-present.ts';
import type { HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { connack, connect, disconnect } from '../../packets.ts';
import { join, stay, sub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(sessionPresent, write);

const stored = ['MQTT-3.2.2-2'];
const kept = ['MQTT-3.2.2-2', 'MQTT-3.1.2-4', 'MQTT-3.1.4-3'];
const none = ['MQTT-3.2.2-3', 'MQTT-3.1.2-6', 'MQTT-3.1.4-3'];
const discarded = ['MQTT-3.1.2-6', 'MQTT-3.1.4-3'];
const all = (ids: readonly string[], verdict: string): Record<string, string> =>
  Object.fromEntries(ids.map((id) => [id, verdict]));

/** One connection after another of the same client id; the last one's CONNACK is judged. */
const story =
  (first: boolean, second: boolean, present: boolean) =>
  (h: HistoryOf): void => {
    join(h, 'a', { cleanSession: first }).client(disconnect).ended('client');
    join(h, 'a', { cleanSession: second }, present);
  };

describe('CleanSession of two connections in turn', () => {
  test.each([
    // Nothing was in it that could be lost, but it existed.
    [false, false, true, all(stored, 'pass')],
    [false, false, false, all(stored, 'fail')],
    [true, false, false, all(none, 'pass')],
    [true, false, true, all(none, 'fail')],
    [false, true, false, all(discarded, 'pass')],
    [false, true, true, all(discarded, 'fail')],
    // Nothing was stored, and nothing shows.
    [true, true, false, {}],
  ])('%s, then %s, session present %s', (first, second, present, expected) => {
    expect(judged(story(first, second, present))).toEqual(expected);
  });

  test.each([
    [true, 'pass'],
    [false, 'fail'],
  ] as const)('a session with a subscription is resumed or lost as a whole: %s, %s', (present, verdict) => {
    const seen = judged((h) => {
      sub(stay(h, 'a'), 't', 1).ended('client');
      stay(h, 'a', present);
    });
    expect(seen).toEqual(all(kept, verdict));
  });

  test('holds over a take-over too', () => {
    const seen = judged((h) => {
      stay(h, 'a');
      stay(h, 'a', true);
    });
    expect(seen).toEqual(all(stored, 'pass'));
  });
});

const unknown: Record<string, (h: HistoryOf) => unknown> = {
  'the client id is new to the bench': (h) => stay(h, 'a', true),
  'the broker was restarted': (h) => {
    stay(h, 'a').ended('server');
    h.part('broker', 'killed').part('broker', 'starting');
    stay(h, 'a', false);
  },
  'two connections race': (h) => {
    stay(h, 'a').ended('client');
    const one = h.conn('a').client(connect({ clientId: 'a' }));
    const two = h.conn('a').client(connect({ clientId: 'a', cleanSession: false }));
    two.server(connack(0, false));
    one.server(connack());
  },
  'a CONNECT with CleanSession 1 got no answer that was seen': (h) => {
    stay(h, 'a').ended('client');
    h.conn('a')
      .client(connect({ clientId: 'a' }))
      .ended('link');
    stay(h, 'a', false);
  },
  'the session was left long ago': (h) => {
    stay(h, 'a').ended('client');
    h.wait(2 * 3_600_000);
    stay(h, 'a', false);
  },
  'MQTT 3.1 has no such flag': (h) => {
    const old = { protocolName: 'MQIsdp', protocolLevel: 3, cleanSession: false };
    join(h, 'a', old).ended('client');
    join(h, 'a', old);
  },
};
test.each(Object.entries(unknown))('is not judged when %s', (_, write) => {
  expect(judged(write)).toEqual({});
});

test('an unanswered CONNECT with CleanSession 0 leaves a stored session as it is', () => {
  const seen = judged((h) => {
    stay(h, 'a').ended('client');
    h.conn('a')
      .client(connect({ clientId: 'a', cleanSession: false }))
      .ended('link');
    stay(h, 'a', true);
  });
  expect(seen).toEqual(all(stored, 'pass'));
});
