// Identifiers that are in use.
import { expect, test } from 'vitest';
import { packetIds } from '../../../../src/judge/rules/connection/packet-ids.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, puback, pubcomp, publish, pubrec, pubrel, subscribe, suback } from '../../packets.ts';

const unused = 'MQTT-2.3.1-4';
const dup = 'MQTT-3.3.1-1';
const other = { payload: Buffer.from('other') };
const server = packetIds('server');
const online = (h: HistoryOf) => h.conn('A').client(connect()).server(connack());

test('distinct identifiers pass; a single one shows nothing', () => {
  expect(verdicts(server, (h) => online(h).server(publish(1, 1), publish(2, 2)))).toEqual({ [unused]: 'pass' });
  expect(verdicts(server, (h) => online(h).server(publish(1, 1)))).toEqual({});
});

const released = (h: HistoryOf) => online(h).server(publish(2, 1)).client(pubrec(1)).server(pubrel(1));

test('an identifier in use fails, at QoS 2 until PUBCOMP', () => {
  expect(verdicts(server, (h) => online(h).server(publish(1, 1), publish(1, 1, other)))[unused]).toBe('fail');
  expect(verdicts(server, (h) => released(h).server(publish(1, 1, other)))[unused]).toBe('fail');
  expect(
    verdicts(server, (h) =>
      released(h)
        .client(pubcomp(1))
        .server(publish(1, 1, other)),
    ),
  ).toEqual({});
});

test.each([
  [1, 'MQTT-4.3.2-1'],
  [2, 'MQTT-4.3.3-1'],
] as const)('a delivery at QoS %i with an identifier in use breaks its delivery protocol too', (qos, statement) => {
  expect(verdicts(server, (h) => online(h).server(publish(qos, 1), publish(qos, 1, other)))).toEqual({
    [unused]: 'fail',
    [statement]: 'fail',
  });
});

test('an acknowledged identifier is free again', () => {
  expect(
    verdicts(server, (h) =>
      online(h)
        .server(publish(1, 1))
        .client(puback(1))
        .server(publish(1, 1, other)),
    ),
  ).toEqual({});
});

test('a PUBREL of an earlier connection occupies its identifier', () => {
  const seen = verdicts(server, (h) =>
    h
      .conn('A')
      .client(connect({ cleanSession: false }))
      .server(connack(0, true), pubrel(5), publish(1, 5)),
  );
  expect(seen[unused]).toBe('fail');
});

test('a re-send keeps its identifier and needs DUP', () => {
  expect(verdicts(server, (h) => online(h).server(publish(1, 1), publish(1, 1, { dup: true })))).toEqual({
    [dup]: 'pass',
  });
  expect(verdicts(server, (h) => online(h).server(publish(1, 1), publish(1, 1)))).toEqual({ [dup]: 'fail' });
});

test('both directions have identifiers of their own', () => {
  expect(
    verdicts(server, (h) =>
      online(h)
        .client(publish(1, 1, other))
        .server(publish(1, 1)),
    ),
  ).toEqual({});
});

test('a client shares one space between PUBLISH and SUBSCRIBE', () => {
  const id = 'MQTT-2.3.1-2';
  const client = packetIds('client');
  expect(verdicts(client, (h) => online(h).client(subscribe(1, { a: 0 }), publish(1, 1)))[id]).toBe('fail');
  expect(
    verdicts(client, (h) =>
      online(h)
        .client(subscribe(1, { a: 0 }))
        .server(suback(1, 0))
        .client(publish(1, 1)),
    ),
  ).toEqual({});
  expect(verdicts(client, (h) => online(h).client(subscribe(1, { a: 0 }), publish(1, 2)))[id]).toBe('pass');
});

const crossedPuback = (h: HistoryOf) =>
  online(h)
    .server(publish(1, 1))
    .client(puback(1))
    .server(publish(1, 1, { dup: true }), publish(1, 1, other));
const crossedPubcomp = (h: HistoryOf) =>
  released(h)
    .client(pubcomp(1))
    .server(pubrel(1), publish(2, 1, other));

test('what crosses its own acknowledgement holds no identifier', () => {
  expect(verdicts(server, crossedPuback)).toEqual({});
  expect(verdicts(server, crossedPubcomp)).toEqual({});
});
