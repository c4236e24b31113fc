// The small rules that only clients have.
import { describe, expect, test } from 'vitest';
import { ackOrder } from '../../../../src/judge/rules/connection/ack-order.ts';
import { afterDisconnect } from '../../../../src/judge/rules/connection/after-disconnect.ts';
import { connectFirst } from '../../../../src/judge/rules/connection/connect-first.ts';
import { keepAliveKept } from '../../../../src/judge/rules/connection/keep-alive-kept.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, disconnect, pingreq, pingresp, puback, publish, pubrec } from '../../packets.ts';

const online = (h: HistoryOf, keepAliveS = 0) => h.conn('A').client(connect({ keepAliveS })).server(connack());

test('CONNECT first', () => {
  expect(verdicts(connectFirst, (h) => h.conn('A').client(connect()))).toEqual({ 'MQTT-3.1.0-1': 'pass' });
  expect(verdicts(connectFirst, (h) => h.conn('A').client(pingreq, connect()))).toEqual({ 'MQTT-3.1.0-1': 'fail' });
});

describe('keep alive', () => {
  test.each([
    [1900, 'pass'],
    [2700, 'warn'],
    [3500, 'fail'],
  ])('a silence of %i ms at K = 2 s: %s', (silenceMs, verdict) => {
    expect(verdicts(keepAliveKept, (h) => online(h, 2).wait(silenceMs).client(pingreq))).toEqual({
      'MQTT-3.1.2-23': verdict,
    });
    expect(verdicts(keepAliveKept, (h) => online(h, 2).wait(silenceMs).ended('server'))).toEqual({
      'MQTT-3.1.2-23': verdict,
    });
  });

  test('none without a keep alive, before CONNACK, after DISCONNECT', () => {
    expect(verdicts(keepAliveKept, (h) => online(h).wait(60_000).client(pingreq))).toEqual({});
    expect(
      verdicts(keepAliveKept, (h) =>
        h
          .conn('A')
          .client(connect({ keepAliveS: 2 }))
          .wait(9000)
          .ended('client'),
      ),
    ).toEqual({});
    expect(verdicts(keepAliveKept, (h) => online(h, 2).client(disconnect).wait(9000).ended('server'))).toEqual({
      'MQTT-3.1.2-23': 'pass',
    });
  });
});

const two = (h: HistoryOf) => online(h).server(publish(1, 7), publish(1, 3), publish(2, 8), publish(2, 4));

test('acknowledgements in the order of the messages', () => {
  const all = { 'MQTT-4.6.0-2': 'pass', 'MQTT-4.6.0-3': 'pass' };
  expect(verdicts(ackOrder, (h) => two(h).client(puback(7), pubrec(8), puback(3), pubrec(4)))).toEqual(all);
  expect(verdicts(ackOrder, (h) => two(h).client(puback(3)))).toEqual({ 'MQTT-4.6.0-2': 'fail' });
  expect(verdicts(ackOrder, (h) => two(h).client(pubrec(4)))).toEqual({ 'MQTT-4.6.0-3': 'fail' });
});

const left = (h: HistoryOf) => online(h).client(disconnect);

const stays = (h: HistoryOf) => {
  const it = left(h).wait(9000);
  h.conn('A').client(connect()).server(pingresp);
  it.ended('server');
};

test('after DISCONNECT nothing but the close', () => {
  const closes = 'MQTT-3.14.4-1';
  const silent = 'MQTT-3.14.4-2';
  expect(verdicts(afterDisconnect, (h) => left(h).ended('client'))).toEqual({ [closes]: 'pass', [silent]: 'pass' });
  expect(verdicts(afterDisconnect, (h) => left(h).ended('server'))).toEqual({ [silent]: 'pass' });
  expect(verdicts(afterDisconnect, (h) => left(h).client(pingreq).ended('client'))[silent]).toBe('fail');
  expect(verdicts(afterDisconnect, stays)[closes]).toBe('fail');
});
