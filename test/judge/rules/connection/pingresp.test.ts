// PINGRESP for each PINGREQ.
import { expect, test } from 'vitest';
import { pingresp as rule } from '../../../../src/judge/rules/connection/pingresp.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, pingreq, pingresp } from '../../packets.ts';

const id = 'MQTT-3.12.4-1';
const online = (h: HistoryOf) => h.conn('A').client(connect()).server(connack());

test('as many as were asked for pass, one too few fails', () => {
  expect(verdicts(rule, (h) => online(h).client(pingreq, pingreq).server(pingresp, pingresp))).toEqual({
    [id]: 'pass',
  });
  expect(verdicts(rule, (h) => online(h).client(pingreq, pingreq).server(pingresp).wait(6000).ended('client'))).toEqual(
    { [id]: 'fail' },
  );
});

test('one that is left out is not hidden by the answers to later ones', () => {
  const leftOut = verdicts(rule, (h) => {
    const a = online(h).client(pingreq);
    for (let i = 0; i < 9; i++) a.wait(1000).client(pingreq).server(pingresp);
  });
  expect(leftOut).toEqual({ [id]: 'fail' });
});

test('after a gap nothing is missing', () => {
  expect(verdicts(rule, (h) => online(h).client(pingreq).gap().server(connack()).wait(6000).ended('client'))).toEqual(
    {},
  );
});
