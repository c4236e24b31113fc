// The rule about UNSUBACK against stories: what is late, what is too late.
import { describe, expect, test } from 'vitest';
import { unsubscribed } from '../../../../src/judge/rules/routing/unsubscribed.ts';
import type { HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { publish, unsubscribe } from '../../packets.ts';
import { alive, get, join, send, sub, unsub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(unsubscribed, write);

describe('MQTT-3.10.4-2 and the deletion of MQTT-3.10.4-1', () => {
  test('passes when a sentinel of the same publisher comes instead', () => {
    const seen = judged((h) => {
      const a = sub(unsub(sub(join(h, 'a'), 't', 1), 't'), 'fence', 1);
      const p = join(h, 'p');
      send(p, 1, 't', 'message 1');
      send(p, 1, 'fence', 'message 2');
      get(a, 1, 'fence', 'message 2');
    });
    expect(seen).toEqual({ 'MQTT-3.10.4-2': 'pass', 'MQTT-3.10.4-1': 'pass' });
  });

  test('passes when nothing came for long and the broker lived', () => {
    const seen = judged((h) => {
      unsub(sub(join(h, 'a'), 't', 1), 't');
      send(join(h, 'p'), 1, 't', 'message 1');
      h.wait(4000);
      alive(h);
    });
    expect(seen).toEqual({ 'MQTT-3.10.4-2': 'pass', 'MQTT-3.10.4-1': 'pass' });
  });

  test('fails when what was published after UNSUBACK comes', () => {
    const seen = judged((h) => {
      const a = unsub(sub(join(h, 'a'), 't', 1), 't');
      send(join(h, 'p'), 1, 't', 'message 1');
      get(a, 1, 't', 'message 1');
    });
    expect(seen).toEqual({ 'MQTT-3.10.4-2': 'fail', 'MQTT-3.10.4-1': 'fail' });
  });

  const legal: Record<string, (h: HistoryOf) => unknown> = {
    'it was published before UNSUBACK': (h) => {
      const a = sub(join(h, 'a'), 't', 1);
      a.client(unsubscribe(900, 't'));
      send(join(h, 'p'), 1, 't', 'message 1');
      a.server({ type: 'UNSUBACK', packetId: 900 });
      get(a, 1, 't', 'message 1');
    },
    'another filter matches': (h) => {
      const a = unsub(sub(sub(join(h, 'a'), 't', 1), '+', 1), 't');
      send(join(h, 'p'), 1, 't', 'message 1');
      get(a, 1, 't', 'message 1');
    },
    'it was subscribed again': (h) => {
      const a = sub(unsub(sub(join(h, 'a'), 't', 1), 't'), 't', 1);
      send(join(h, 'p'), 1, 't', 'message 1');
      get(a, 1, 't', 'message 1');
    },
    'nothing showed that the message had its chance': (h) => {
      const a = unsub(sub(join(h, 'a'), 't', 1), 't');
      send(join(h, 'p'), 1, 't', 'message 1');
      a.ended('client');
    },
  };
  test.each(Object.entries(legal))('is not judged when %s', (_, write) => {
    expect(judged(write)).toEqual({});
  });
});

test('says nothing about a message that the server perhaps never read', () => {
  const seen = verdicts(unsubscribed, (h) => {
    unsub(sub(join(h, 'a'), 't', 1), 't');
    join(h, 'p').client(publish(1, 7)).ended('link', 'rst');
    h.wait(4000);
    alive(h);
  });
  expect(seen).toEqual({});
});
