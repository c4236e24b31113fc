// Copies counted against stories: QoS 2 gives one, and what else may come twice.
import { describe, expect, test } from 'vitest';
import { exactlyOnce } from '../../../../src/judge/rules/routing/exactly-once.ts';
import type { HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { pubcomp, publish, pubrec, pubrel } from '../../packets.ts';
import { get, getOnly, join, send, stay, sub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(exactlyOnce, write);
const payload = Buffer.from('message 1');

describe('MQTT-4.3.3-1', () => {
  test('passes for one complete delivery', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't', 2);
      send(join(h, 'p'), 2, 't', 'message 1');
      get(a, 2, 't', 'message 1');
    });
    expect(seen).toEqual({ 'MQTT-4.3.3-1': 'pass' });
  });

  test('fails for a second delivery', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't', 2);
      send(join(h, 'p'), 2, 't', 'message 1');
      get(get(a, 2, 't', 'message 1'), 2, 't', 'message 1');
    });
    expect(seen).toEqual({ 'MQTT-4.3.3-1': 'fail' });
  });

  const legal: Record<string, (h: HistoryOf) => unknown> = {
    'a PUBLISH sent again with its identifier and DUP': (h) => {
      const a = sub(join(h, 'a'), 't', 2);
      send(join(h, 'p'), 2, 't', 'message 1');
      getOnly(a, 2, 5, 't', 'message 1');
      get(a, 2, 't', 'message 1', { packetId: 5, dup: true });
    },
    'one sent again on the next connection': (h) => {
      const a = sub(stay(h, 'a'), 't', 2);
      send(join(h, 'p'), 2, 't', 'message 1');
      getOnly(a, 2, 5, 't', 'message 1').client(pubrec(5)).ended('link');
      get(stay(h, 'a', true), 2, 't', 'message 1', { packetId: 5, dup: true });
    },
    'a retained copy besides the live one': (h) => {
      const a = sub(join(h, 'a'), 't', 2);
      send(join(h, 'p'), 2, 't', 'message 1', { retain: true });
      get(get(a, 2, 't', 'message 1'), 2, 't', 'message 1', { retain: true });
    },
    'one for each of two overlapping subscriptions': (h) => {
      const a = sub(sub(join(h, 'a'), 't', 2), '#', 2);
      send(join(h, 'p'), 2, 't', 'message 1');
      get(get(a, 2, 't', 'message 1'), 2, 't', 'message 1');
    },
    'two equal messages': (h) => {
      const a = sub(join(h, 'a'), 't', 2);
      send(send(join(h, 'p'), 2, 't', 'on'), 2, 't', 'on');
      get(get(a, 2, 't', 'on'), 2, 't', 'on');
    },
  };
  test.each(Object.entries(legal))('never fails for %s', (_, write) => {
    expect(Object.values(judged(write))).not.toContain('fail');
  });
});

const sentAgain =
  (copies: number, qos: 0 | 2) =>
  (h: HistoryOf): void => {
    const a = sub(join(h, 'a'), 't', qos);
    const p = stay(h, 'p')
      .client(publish(2, 9, { payload }))
      .server(pubrec(9));
    p.ended('link');
    const again = stay(h, 'p', true)
      .client(publish(2, 9, { payload, dup: true }))
      .server(pubrec(9));
    for (let n = 0; n < copies; n += 1) get(a, qos, 't', 'message 1');
    again.client(pubrel(9)).server(pubcomp(9));
    h.wait(1000);
    a.ended('client');
  };

describe('MQTT-4.3.3-2', () => {
  test.each([
    [1, 2, 'pass'],
    [2, 2, 'fail'],
    [1, 0, 'pass'],
    [2, 0, 'fail'],
  ] as const)('sent again over a reconnect, %i copies at QoS %i: %s', (copies, qos, verdict) => {
    expect(judged(sentAgain(copies, qos))['MQTT-4.3.3-2']).toBe(verdict);
  });

  test('a second copy may be there before the publisher sends again', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't', 2);
      const p = join(h, 'p');
      const once = { payload: Buffer.from('message 1') };
      p.client(publish(2, 9, once));
      get(get(a, 2, 't', 'message 1'), 2, 't', 'message 1');
      p.server(pubrec(9)).client(publish(2, 9, { ...once, dup: true }));
      p.server(pubrec(9)).client(pubrel(9)).server(pubcomp(9));
    });
    expect(seen['MQTT-4.3.3-2']).toBe('fail');
  });

  test('a publisher that has a new session sends a new message', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't', 2);
      send(join(h, 'p'), 2, 't', 'message 1', { packetId: 9 }).ended('client');
      send(join(h, 'p'), 2, 't', 'message 1', { packetId: 9 });
      get(get(a, 2, 't', 'message 1'), 2, 't', 'message 1');
    });
    expect(Object.values(seen)).not.toContain('fail');
  });
});

describe('copies at the lower QoS', () => {
  test.each([
    [0, 0, { 'MQTT-3.8.4-6': 'fail', 'MQTT-4.3.1-1': 'fail' }],
    [2, 0, { 'MQTT-3.8.4-6': 'fail', 'MQTT-4.3.1-1': 'fail' }],
    [1, 0, {}],
    [1, 1, {}],
    [2, 1, {}],
  ] as const)('published at %i, twice at QoS %i', (published, came, expected) => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't', came);
      send(join(h, 'p'), published, 't', 'message 1');
      get(get(a, came, 't', 'message 1'), came, 't', 'message 1');
    });
    expect(seen).toEqual(expected);
  });
});
