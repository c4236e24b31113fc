// What a refusal looks like and what follows it.
import { expect, test } from 'vitest';
import { connackRefusal } from '../../../../src/judge/rules/connection/connack-refusal.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, pingreq, pingresp } from '../../packets.ts';

const session = 'MQTT-3.2.2-4';
const closes = 'MQTT-3.2.2-5';
const range = 'MQTT-3.2.2-6';
const elsewhere = (h: HistoryOf) =>
  h
    .conn('B')
    .client(connect({ clientId: 'two' }))
    .server(connack());

test('a refusal that closes passes all three, tainted or not', () => {
  for (const taints of [false, true]) {
    const seen = verdicts(connackRefusal, (h) => {
      const a = h.conn('A');
      if (taints) a.taint();
      a.client(connect()).server(connack(2)).wait(100).ended('server');
    });
    expect(seen).toEqual({ [session]: 'pass', [closes]: 'pass', [range]: 'pass' });
  }
});

test('session present on a refusal fails', () => {
  expect(verdicts(connackRefusal, (h) => h.conn('A').client(connect()).server(connack(2, true)))[session]).toBe('fail');
});

test('a code above 5 fails, unless another version was asked for', () => {
  expect(verdicts(connackRefusal, (h) => h.conn('A').client(connect()).server(connack(6)))[range]).toBe('fail');
  const five = connect({ protocolLevel: 5 });
  expect(verdicts(connackRefusal, (h) => h.conn('A').client(five).server(connack(0x84)))[range]).toBeUndefined();
  // No version has this one.
  expect(verdicts(connackRefusal, (h) => h.conn('A').client(five).server(connack(6)))[range]).toBe('fail');
});

test('no close fails', () => {
  const seen = verdicts(connackRefusal, (h) => {
    const it = h.conn('A').client(connect()).server(connack(5)).wait(6000);
    elsewhere(h);
    it.ended('client');
  });
  expect(seen[closes]).toBe('fail');
});

test('a late close is a remark, with the time it took', () => {
  const seen = verdicts(connackRefusal, (h) =>
    h.conn('A').client(connect()).server(connack(5)).wait(6000).ended('server'),
  );
  expect(seen[closes]).toBe('warn');
});

test('the client closing first judges nothing', () => {
  const seen = verdicts(connackRefusal, (h) => {
    h.conn('A').client(connect()).server(connack(5)).wait(100).ended('client');
    elsewhere(h);
  });
  expect(seen[closes]).toBeUndefined();
});

test('an answer after the refusal fails', () => {
  const seen = verdicts(connackRefusal, (h) =>
    h.conn('A').client(connect()).server(connack(5)).client(pingreq).server(pingresp).ended('server'),
  );
  expect(seen[closes]).toBe('fail');
});
