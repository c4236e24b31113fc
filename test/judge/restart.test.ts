// What a broker may lose, keep or send late over its own end and return: no rule calls any of it wrong.
import { expect, test } from 'vitest';
import { rules } from '../../src/judge/rules.ts';
import { findingsOf, HistoryOf } from './history-of.ts';
import type { Conn } from './history-of.ts';
import {
  connack,
  connect,
  disconnect,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  pingreq,
  pingresp,
  suback,
  subscribe,
} from './packets.ts';
import { alive, get, getOnly, join, send, stay, sub } from './rules/cast.ts';

const text = (it: string) => ({ payload: Buffer.from(it) });
const own = { topic: 'w', ...text('gone without a word'), qos: 1, retain: false } as const;
const keep = { retain: true };

/** Everything that a broker can hold: returns the connections that are open. */
function before(h: HistoryOf): readonly Conn[] {
  sub(stay(h, 'away'), 't/#', 1).client(disconnect).ended('client');
  const there = sub(stay(h, 'there'), 't/#', 2);
  const observer = sub(sub(join(h, 'o'), 'w', 1), 'r/#', 1);
  const victim = h
    .conn('v')
    .client(connect({ clientId: 'v', will: own, keepAliveS: 10 }))
    .server(connack());
  const p = stay(h, 'p');
  for (const name of ['on', 'replaced', 'cleared']) send(p, 1, `r/${name}`, `value of ${name}`, keep);
  send(p, 1, 'r/replaced', 'the second value', keep);
  send(p, 1, 'r/cleared', '', keep);
  for (const qos of [1, 2] as const) send(p, qos, `t/${qos}`, `message ${qos}`);
  getOnly(there, 1, 1, 't/1', 'message 1');
  getOnly(there, 2, 2, 't/2', 'message 2').client(pubrec(2)).server(pubrel(2));
  p.client(publish(1, 61, { topic: 't/1', ...text('unacknowledged 1') }));
  p.client(publish(2, 62, { topic: 't/2', ...text('unacknowledged 2') })).server(pubrec(62));
  return [there, observer, victim.client(pingreq), p];
}

const ends: Record<string, (h: HistoryOf, open: readonly Conn[]) => unknown> = {
  'killed, and the closes are seen before it is noted': (h, open) => {
    for (const it of open) it.ended('server', 'rst');
    h.part('broker', 'killed');
  },
  'killed, and the closes are seen behind it': (h, open) => {
    h.part('broker', 'stopping').part('broker', 'killed');
    for (const it of open) it.ended('server', 'rst');
  },
  'stopped with its wills and closes': (h, open) => {
    h.part('broker', 'stopping');
    get(open[1] ?? join(h, 'o'), 1, 'w', 'gone without a word');
    const late = h.conn('late').client(connect({ clientId: 'late' }));
    for (const it of [...open, late]) it.ended('server');
    h.part('broker', 'stopped');
  },
  'ended by itself': (h, open) => {
    for (const it of open) it.ended('server');
    h.part('broker', 'exited');
  },
};

/** The devices come back and do what devices do. */
function comeBack(
  h: HistoryOf,
  present: boolean,
): { readonly there: Conn; readonly o: Conn; readonly v: Conn; readonly p: Conn } {
  h.part('broker', 'starting').part('broker', 'ready');
  const there = stay(h, 'there', present);
  const o = join(h, 'o');
  const v = h.conn('v').client(connect({ clientId: 'v', will: own }));
  v.server(connack());
  const p = stay(h, 'p', present);
  return { there, o, v, p };
}

const after: Record<string, (h: HistoryOf) => unknown> = {
  'it forgot everything': (h) => {
    const { there, o, p } = comeBack(h, false);
    sub(sub(o, 'w', 1), 'r/#', 1);
    sub(there, 't/#', 2);
    p.client(publish(1, 61, { dup: true, topic: 't/1', ...text('unacknowledged 1') })).server(puback(61));
    get(there, 1, 't/1', 'unacknowledged 1');
    p.client(pubrel(62)).server(pubcomp(62));
    stay(h, 'away', false);
  },
  'it kept everything': (h) => {
    const { there, o, p } = comeBack(h, true);
    getOnly(there, 1, 1, 't/1', 'message 1', { dup: true }).client(puback(1));
    there.server(pubrel(2)).client(pubcomp(2));
    o.client(subscribe(7, { w: 1, 'r/#': 1 })).server(suback(7, 1, 1));
    get(o, 1, 'r/on', 'value of on', keep);
    get(o, 1, 'r/replaced', 'the second value', keep);
    get(o, 1, 'w', 'gone without a word');
    p.client(publish(1, 61, { dup: true, topic: 't/1', ...text('unacknowledged 1') })).server(puback(61));
    getOnly(there, 1, 3, 't/1', 'unacknowledged 1', { dup: true }).client(puback(3));
    p.client(pubrel(62)).server(pubcomp(62));
    get(there, 2, 't/2', 'unacknowledged 2');
    const away = stay(h, 'away', true);
    get(away, 1, 't/1', 'message 1');
    get(away, 1, 't/2', 'message 2');
  },
  'it kept an older state': (h) => {
    const { there, o, p } = comeBack(h, true);
    sub(o, 'r/#', 1);
    get(o, 1, 'r/replaced', 'value of replaced', keep);
    get(o, 1, 'r/cleared', 'value of cleared', keep);
    send(p, 1, 't/1', 'message 3');
    get(there, 1, 't/1', 'message 1', { dup: true });
    get(there, 1, 't/1', 'message 3');
  },
  'it kept the identifiers of the publisher, whose subscriber is new': (h) => {
    const { o, p } = comeBack(h, true);
    sub(o, 't/#', 2);
    p.client(publish(2, 62, { dup: true, topic: 't/2', ...text('unacknowledged 2') })).server(pubrec(62));
    p.client(pubrel(62)).server(pubcomp(62));
  },
  'it publishes a will of before, and one of after': (h) => {
    const { o, v } = comeBack(h, true);
    sub(o, 'w', 1);
    get(o, 1, 'w', 'gone without a word');
    v.client(disconnect).ended('client');
    get(o, 1, 'w', 'gone without a word');
    get(o, 1, 'w', 'gone without a word');
  },
};

test.each(
  Object.entries(ends).flatMap(([end, stop]) =>
    Object.entries(after).map(([how, back]) => [`${end}; ${how}`, stop, back] as const),
  ),
)('%s', (_name, stop, back) => {
  const h = new HistoryOf();
  stop(h, before(h));
  back(h);
  h.wait(30_000);
  alive(h);
  const found = findingsOf(rules, h.events);
  const wrong = found.filter((it) => it.verdict !== 'pass');
  expect(wrong.map((it) => `${it.verdict} ${it.statement ?? ''} by ${it.by}: ${it.actual ?? ''}`)).toEqual([]);
  expect(found.length).toBeGreaterThan(10);
});

test('an answer to a ping that a stopping server does not give is no fault of it', () => {
  const h = new HistoryOf();
  const a = h.conn('a').client(connect({ keepAliveS: 10 }));
  a.server(connack()).wait(1000).client(pingreq);
  h.part('broker', 'stopping');
  a.ended('server');
  join(h, 'b').client(pingreq).server(pingresp);
  h.part('broker', 'stopped');
  const statements = findingsOf(rules, h.events).filter((it) => it.verdict === 'fail');
  expect(statements).toEqual([]);
});
