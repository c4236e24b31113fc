// SUBACK: that it comes, its identifier, its codes and their order.
import { expect, test } from 'vitest';
import { suback as rule } from '../../../../src/judge/rules/connection/suback.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, pingresp, suback, subscribe } from '../../packets.ts';

const comes = 'MQTT-3.8.4-1';
const ids = ['MQTT-3.8.4-2', 'MQTT-2.3.1-7'];
const codes = 'MQTT-3.8.4-5';
const order = 'MQTT-3.9.3-1';
const asks = (h: HistoryOf) =>
  h
    .conn('A')
    .client(connect())
    .server(connack())
    .client(subscribe(5, { a: 2, b: 0, c: 1 }));

test('full grants pass everything', () => {
  const seen = verdicts(rule, (h) => asks(h).server(suback(5, 2, 0, 1)));
  expect(seen).toEqual({
    [comes]: 'pass',
    'MQTT-3.8.4-2': 'pass',
    'MQTT-2.3.1-7': 'pass',
    [codes]: 'pass',
    [order]: 'pass',
  });
});

test.each([
  ['lower grants show no order', [1, 0, 1], { [codes]: 'pass', [order]: undefined }],
  ['refusals show no order', [0x80, 0x80, 0x80], { [codes]: 'pass', [order]: undefined }],
  ['the grants of other filters break the order', [0, 1, 2], { [codes]: undefined, [order]: 'fail' }],
  ['a grant above what was asked fails', [2, 2, 2], { [codes]: 'fail', [order]: undefined }],
  ['a code too few fails', [2, 0], { [codes]: 'fail', [order]: undefined }],
  ['a code too many fails', [2, 0, 1, 1], { [codes]: 'fail', [order]: undefined }],
])('%s', (_name, granted, verdict) => {
  const seen = verdicts(rule, (h) => asks(h).server(suback(5, ...granted)));
  expect({ [codes]: seen[codes], [order]: seen[order] }).toEqual(verdict);
});

test('no SUBACK fails; another identifier too', () => {
  expect(verdicts(rule, (h) => asks(h).server(pingresp).wait(6000).ended('client'))).toEqual({ [comes]: 'fail' });
  const seen = verdicts(rule, (h) =>
    asks(h)
      .server(suback(6, 2, 0, 1))
      .wait(6000)
      .ended('client'),
  );
  expect([seen[comes], ...ids.map((it) => seen[it])]).toEqual(['fail', 'fail', 'fail']);
});

const two = (h: HistoryOf) =>
  asks(h)
    .client(subscribe(6, { x: 1 }))
    .server(suback(6, 1), suback(5, 2, 0, 1));

test('pipelined requests are answered in any order', () => {
  expect(Object.values(verdicts(rule, two))).not.toContain('fail');
});
