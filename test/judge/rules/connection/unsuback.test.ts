// UNSUBACK, also for nothing.
import { expect, test } from 'vitest';
import { unsuback as rule } from '../../../../src/judge/rules/connection/unsuback.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, pingresp, suback, subscribe, unsuback, unsubscribe } from '../../packets.ts';

const comes = 'MQTT-3.10.4-4';
const nothing = 'MQTT-3.10.4-5';
const ids = 'MQTT-2.3.1-7';
const online = (h: HistoryOf, cleanSession = true) => h.conn('A').client(connect({ cleanSession })).server(connack());

test('an answer to an unknown filter passes both', () => {
  expect(verdicts(rule, (h) => online(h).client(unsubscribe(3, 'a')).server(unsuback(3)))).toEqual({
    [comes]: 'pass',
    [nothing]: 'pass',
    [ids]: 'pass',
  });
});

const known = (h: HistoryOf) =>
  online(h)
    .client(subscribe(1, { a: 0 }))
    .server(suback(1, 0))
    .client(unsubscribe(3, 'a'))
    .server(unsuback(3));

test('what was subscribed, or may be, says nothing about deleting nothing', () => {
  expect(verdicts(rule, known)).toEqual({ [comes]: 'pass', [ids]: 'pass' });
  expect(verdicts(rule, (h) => online(h, false).client(unsubscribe(3, 'a')).server(unsuback(3)))).toEqual({
    [comes]: 'pass',
    [ids]: 'pass',
  });
});

test('no answer and another identifier fail', () => {
  expect(
    verdicts(rule, (h) => online(h).client(unsubscribe(3, 'a')).server(pingresp).wait(6000).ended('client')),
  ).toEqual({ [comes]: 'fail', [nothing]: 'fail' });
  expect(verdicts(rule, (h) => online(h).client(unsubscribe(3, 'a')).server(unsuback(4)))).toEqual({
    [comes]: 'fail',
    [ids]: 'fail',
  });
});
