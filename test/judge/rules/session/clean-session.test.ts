// Discarded sessions against stories: nothing of them may come again.
import { describe, expect, test } from 'vitest';
import { cleanSession } from '../../../../src/judge/rules/session/clean-session.ts';
import type { Conn, HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { publish, pubrec, pubrel } from '../../packets.ts';
import { alive, get, getOnly, join, send, stay, sub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(cleanSession, write);

const story =
  (first: boolean, second: boolean, comes: (it: Conn) => unknown) =>
  (h: HistoryOf): void => {
    sub(join(h, 'a', { cleanSession: first }), 'old', 1).ended('client');
    const p = join(h, 'p');
    send(p, 1, 'old', 'queued 1');
    const a = join(h, 'a', { cleanSession: second });
    send(p, 1, 'old', 'message 1');
    comes(a);
    h.wait(4000);
    alive(h);
    a.ended('client');
  };

describe('MQTT-3.1.2-6', () => {
  test.each([
    [false, true],
    [true, true],
    [true, false],
  ])('CleanSession %s, then %s: passes when nothing comes for the old filter', (first, second) => {
    expect(judged(story(first, second, () => undefined))).toEqual({ 'MQTT-3.1.2-6': 'pass' });
  });

  test.each(['queued 1', 'message 1'])('fails when %s comes', (text) => {
    expect(judged(story(false, true, (it) => get(it, 1, 'old', text)))).toEqual({ 'MQTT-3.1.2-6': 'fail' });
  });

  test('fails for a PUBREL of the old session', () => {
    const seen = judged((h) => {
      const a = sub(stay(h, 'a'), 'old', 2);
      getOnly(a, 2, 5, 'old', 'message 1').client(pubrec(5)).server(pubrel(5)).ended('link');
      join(h, 'a').server(pubrel(5));
    });
    expect(seen).toEqual({ 'MQTT-3.1.2-6': 'fail' });
  });

  test('a sentinel and a quiet time are enough', () => {
    const seen = judged((h) => {
      sub(stay(h, 'a'), 'old', 1).ended('client');
      const a = sub(join(h, 'a'), 'fence', 1);
      const p = send(join(h, 'p'), 1, 'old', 'message 1');
      send(p, 1, 'fence', 'message 2');
      get(a, 1, 'fence', 'message 2');
      h.wait(400);
      a.ended('client');
    });
    expect(seen).toEqual({ 'MQTT-3.1.2-6': 'pass' });
  });

  const legal: Record<string, (h: HistoryOf) => unknown> = {
    'the new session subscribed to it too': (h) => {
      sub(stay(h, 'a'), 'old', 1).ended('client');
      const a = sub(join(h, 'a'), 'old', 1);
      send(join(h, 'p'), 1, 'old', 'message 1');
      const it = get(a, 1, 'old', 'message 1').wait(4000);
      alive(h);
      it.ended('client');
    },
    'nothing happened that the old session would have got': (h) => {
      sub(stay(h, 'a'), 'old', 1).ended('client');
      const it = join(h, 'a').wait(4000);
      alive(h);
      it.ended('client');
    },
    'the session was resumed': (h) => {
      sub(stay(h, 'a'), 'old', 1).ended('client');
      get(stay(h, 'a', true), 1, 'old', 'message 1')
        .wait(4000)
        .ended('client');
      alive(h);
    },
    'the broker was restarted': (h) => {
      sub(stay(h, 'a'), 'old', 1).ended('client');
      h.part('broker', 'killed').part('broker', 'starting');
      get(join(h, 'a'), 1, 'old', 'message 1');
    },
  };
  test.each(Object.entries(legal))('is not judged when %s', (_, write) => {
    expect(judged(write)).toEqual({});
  });
});

test('says nothing where what would have tempted the server was perhaps lost', () => {
  const seen = verdicts(cleanSession, (h) => {
    sub(stay(h, 'a'), 't', 1).ended('client');
    join(h, 'a');
    join(h, 'p').client(publish(1, 7)).ended('link', 'rst');
    h.wait(4000);
    alive(h);
  });
  expect(seen).toEqual({});
});
