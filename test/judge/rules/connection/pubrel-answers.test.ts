// PUBCOMP for PUBREL.
import { expect, test } from 'vitest';
import { pubrelAnswers } from '../../../../src/judge/rules/connection/pubrel-answers.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, pingreq, pingresp, puback, pubcomp, publish, pubrec, pubrel } from '../../packets.ts';

const id = 'MQTT-4.3.3-2';
const server = pubrelAnswers('server');
const handed = (h: HistoryOf) =>
  h.conn('A').client(connect()).server(connack()).client(publish(2, 9)).server(pubrec(9));

test('PUBCOMP passes, also the second time', () => {
  expect(
    verdicts(server, (h) => handed(h).client(pubrel(9)).server(pubcomp(9)).client(pubrel(9)).server(pubcomp(9))),
  ).toEqual({ [id]: 'pass' });
});

const second = (h: HistoryOf) =>
  handed(h).client(pubrel(9)).server(pubcomp(9)).client(pubrel(9), pingreq).server(pingresp).wait(6000).ended('client');

test('none, or none the second time, fails', () => {
  expect(
    verdicts(server, (h) => handed(h).client(pubrel(9), pingreq).server(pingresp).wait(6000).ended('client')),
  ).toEqual({ [id]: 'fail' });
  expect(verdicts(server, second)).toEqual({ [id]: 'fail' });
});

test('another identifier fails', () => {
  expect(verdicts(server, (h) => handed(h).client(pubrel(9)).server(pubcomp(8)))[id]).toBe('fail');
});

test('an identifier that was never used may stay unanswered', () => {
  expect(
    verdicts(server, (h) => handed(h).client(pubrel(4), pingreq).server(pingresp).wait(6000).ended('client')),
  ).toEqual({});
});

const unanswered = (h: HistoryOf, cleanSession: boolean) =>
  h.conn('A').client(connect({ cleanSession })).server(connack());

const downgraded = (cleanSession: boolean) => (h: HistoryOf) =>
  unanswered(h, cleanSession)
    .client(publish(2, 9))
    .server(puback(9))
    .client(pubrel(9), pingreq)
    .server(pingresp)
    .wait(6000)
    .ended('client');

test('PUBREL that answers no PUBREC may stay unanswered, also where a session may go on', () => {
  expect(verdicts(server, downgraded(true))).toEqual({});
  expect(verdicts(server, downgraded(false))).toEqual({});
});

test('PUBREL for a PUBREC of an earlier connection is answered', () => {
  expect(
    verdicts(server, (h) =>
      unanswered(h, false).client(pubrel(9), pingreq).server(pingresp).wait(6000).ended('client'),
    ),
  ).toEqual({ [id]: 'fail' });
});
