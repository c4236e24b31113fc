// Filters that are none: a grant fails, a close passes, a refusal is a remark, and who refuses everything shows nothing.
import { expect, test } from 'vitest';
import { illegalFilters } from '../../src/conformance/illegal-filters.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import { HistoryOf } from '../judge/history-of.ts';
import type { Conn } from '../judge/history-of.ts';
import { connack, connect, suback, subscribe, unsuback, unsubscribe } from '../judge/packets.ts';

const of = { check: 'filters/x', target: 'broker' };

const check = (request: 'SUBSCRIBE' | 'UNSUBSCRIBE') =>
  illegalFilters({
    id: of.check,
    title: '',
    section: '4.7',
    statement: 'MQTT-4.7.1-2',
    needs: [],
    group: 'parallel',
    request,
    illegal: () => ['a#'],
    legal: () => ['#', 'a/#'],
  });

type Answer = (it: Conn) => unknown;
const granted: Answer = (it) => it.server(suback(1, 1));
const refused: Answer = (it) => it.server(suback(1, 0x80));
const unsubscribed: Answer = (it) => it.server(unsuback(1));
const closed: Answer = (it) => it.ended('server');
const silent: Answer = (it) => it;

/** Verdicts on the legal filters that were not accepted, then on the illegal one. */
function judged(
  request: 'SUBSCRIBE' | 'UNSUBSCRIBE',
  { legal, illegal, isServed = true }: { legal: readonly Answer[]; illegal: Answer; isServed?: boolean },
): readonly string[] {
  const h = new HistoryOf();
  const ask = (client: string, filter: string, answer: Answer): void => {
    const it = h.conn(client, of).client(connect()).server(connack());
    answer(it.client(request === 'SUBSCRIBE' ? subscribe(1, { [filter]: 1 }) : unsubscribe(1, filter)));
  };
  for (const [index, answer] of legal.entries()) ask(`legal ${index}`, 'a/#', answer);
  ask('illegal 0', 'a#', illegal);
  const witness = h.conn('witness', of).client(connect());
  if (isServed) witness.server(connack());
  return (check(request).judge?.(cutSlice(h.events, of.check, of.target)) ?? []).map((it) => it.verdict);
}

const legal = [granted, granted];

test('an illegal filter may be closed on, or refused as a remark, and not granted', () => {
  expect(judged('SUBSCRIBE', { legal, illegal: closed })).toEqual(['pass']);
  expect(judged('SUBSCRIBE', { legal, illegal: refused })).toEqual(['warn']);
  expect(judged('SUBSCRIBE', { legal, illegal: granted })).toEqual(['fail']);
});

test('silence fails where the server serves others, and is inconclusive where it does not', () => {
  expect(judged('SUBSCRIBE', { legal, illegal: silent })).toEqual(['fail']);
  expect(judged('SUBSCRIBE', { legal, illegal: silent, isServed: false })).toEqual(['inconclusive']);
});

test('UNSUBACK for an illegal filter is a remark', () => {
  const accepted = [unsubscribed, unsubscribed];
  expect(judged('UNSUBSCRIBE', { legal: accepted, illegal: unsubscribed })).toEqual(['warn']);
  expect(judged('UNSUBSCRIBE', { legal: accepted, illegal: closed })).toEqual(['pass']);
});

test('a server may deny a legal filter; one that denies all of them shows nothing', () => {
  expect(judged('SUBSCRIBE', { legal: [granted, refused], illegal: closed })).toEqual(['notExercised', 'pass']);
  const nothing = ['inconclusive', 'inconclusive', 'pass'];
  expect(judged('SUBSCRIBE', { legal: [refused, refused], illegal: closed })).toEqual(nothing);
});

test('a connection that was over before the filter was sent shows nothing', () => {
  const h = new HistoryOf();
  const accept = (client: string): Conn => h.conn(client, of).client(connect()).server(connack());
  accept('legal 0')
    .client(subscribe(1, { '#': 1 }))
    .server(suback(1, 1));
  accept('illegal 0').ended('server');
  accept('witness');
  const findings = check('SUBSCRIBE').judge?.(cutSlice(h.events, of.check, of.target)) ?? [];
  expect(findings.map((it) => it.verdict)).toEqual(['inconclusive']);
});

test('a legal filter that is closed on once may have met a transient error', () => {
  expect(judged('SUBSCRIBE', { legal: [granted, closed], illegal: closed })).toEqual(['inconclusive', 'pass']);
});
