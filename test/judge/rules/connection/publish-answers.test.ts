// PUBACK and PUBREC, by the server and by the client.
import { expect, test } from 'vitest';
import { publishAnswers } from '../../../../src/judge/rules/connection/publish-answers.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, pingreq, pingresp, puback, pubcomp, publish, pubrec, pubrel } from '../../packets.ts';

const answers = 'MQTT-3.3.4-1';
const ids = 'MQTT-2.3.1-6';
const qos1 = 'MQTT-4.3.2-2';
const qos2 = 'MQTT-4.3.3-2';
const server = publishAnswers('server');
const online = (h: HistoryOf) => h.conn('A').client(connect()).server(connack());

test('each QoS by its answer passes', () => {
  expect(verdicts(server, (h) => online(h).client(publish(1, 7)).server(puback(7)))).toEqual({
    [answers]: 'pass',
    [ids]: 'pass',
    [qos1]: 'pass',
  });
  expect(verdicts(server, (h) => online(h).client(publish(2, 7)).server(pubrec(7)))).toEqual({
    [answers]: 'pass',
    [ids]: 'pass',
    [qos2]: 'pass',
  });
  expect(verdicts(server, (h) => online(h).client(publish(0)))).toEqual({});
});

const silent = (h: HistoryOf) => online(h).client(publish(1, 7), pingreq).server(pingresp);

test('no answer fails where the connection lives', () => {
  expect(verdicts(server, (h) => silent(h).wait(6000).ended('client'))).toEqual({ [answers]: 'fail', [qos1]: 'fail' });
  expect(verdicts(server, (h) => silent(h).wait(3000).ended('client'))).toEqual({});
});

test('no answer of a mute server is inconclusive', () => {
  expect(verdicts(server, (h) => online(h).client(publish(2, 7)).wait(6000).ended('client'))).toEqual({
    [answers]: 'inconclusive',
    [qos2]: 'inconclusive',
  });
});

const killed = (h: HistoryOf) => {
  const a = online(h).client(publish(1, 7));
  h.part('broker', 'killed');
  a.wait(6000).ended('server', 'rst');
  online(h);
};

test('no answer across a kill of the broker is no fault', () => {
  expect(verdicts(server, killed)).toEqual({});
});

test('a late answer is a remark', () => {
  expect(verdicts(server, (h) => online(h).client(publish(1, 7)).wait(6000).server(puback(7)))).toMatchObject({
    [answers]: 'warn',
    [qos1]: 'warn',
  });
});

const twice = (h: HistoryOf) => online(h).client(publish(2, 9), publish(2, 9, { dup: true }));

test('each copy wants its own answer', () => {
  expect(verdicts(server, (h) => twice(h).server(pubrec(9), pubrec(9)).wait(9000).ended('client'))).toMatchObject({
    [qos2]: 'pass',
  });
  expect(verdicts(server, (h) => twice(h).server(pubrec(9)).wait(9000).ended('client'))).toMatchObject({
    [qos2]: 'fail',
  });
});

const resumed = (h: HistoryOf) =>
  h
    .conn('A')
    .client(connect({ cleanSession: false }))
    .server(connack(0, true), puback(8));

test('another identifier fails, unless an earlier connection may have sent it', () => {
  expect(verdicts(server, (h) => online(h).client(publish(1, 7)).server(puback(8)))[ids]).toBe('fail');
  expect(verdicts(server, resumed)).toEqual({});
});

test('the answer of another QoS and a second answer fail', () => {
  expect(verdicts(server, (h) => online(h).client(publish(2, 7)).server(puback(7)))).toEqual({ [answers]: 'fail' });
  expect(verdicts(server, (h) => online(h).client(publish(1, 7)).server(puback(7), puback(7)))[answers]).toBe('fail');
});

const delivered = (h: HistoryOf) => online(h).server(publish(1, 3));

test('the same holds for a client', () => {
  const client = publishAnswers('client');
  expect(verdicts(client, (h) => delivered(h).client(puback(3)))['MQTT-4.5.0-2']).toBe('pass');
  expect(verdicts(client, (h) => delivered(h).client(pingreq).wait(6000).ended('client'))['MQTT-4.5.0-2']).toBe('fail');
});

const lost = (h: HistoryOf) => {
  const a = h.conn('A', { link: 'sat' }).client(connect()).server(connack());
  a.seenOnly('clientEnd', 'toServer', publish(1, 7)).client(pingreq).server(pingresp).wait(9000).ended('client');
};

const lostAnswer = (h: HistoryOf) => {
  const a = h.conn('A', { link: 'sat' }).client(connect()).server(connack()).client(publish(1, 7));
  a.seenOnly('serverEnd', 'toClient', puback(7)).wait(9000).ended('client');
};

test('behind a link the server is judged by what reached it', () => {
  expect(verdicts(server, lost)).toEqual({});
  expect(verdicts(server, lostAnswer)[answers]).toBe('pass');
});

const waiting = (h: HistoryOf) => online(h).client(publish(2, 7)).server(pubrec(7)).wait(9000).server(pubrec(7));

test('PUBREC may be sent again until PUBCOMP', () => {
  expect(verdicts(server, waiting)[answers]).toBe('pass');
  const after = (h: HistoryOf) => waiting(h).client(pubrel(7)).server(pubcomp(7), pubrec(7));
  expect(verdicts(server, after)[answers]).toBe('fail');
});
