// CONNACK first, once, and in time.
import { expect, test } from 'vitest';
import { connackFirst } from '../../../../src/judge/rules/connection/connack-first.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, pingresp, publish } from '../../packets.ts';

const first = 'MQTT-3.2.0-1';
const accepted = 'MQTT-3.1.4-4';

test('a CONNECT that is accepted passes both', () => {
  expect(verdicts(connackFirst, (h) => h.conn('A').client(connect()).server(connack(), publish(0)))).toEqual({
    [first]: 'pass',
    [accepted]: 'pass',
  });
});

test('a refusal is a CONNACK first, and accepts nothing', () => {
  const seen = verdicts(connackFirst, (h) =>
    h.conn('A').client(connect()).server(connack(5)).wait(9000).ended('server'),
  );
  expect(seen).toEqual({ [first]: 'pass' });
});

test('a message before CONNACK fails', () => {
  const seen = verdicts(connackFirst, (h) => h.conn('A').client(connect()).server(publish(0), connack()));
  expect(seen).toEqual({ [first]: 'fail', [accepted]: 'pass' });
});

test('a second CONNACK fails', () => {
  const seen = verdicts(connackFirst, (h) => h.conn('A').client(connect()).server(connack(), connack()));
  expect(seen[accepted]).toBe('fail');
});

const mute = (h: HistoryOf) => h.conn('A').client(connect()).wait(6000).ended('client');

const elsewhere = (h: HistoryOf) =>
  h
    .conn('B')
    .client(connect({ clientId: 'two' }))
    .server(connack(), pingresp);

const alive = (h: HistoryOf) => {
  const it = h.conn('A').client(connect()).wait(6000);
  elsewhere(h);
  it.ended('client');
};

const awakeLater = (h: HistoryOf) => (mute(h), elsewhere(h));

test('no CONNACK fails when the server lives, and is inconclusive when it is mute', () => {
  expect(verdicts(connackFirst, mute)).toEqual({ [accepted]: 'inconclusive' });
  expect(verdicts(connackFirst, alive)).toEqual({ [first]: 'pass', [accepted]: 'fail' });
  expect(verdicts(connackFirst, awakeLater)).toEqual({ [first]: 'pass', [accepted]: 'inconclusive' });
});

test('a connection that ended before the timeout judges nothing', () => {
  const seen = verdicts(connackFirst, (h) => {
    h.conn('A').client(connect()).wait(4000).ended('server');
    h.conn('B').server(pingresp);
  });
  expect(seen[accepted]).toBeUndefined();
});

test('a CONNECT of a protocol that the server need not speak may stay unanswered', () => {
  const seen = verdicts(connackFirst, (h) => {
    h.conn('A')
      .client(connect({ protocolName: 'MQTX' }))
      .wait(6000)
      .ended('client');
    h.conn('B')
      .client(connect({ clientId: 'two' }))
      .server(connack());
  });
  expect(seen[accepted]).toBe('pass');
});
