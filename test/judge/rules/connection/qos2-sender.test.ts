// PUBREL after PUBREC, and no way back.
import { expect, test } from 'vitest';
import { qos2Sender } from '../../../../src/judge/rules/connection/qos2-sender.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, pingresp, pubcomp, publish, pubrec, pubrel } from '../../packets.ts';

const id = 'MQTT-4.3.3-1';
const ids = 'MQTT-2.3.1-6';
const server = qos2Sender('server');
const sent = (h: HistoryOf) => h.conn('A').client(connect()).server(connack(), publish(2, 9));
const again = publish(2, 9, { dup: true });

test('PUBREL after PUBREC passes', () => {
  expect(verdicts(server, (h) => sent(h).client(pubrec(9)).server(pubrel(9)).client(pubcomp(9)))).toEqual({
    [id]: 'pass',
    [ids]: 'pass',
  });
});

test('no PUBREL fails', () => {
  expect(verdicts(server, (h) => sent(h).client(pubrec(9)).server(pingresp).wait(6000).ended('client'))).toEqual({
    [id]: 'fail',
  });
});

test('PUBREL before PUBREC fails', () => {
  expect(verdicts(server, (h) => sent(h).server(pubrel(9)))).toEqual({ [id]: 'fail' });
});

test('PUBLISH again after PUBREL fails; before it, it may have crossed the PUBREC', () => {
  expect(verdicts(server, (h) => sent(h).client(pubrec(9)).server(pubrel(9), again))[id]).toBe('fail');
  expect(verdicts(server, (h) => sent(h).client(pubrec(9)).server(again, pubrel(9)))[id]).toBe('pass');
  expect(
    verdicts(server, (h) => sent(h).client(pubrec(9)).server(pubrel(9)).client(pubcomp(9)).server(publish(2, 9)))[id],
  ).toBe('pass');
});

const resumed = (h: HistoryOf) =>
  h
    .conn('A')
    .client(connect({ cleanSession: false }))
    .server(connack(0, true), pubrel(8));

test('PUBREL of nothing fails, unless an earlier connection may have begun it', () => {
  expect(verdicts(server, (h) => sent(h).server(pubrel(8)))[ids]).toBe('fail');
  expect(verdicts(server, resumed)).toEqual({});
});

test('a PUBREL that is sent again is allowed', () => {
  expect(verdicts(server, (h) => sent(h).client(pubrec(9)).server(pubrel(9), pubrel(9)))).toEqual({
    [id]: 'pass',
    [ids]: 'pass',
  });
});
