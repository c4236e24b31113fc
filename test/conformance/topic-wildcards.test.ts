// Wildcards in topic names: what is forwarded or answered breaks one statement, the close that is missing another.
import { expect, test } from 'vitest';
import { topicWildcardChecks } from '../../src/conformance/checks/topic-wildcards.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import { HistoryOf } from '../judge/history-of.ts';
import type { Conn } from '../judge/history-of.ts';
import { connack, connect, puback, publish } from '../judge/packets.ts';

const [publishing, willing] = topicWildcardChecks;
const end = publish(1, 99, { topic: 'p/end', payload: Buffer.from('end') });
const cases = ['a/+', 'a/#', 'a/+/b', '+', '#', 'a+b'].flatMap((path) => [`${path} at QoS 0`, `${path} at QoS 1`]);
const legal = (name: string) => publish(1, 1, { topic: 'p/legal', payload: Buffer.from(`legal: ${name}`) });
const illegal = (name: string) => publish(1, 9, { topic: 'p/a/+', payload: Buffer.from(`illegal: ${name}`) });

const accept = (h: HistoryOf, client: string, check: string): Conn =>
  h.conn(client, { check, target: 'broker' }).client(connect()).server(connack());

/** Verdicts by statement on `a/+` at QoS 1, the other messages being closed on. */
function judged(story: (publisher: Conn) => unknown, forwards = false): Readonly<Record<string, string>> {
  const check = publishing?.id ?? '';
  const h = new HistoryOf();
  const told = 'a/+ at QoS 1';
  for (const name of cases) {
    const publisher = accept(h, name, check).client(legal(name)).server(puback(1));
    if (name === told) story(publisher);
    else publisher.client(illegal(name)).ended('server');
  }
  accept(h, 'sentinel', check).client(end).server(puback(99));
  const all = [...cases.map(legal), ...(forwards ? [illegal(told)] : []), end];
  accept(h, 'observer', check).server(...all);
  const findings = publishing?.judge?.(cutSlice(h.events, check, 'broker')) ?? [];
  const mine = findings.filter(({ actual }) => actual.startsWith(told));
  return Object.fromEntries(mine.map((it) => [it.statement, it.verdict]));
}

const offends = (it: Conn): Conn => it.client(illegal('a/+ at QoS 1'));
const verdicts = (used: string, closed: string) => ({
  'MQTT-3.3.2-2': used,
  'MQTT-4.7.1-1': used,
  'MQTT-4.8.0-1': closed,
});

test('a close passes, silence lacks the close alone', () => {
  expect(judged((it) => offends(it).ended('server'))).toEqual(verdicts('pass', 'pass'));
  expect(judged(offends)).toEqual(verdicts('pass', 'fail'));
});

test('what is forwarded or acknowledged fails, and the close is judged beside it', () => {
  expect(judged((it) => offends(it).server(puback(9)))).toEqual(verdicts('fail', 'fail'));
  expect(judged((it) => offends(it).ended('server'), true)).toEqual(verdicts('fail', 'pass'));
});

test('a connection that was over before shows nothing', () => {
  expect(judged((it) => it.ended('server'))).toEqual(verdicts('inconclusive', 'inconclusive'));
});

/** Verdict on a will that CONNACK accepted, with the wills that the observer got. */
const judgedWill = (comes: readonly string[]) => {
  const check = willing?.id ?? '';
  const h = new HistoryOf();
  accept(h, 'owner', check).ended('client', 'rst');
  const wills = comes.map((text, index) => publish(1, index + 1, { payload: Buffer.from(text) }));
  accept(h, 'observer', check).server(...wills, end);
  return willing?.judge?.(cutSlice(h.events, check, 'broker')).map((it) => it.verdict);
};

test('a will that is taken and not published is a remark where a legal one is published', () => {
  expect(judgedWill(['a will on a legal topic'])).toEqual(['warn']);
  expect(judgedWill([])).toEqual(['inconclusive']);
  expect(judgedWill(['a will on a topic with a wildcard'])).toEqual(['fail']);
});
