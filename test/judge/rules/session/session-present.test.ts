// Session present against stories: what the server must hold for a client id, and when nobody can know.
import { describe, expect, test } from 'vitest';
import { sessionPresent } from '../../../../src/judge/rules/session/session-present.ts';
import type { Conn, HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { connack, connect, disconnect } from '../../packets.ts';
import { alive, get, join, send, stay, sub, unsub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(sessionPresent, write);

const stored = ['MQTT-3.2.2-2'];
const kept = ['MQTT-3.2.2-2', 'MQTT-3.1.2-4', 'MQTT-3.1.4-3'];
const inContent = ['MQTT-3.1.2-4', 'MQTT-3.1.4-3'];
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

  test('a session with a subscription is resumed: passes as a whole', () => {
    const seen = judged((h) => {
      sub(stay(h, 'a'), 't', 1).ended('client');
      stay(h, 'a', true);
    });
    expect(seen).toEqual(all(kept, 'pass'));
  });

  test('holds over a take-over too', () => {
    const seen = judged((h) => {
      stay(h, 'a');
      stay(h, 'a', true);
    });
    expect(seen).toEqual(all(stored, 'pass'));
  });
});

/** A session with a subscription, of which CONNACK says that it is not there. */
const denied =
  (after: (it: Conn, p: Conn) => unknown, away: (p: Conn) => unknown = () => undefined, stayMs = 4000) =>
  (h: HistoryOf): void => {
    const p = join(h, 'p');
    sub(stay(h, 'a'), 't', 1).ended('client');
    away(p);
    const back = stay(h, 'a', false);
    after(back, p);
    h.wait(stayMs);
    alive(h);
    back.ended('client');
  };
const nothing = (): undefined => undefined;
const onlyFlag = all(stored, 'fail');
const resumedInSecret = { ...onlyFlag, ...all(inContent, 'pass') };
const lost = { ...onlyFlag, ...all(inContent, 'fail') };

describe('session present 0 where a session is stored', () => {
  test.each([
    ['nothing is due', denied(nothing), onlyFlag],
    [
      'the old subscription brings a message',
      denied((it, p) => get(send(p, 1, 't', 'x') && it, 1, 't', 'x')),
      resumedInSecret,
    ],
    ['the old subscription brings none', denied((_, p) => send(p, 1, 't', 'x')), lost],
    [
      'what waited comes',
      denied(
        (it) => get(it, 1, 't', 'x'),
        (p) => send(p, 1, 't', 'x'),
      ),
      resumedInSecret,
    ],
    [
      'what waited comes, behind a new SUBSCRIBE',
      denied(
        (it) => get(sub(it, 't', 1), 1, 't', 'x'),
        (p) => send(p, 1, 't', 'x'),
      ),
      resumedInSecret,
    ],
    ['what waited does not come', denied(nothing, (p) => send(p, 1, 't', 'x')), lost],
    [
      'only a new subscription brings messages',
      denied(
        (it, p) => get(send(p, 1, 't', 'y') && sub(it, 't', 1), 1, 't', 'y'),
        (p) => send(p, 1, 't', 'x'),
      ),
      lost,
    ],
    [
      'the client subscribes again at once',
      denied((it, p) => send(p, 1, 't', 'x') && sub(it, 't', 1), nothing, 100),
      onlyFlag,
    ],
    ['the client leaves before anything is due', denied((_, p) => send(p, 1, 't', 'x'), nothing, 100), onlyFlag],
    ['the client ends the old subscription', denied((it, p) => send(p, 1, 't', 'x') && unsub(it, 't')), onlyFlag],
    ['what it brings is retained', denied((it) => get(it, 1, 't', 'x', { retain: true })), onlyFlag],
  ] as const)('%s', (_, write, expected) => {
    expect(judged(write)).toEqual(expected);
  });

  test('a mute broker decides nothing more', () => {
    const seen = judged((h) => {
      const p = join(h, 'p');
      sub(stay(h, 'a'), 't', 1).ended('client');
      const back = stay(h, 'a', false);
      send(p, 1, 't', 'x');
      h.wait(4000);
      back.ended('client');
    });
    expect(seen).toEqual({ ...onlyFlag, ...all(inContent, 'inconclusive') });
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
