// Order against stories: one stream per publisher, topic and QoS, first copies only.
import { describe, expect, test } from 'vitest';
import { order } from '../../../../src/judge/rules/routing/order.ts';
import type { HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { pubcomp, publish, pubrec, pubrel } from '../../packets.ts';
import { get, getOnly, join, send, stay, sub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(order, write);
const both = (verdict: string): Record<string, string> => ({ 'MQTT-4.6.0-6': verdict, 'MQTT-4.6.0-5': verdict });

describe('MQTT-4.6.0-6 and MQTT-4.6.0-5', () => {
  test.each([0, 1, 2] as const)('QoS %i in order and out of it', (qos) => {
    const story =
      (...came: readonly string[]) =>
      (h: HistoryOf): void => {
        const a = sub(join(h, 'a'), 't', qos);
        send(send(join(h, 'p'), qos, 't', 'one'), qos, 't', 'two');
        for (const text of came) get(a, qos, 't', text);
      };
    expect(judged(story('one', 'two'))).toEqual(both('pass'));
    expect(judged(story('two', 'one'))).toEqual(both('fail'));
  });

  const legal: Record<string, (h: HistoryOf) => unknown> = {
    'messages of two publishers': (h) => {
      const a = sub(join(h, 'a'), 't', 1);
      send(join(h, 'p'), 1, 't', 'one');
      send(join(h, 'q'), 1, 't', 'two');
      get(get(a, 1, 't', 'two'), 1, 't', 'one');
    },
    'two topics': (h) => {
      const a = sub(join(h, 'a'), '#', 1);
      send(send(join(h, 'p'), 1, 't', 'one'), 1, 'u', 'two');
      get(get(a, 1, 'u', 'two'), 1, 't', 'one');
    },
    'two levels of QoS': (h) => {
      const a = sub(join(h, 'a'), 't', 2);
      send(send(join(h, 'p'), 2, 't', 'one'), 1, 't', 'two');
      get(get(a, 1, 't', 'two'), 2, 't', 'one');
    },
    'QoS 2 released in the other order': (h) => {
      const a = sub(join(h, 'a'), 't', 2);
      const p = join(h, 'p').client(
        publish(2, 1, { payload: Buffer.from('one') }),
        publish(2, 2, { payload: Buffer.from('two') }),
      );
      p.server(pubrec(2), pubrec(1)).client(pubrel(2), pubrel(1)).server(pubcomp(2), pubcomp(1));
      get(get(a, 2, 't', 'two'), 2, 't', 'one');
    },
    'a message that its publisher had to send again': (h) => {
      const a = sub(join(h, 'a'), 't', 1);
      const p = stay(h, 'p').client(publish(1, 1, { payload: Buffer.from('one') }));
      p.ended('link');
      const again = stay(h, 'p', true);
      send(again, 1, 't', 'two', { packetId: 2 });
      again.client(publish(1, 1, { payload: Buffer.from('one'), dup: true }));
      get(get(a, 1, 't', 'two'), 1, 't', 'one');
    },
    'what is sent again after a cut': (h) => {
      const a = sub(stay(h, 'a'), 't', 1);
      send(send(join(h, 'p'), 1, 't', 'one'), 1, 't', 'two');
      getOnly(getOnly(a, 1, 1, 't', 'one'), 1, 2, 't', 'two').ended('link');
      const back = stay(h, 'a', true);
      get(get(back, 1, 't', 'one', { packetId: 1, dup: true }), 1, 't', 'two', { packetId: 2, dup: true });
    },
    'a retained copy': (h) => {
      const a = sub(join(h, 'a'), 't', 1);
      send(send(join(h, 'p'), 1, 't', 'one', { retain: true }), 1, 't', 'two');
      get(get(a, 1, 't', 'two'), 1, 't', 'one', { retain: true });
    },
  };
  test.each(Object.entries(legal))('never fails for %s', (_, write) => {
    expect(Object.values(judged(write))).not.toContain('fail');
  });
});
