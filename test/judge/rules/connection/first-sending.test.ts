// DUP of first sendings.
import { expect, test } from 'vitest';
import { firstSending } from '../../../../src/judge/rules/connection/first-sending.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, puback, publish } from '../../packets.ts';

const server = firstSending('server');
const dup = { dup: true };

const online = (h: HistoryOf) => h.conn('A').client(connect()).server(connack());

test.each([
  [1, 'MQTT-4.3.2-1'],
  [2, 'MQTT-4.3.3-1'],
] as const)('QoS %i with DUP 0 passes, with DUP 1 fails', (qos, id) => {
  expect(verdicts(server, (h) => online(h).server(publish(qos, 1)))).toEqual({ [id]: 'pass' });
  expect(verdicts(server, (h) => online(h).server(publish(qos, 1, dup)))).toEqual({ [id]: 'fail' });
  expect(verdicts(server, (h) => online(h).server(publish(qos, 1), publish(qos, 1, dup)))).toEqual({ [id]: 'pass' });
});

const acknowledged = (h: HistoryOf) => h.conn('A').client(connect()).server(connack(), publish(1, 1)).client(puback(1));
const other = { ...dup, payload: Buffer.from('other') };

test('an identifier that was acknowledged begins anew', () => {
  expect(verdicts(server, (h) => acknowledged(h).server(publish(1, 1, other)))).toEqual({ 'MQTT-4.3.2-1': 'fail' });
});

test('what is sent again may cross its PUBACK', () => {
  expect(verdicts(server, (h) => acknowledged(h).server(publish(1, 1, dup)))).toEqual({ 'MQTT-4.3.2-1': 'pass' });
});

const resumed = (h: HistoryOf) =>
  h
    .conn('A')
    .client(connect({ cleanSession: false }))
    .server(connack(0, true), publish(1, 1, dup));

test('in a session that goes on, DUP 1 may be right', () => {
  expect(verdicts(server, resumed)).toEqual({});
});
