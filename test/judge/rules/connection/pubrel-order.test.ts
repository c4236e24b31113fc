// Order of PUBRELs.
import { expect, test } from 'vitest';
import { pubrelOrder } from '../../../../src/judge/rules/connection/pubrel-order.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, pubcomp, publish, pubrec, pubrel } from '../../packets.ts';

const server = pubrelOrder('server');
const two = (h: HistoryOf) =>
  h.conn('A').client(connect()).server(connack(), publish(2, 1), publish(2, 2)).client(pubrec(2), pubrec(1));

test('the order of the PUBRECs passes, any other fails', () => {
  expect(verdicts(server, (h) => two(h).server(pubrel(2), pubrel(1)))).toEqual({
    'MQTT-4.6.0-4': 'pass',
    'MQTT-4.6.0-6': 'pass',
  });
  expect(verdicts(server, (h) => two(h).server(pubrel(1), pubrel(2)))).toEqual({
    'MQTT-4.6.0-4': 'fail',
    'MQTT-4.6.0-6': 'fail',
  });
});

test('a server owes no order between topics', () => {
  const seen = verdicts(server, (h) =>
    h
      .conn('A')
      .client(connect())
      .server(connack(), publish(2, 1, { topic: 'a' }), publish(2, 2, { topic: 'b' }))
      .client(pubrec(1), pubrec(2))
      .server(pubrel(2), pubrel(1)),
  );
  expect(seen).toEqual({});
});

const single = (h: HistoryOf) =>
  h.conn('A').client(connect()).server(connack(), publish(2, 1)).client(pubrec(7), pubrec(1)).server(pubrel(1));

test('one at a time has no order, and a PUBREC of nothing has no place', () => {
  expect(verdicts(server, single)).toEqual({});
});

const mirrored = (h: HistoryOf) =>
  h
    .conn('A')
    .client(connect())
    .server(connack())
    .client(publish(2, 1), publish(2, 2))
    .server(pubrec(2), pubrec(1))
    .client(pubrel(1));

test('a client is bound by its own statement', () => {
  expect(verdicts(pubrelOrder('client'), mirrored)).toEqual({ 'MQTT-4.6.0-4': 'fail' });
});

const crossing = (h: HistoryOf) =>
  h
    .conn('A')
    .client(connect())
    .server(connack(), publish(2, 1))
    .client(pubrec(1))
    .server(publish(2, 1, { dup: true }), pubrel(1))
    .client(pubrec(1), pubcomp(1))
    .server(publish(2, 2), publish(2, 3))
    .client(pubrec(2), pubrec(3))
    .server(pubrel(2), pubrel(3));

test('a PUBREC for what crossed the first one takes no place', () => {
  expect(verdicts(server, crossing)).toEqual({ 'MQTT-4.6.0-4': 'pass', 'MQTT-4.6.0-6': 'pass' });
});
