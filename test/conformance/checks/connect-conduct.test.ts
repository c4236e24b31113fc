// What shows that a CONNECT was read as it is to be read, and what shows nothing.
import { describe, expect, test } from 'vitest';
import { connectConductChecks } from '../../../src/conformance/checks/connect-conduct.ts';
import { connack, connect, pingreq, pingresp, publish } from '../../judge/packets.ts';
import { judged, type Story } from './judged.ts';

const text = (topic: string, payload: string): ReturnType<typeof publish> =>
  publish(1, 1, { topic, payload: Buffer.from(payload) });
const accepted: Story = (it) => it.client(connect()).server(connack());

const closes: Story = (it) => it.client(connect()).ended('server');
const named = (story: Story, control: Story = accepted): string | undefined =>
  judged(connectConductChecks, 'connect/wrong-name', [
    ['MQTX', story],
    ['mqtt', closes],
    ['MQTT1', closes],
    ['control', control],
  ])[0]?.verdict;

describe('a wrong protocol name', () => {
  test.for<[string, Story, string]>([
    ['is closed on', closes, 'pass'],
    ['is refused', (it) => it.client(connect()).server(connack(1)).ended('server'), 'pass'],
    ['is left unserved', (it) => it.client(connect()), 'warn'],
    ['is accepted', (it) => it.client(connect()).server(connack()), 'fail'],
    ['was closed on before', (it) => it.ended('server'), 'inconclusive'],
  ])('%s', ([, story, verdict]) => {
    expect(named(story)).toBe(verdict);
  });

  test('shows nothing where the right one is refused too', () => {
    expect(named(closes, (it) => it.client(connect()).server(connack(5)))).toBe('inconclusive');
  });
});

const order = (observer: Story): string | undefined =>
  judged(connectConductChecks, 'connect/field-order', [
    ['owner', accepted],
    ['observer', observer],
  ])[0]?.verdict;

describe('the order of the fields', () => {
  test('shows in the will', () => {
    expect(order((it) => it.server(text('run/willtopic', 'run/willmessage')))).toBe('pass');
    expect(order((it) => it.server(text('run/willmessage', 'run/willtopic')))).toBe('fail');
    expect(order((it) => it.server(text('run/username', 'run/password')))).toBe('fail');
    expect(order(accepted)).toBe('inconclusive');
  });
});

const refused =
  (code: number): Story =>
  (it) =>
    it.client(connect()).server(connack(code)).ended('server');
const stays: Story = (it) => it.client(connect()).server(connack()).client(pingreq).server(pingresp);
const ends: Story = (it) => it.client(connect()).server(connack()).ended('server');
const both = (silent: Story, active: Story): readonly string[] =>
  judged(connectConductChecks, 'connect/longest-keep-alive', [
    ['silent', silent],
    ['active', active],
  ]).map((it) => it.verdict);

describe('the longest keep alive', () => {
  test('is accepted and kept', () => {
    expect(both(stays, stays)).toEqual(['pass', 'pass']);
    expect(both(ends, ends)).toEqual(['warn', 'fail']);
    expect(both(accepted, accepted)).toEqual(['inconclusive', 'inconclusive']);
  });

  test('is not refused; what a server without room says is not about it', () => {
    expect(both(stays, refused(2))).toEqual(['pass', 'fail']);
    expect(both(stays, refused(3))).toEqual(['pass', 'inconclusive']);
    expect(both(stays, (it) => it.client(connect()).ended('server', 'rst'))).toEqual(['pass', 'inconclusive']);
    expect(both(stays, (it) => it.client(connect()).ended('server'))).toEqual(['pass', 'fail']);
  });
});
