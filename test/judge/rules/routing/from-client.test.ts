// What a client sends behind its CONNECT without waiting: it counts once CONNACK accepts it, and never after a refusal.
import { describe, expect, test } from 'vitest';
import { delivery } from '../../../../src/judge/rules/routing/delivery.ts';
import { matching } from '../../../../src/judge/rules/routing/matching.ts';
import type { Conn, HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { connack, connect, puback, publish, suback, subscribe } from '../../packets.ts';
import { get, join, send, sub } from '../cast.ts';

const message = { topic: 't', payload: Buffer.from('message 1') };

const subscriber = (h: HistoryOf): Conn =>
  h
    .conn('eager')
    .client(connect({ clientId: 'eager' }), subscribe(1, { t: 1 }))
    .server(connack(), suback(1, 1));

const story = (h: HistoryOf): void => {
  const a = subscriber(h);
  send(join(h, 'p'), 1, 't', 'message 1');
  get(a, 1, 't', 'message 1');
};

describe('SUBSCRIBE ahead of CONNACK', () => {
  test('is a subscription like any other', () => {
    expect(verdicts(matching, story)).toEqual({ 'MQTT-3.3.2-3': 'pass' });
    expect(verdicts(delivery, story)).toEqual({ 'MQTT-4.5.0-1': 'pass' });
  });

  test('is owed every message', () => {
    const seen = verdicts(delivery, (h) => {
      subscriber(h);
      send(join(h, 'p'), 1, 't', 'message 1');
      h.wait(4000);
      join(h, 'witness');
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'fail' });
  });
});

const publisher = (code: number) => (h: HistoryOf) => {
  sub(join(h, 'a'), 't', 1);
  const p = h.conn('p').client(connect({ clientId: 'p' }), publish(1, 1, message));
  if (code === 0) p.server(connack(), puback(1));
  else p.server(connack(code)).ended('server');
  h.wait(4000);
  join(h, 'witness');
};

describe('PUBLISH ahead of CONNACK', () => {
  test('must be delivered once it is acknowledged', () => {
    expect(verdicts(delivery, publisher(0))).toEqual({ 'MQTT-4.5.0-1': 'fail' });
  });

  test('is owed to nobody when the connection is refused', () => {
    expect(verdicts(delivery, publisher(5))).toEqual({});
  });
});
