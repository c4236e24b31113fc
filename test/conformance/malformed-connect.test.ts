// A malformed CONNECT: what was broken and the server's validation are told apart, and a close shows nothing of a server that refuses everybody.
import { expect, test } from 'vitest';
import { malformedConnect } from '../../src/conformance/malformed-connect.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import { HistoryOf } from '../judge/history-of.ts';
import type { Conn } from '../judge/history-of.ts';
import { connack, connect } from '../judge/packets.ts';

const of = { check: 'connect/x', target: 'broker' };

const check = malformedConnect({
  id: of.check,
  title: '',
  section: '3.1.3.4',
  legal: (bench, name) => bench.connectPacket(name),
  malformations: [
    { name: 'offender', what: '', statements: ['MQTT-3.1.3-11'], namedCodes: [4], spoil: (packet) => [packet] },
  ],
});

type Story = (it: Conn) => unknown;

const offends = (it: Conn): Conn => it.mark('offender').taint().client(connect());
const accepted: Story = (it) => it.client(connect()).server(connack()).ended('client');
const silent = (it: Conn): Conn => it.client(connect());

function judged(offender: Story, control: Story): Record<string, string> {
  const h = new HistoryOf();
  offender(h.conn('offender', of));
  control(h.conn('control', of));
  const findings = check.judge?.(cutSlice(h.events, of.check, of.target)) ?? [];
  return Object.fromEntries(findings.map((it) => [it.statement ?? '', it.verdict]));
}

const both = (verdict: string): Record<string, string> => ({ 'MQTT-3.1.3-11': verdict, 'MQTT-3.1.4-1': verdict });

test('a close without CONNACK passes, where the legal CONNECT is accepted', () => {
  expect(judged((it) => offends(it).ended('server'), accepted)).toEqual(both('pass'));
  expect(judged((it) => offends(it).ended('server'), silent)).toEqual(both('inconclusive'));
  expect(
    judged(
      (it) => offends(it).ended('server'),
      (it) => silent(it.ended('server')),
    ),
  ).toEqual(both('inconclusive'));
});

test('CONNACK with code 0 fails, also where a close follows', () => {
  expect(judged((it) => offends(it).server(connack()).ended('server'), accepted)).toEqual(both('fail'));
});

const refuses = (code: number): Record<string, string> =>
  judged((it) => offends(it).server(connack(code)).ended('server'), accepted);

test('a refusal breaks the validation alone, and is a remark where the standard has a code for it', () => {
  expect(refuses(2)).toEqual({ 'MQTT-3.1.3-11': 'pass', 'MQTT-3.1.4-1': 'fail' });
  expect(refuses(4)).toEqual(both('warn'));
});

test('a connection that stays open fails where another is answered, also behind a refusal', () => {
  expect(judged(offends, accepted)).toEqual(both('fail'));
  expect(judged((it) => offends(it).server(connack(4)), accepted)).toEqual(both('fail'));
  expect(judged(offends, (it) => it.client(connect()).server(connack(5)).ended('server'))).toEqual(both('fail'));
  expect(judged(offends, silent)).toEqual(both('inconclusive'));
  // What stands before a server closes on newcomers, and keeps what is open, when the server itself is gone.
  expect(judged(offends, (it) => silent(it).ended('server'))).toEqual(both('inconclusive'));
});

test('a close before the CONNECT shows nothing', () => {
  expect(judged((it) => offends(it.ended('server')), accepted)).toEqual(both('inconclusive'));
});
