// A second CONNECT.
import { expect, test } from 'vitest';
import { secondConnect } from '../../../../src/judge/rules/connection/second-connect.ts';
import { verdicts } from '../../history-of.ts';
import { connack, connect, pingresp } from '../../packets.ts';

const id = 'MQTT-3.1.0-2';

test('a close passes', () => {
  const seen = verdicts(secondConnect, (h) =>
    h.conn('A').client(connect()).server(connack()).taint().client(connect()).ended('server'),
  );
  expect(seen).toEqual({ [id]: 'pass' });
});

test('staying open fails', () => {
  const seen = verdicts(secondConnect, (h) => {
    const it = h.conn('A').client(connect()).server(connack()).client(connect()).wait(6000);
    h.conn('B').server(pingresp);
    it.ended('client');
  });
  expect(seen).toEqual({ [id]: 'fail' });
});

test('accepting it fails, also when a close follows', () => {
  const seen = verdicts(secondConnect, (h) =>
    h.conn('A').client(connect()).server(connack()).client(connect()).server(connack()).ended('server'),
  );
  expect(seen).toEqual({ [id]: 'fail' });
});

test('two CONNECTs before any answer are no session yet', () => {
  expect(verdicts(secondConnect, (h) => h.conn('A').client(connect(), connect()).ended('server'))).toEqual({});
});
