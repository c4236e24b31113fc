// Redelivery against stories: what a resumed session is owed, and in which form and order.
import { describe, expect, test } from 'vitest';
import { redelivery } from '../../../../src/judge/rules/session/redelivery.ts';
import type { Conn, HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { puback, pubcomp, publish, pubrec, pubrel } from '../../packets.ts';
import { alive, get, getOnly, join, send, stay, sub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(redelivery, write);

/** A subscriber that is cut in the middle of deliveries and comes back, long enough for the slowest server. */
const cut =
  (before: (it: Conn) => unknown, after: (it: Conn) => unknown, present = true, stayMs = 46_000) =>
  (h: HistoryOf): void => {
    const p = join(h, 'p');
    const a = sub(stay(h, 'a'), 't', 2);
    for (const text of ['one', 'two', 'three']) send(send(p, 1, 't', `1${text}`), 2, 't', `2${text}`);
    before(a);
    a.ended('link');
    const back = stay(h, 'a', present);
    after(back);
    h.wait(stayMs);
    alive(h);
    back.ended('client');
  };
const dup = { dup: true };
const qos1 = (it: Conn): Conn => getOnly(it, 1, 5, 't', '1one');
const qos2 = (it: Conn): Conn => getOnly(it, 2, 6, 't', '2one');

describe('an unacknowledged QoS 1 PUBLISH', () => {
  const again = { 'MQTT-4.4.0-1': 'pass', 'MQTT-4.1.0-1': 'pass', 'MQTT-4.3.2-1': 'pass', 'MQTT-2.3.1-4': 'pass' };
  test('comes again with its identifier and DUP: passes', () => {
    const seen = judged(cut(qos1, (it) => get(it, 1, 't', '1one', { packetId: 5, ...dup })));
    expect(seen).toEqual({ ...again, 'MQTT-3.3.1-1': 'pass' });
  });
  test('without DUP: fails MQTT-3.3.1-1', () => {
    const seen = judged(cut(qos1, (it) => get(it, 1, 't', '1one', { packetId: 5 })));
    expect(seen).toEqual({ ...again, 'MQTT-3.3.1-1': 'fail' });
  });
  test('with another identifier: fails MQTT-4.4.0-1 and MQTT-2.3.1-4', () => {
    const seen = judged(cut(qos1, (it) => get(it, 1, 't', '1one', { packetId: 50, ...dup })));
    expect(seen).toEqual({ 'MQTT-4.4.0-1': 'fail', 'MQTT-2.3.1-4': 'fail' });
  });
  test('never: fails', () => {
    const seen = judged(cut(qos1, () => undefined));
    expect(seen).toEqual({ 'MQTT-4.4.0-1': 'fail', 'MQTT-4.1.0-1': 'fail', 'MQTT-4.3.2-1': 'fail' });
  });
  test('half a minute late: a remark, for the standard names no time', () => {
    const warned = { 'MQTT-4.4.0-1': 'warn', 'MQTT-4.1.0-1': 'warn', 'MQTT-4.3.2-1': 'warn' };
    expect(judged(cut(qos1, (it) => one(it.wait(30_000))))).toEqual({ ...again, ...warned, 'MQTT-3.3.1-1': 'pass' });
  });
  test('not within the time that a connection stood: nothing is missing yet', () => {
    expect(judged(cut(qos1, () => undefined, true, 30_000))).toEqual({});
  });
  test('with another payload: fails MQTT-4.4.0-1', () => {
    const seen = judged(cut(qos1, (it) => get(it, 1, 't', '', { packetId: 5, ...dup })));
    expect(seen).toMatchObject({ 'MQTT-4.4.0-1': 'fail', 'MQTT-2.3.1-4': 'fail' });
  });
  test('its identifier given to another message: fails MQTT-2.3.1-4', () => {
    const seen = judged(cut(qos1, (it) => get(it, 1, 't', '1two', { packetId: 5 })));
    expect(seen['MQTT-2.3.1-4']).toBe('fail');
  });
});

const untilRel = (it: Conn): Conn => qos2(it).client(pubrec(6)).server(pubrel(6));

describe('an unfinished QoS 2 exchange', () => {
  test('PUBLISH comes again: passes', () => {
    const seen = judged(cut(qos2, (it) => get(it, 2, 't', '2one', { packetId: 6, ...dup })));
    expect(seen).toMatchObject({ 'MQTT-4.4.0-1': 'pass', 'MQTT-4.3.3-1': 'pass', 'MQTT-3.3.1-1': 'pass' });
  });
  test('PUBREL comes again: passes', () => {
    const seen = judged(cut(untilRel, (it) => it.server(pubrel(6)).client(pubcomp(6))));
    expect(seen).toEqual({ 'MQTT-4.4.0-1': 'pass', 'MQTT-4.1.0-1': 'pass', 'MQTT-4.3.3-1': 'pass' });
  });
  test('PUBREL comes late: a remark', () => {
    const seen = judged(cut(untilRel, (it) => it.wait(30_000).server(pubrel(6)).client(pubcomp(6))));
    expect(seen).toEqual({ 'MQTT-4.4.0-1': 'warn', 'MQTT-4.1.0-1': 'warn', 'MQTT-4.3.3-1': 'warn' });
  });
  test('PUBLISH instead of PUBREL: fails', () => {
    const seen = judged(cut(untilRel, (it) => getOnly(it, 2, 6, 't', '2one', dup)));
    expect(seen).toEqual({ 'MQTT-4.3.3-1': 'fail' });
  });
  test('neither: fails', () => {
    const seen = judged(cut(untilRel, () => undefined));
    expect(seen).toEqual({ 'MQTT-4.4.0-1': 'fail', 'MQTT-4.1.0-1': 'fail', 'MQTT-4.3.3-1': 'fail' });
  });
  test.each([
    ['PUBREL', (it: Conn) => it.server(pubrel(6)).client(pubcomp(6))],
    ['PUBLISH', (it: Conn) => get(it, 2, 't', '2one', { packetId: 6, ...dup })],
  ])('after PUBREC the server may not have got, %s is right', (_, after) => {
    const seen = judged(cut((it) => qos2(it).client(pubrec(6)), after));
    expect(seen).toMatchObject({ 'MQTT-4.4.0-1': 'pass', 'MQTT-4.3.3-1': 'pass' });
  });
  test('complete, and PUBLISH comes again: fails', () => {
    const seen = judged(
      cut(
        (it) => untilRel(it).client(pubcomp(6)),
        (it) => getOnly(it, 2, 6, 't', '2one', dup),
      ),
    );
    expect(seen).toEqual({ 'MQTT-4.3.3-1': 'fail' });
  });
});

const both = (it: Conn): Conn => getOnly(getOnly(it, 1, 5, 't', '1one'), 1, 7, 't', '1two');

const one = (it: Conn): Conn => get(it, 1, 't', '1one', { packetId: 5, ...dup });

const two = (it: Conn): Conn => get(it, 1, 't', '1two', { packetId: 7, ...dup });

const newer = (it: Conn): Conn => get(it, 1, 't', '1three', { packetId: 9 });

const mixed = (it: Conn): Conn => qos2(qos1(it));

describe('order, MQTT-4.6.0-6', () => {
  test('as first sent: passes', () => {
    expect(judged(cut(both, (it) => newer(two(one(it)))))['MQTT-4.6.0-6']).toBe('pass');
  });
  test('the other way round: fails', () => {
    expect(judged(cut(both, (it) => one(two(it))))['MQTT-4.6.0-6']).toBe('fail');
  });
  test('a newer message first: fails', () => {
    expect(judged(cut(both, (it) => two(one(newer(it)))))['MQTT-4.6.0-6']).toBe('fail');
  });
  test('only across QoS levels: not judged', () => {
    const seen = judged(cut(mixed, (it) => one(get(it, 2, 't', '2one', { packetId: 6, ...dup }))));
    expect(seen['MQTT-4.6.0-6']).toBeUndefined();
  });
});

const legal: Record<string, (h: HistoryOf) => unknown> = {
  'a complete delivery stays away': cut(
    (it) => qos1(it).client(puback(5)),
    () => undefined,
  ),
  'a complete delivery comes again: its PUBACK may be lost': cut(
    (it) => qos1(it).client(puback(5)),
    (it) => get(it, 1, 't', '1one', { packetId: 5, ...dup }),
  ),
  'a new message has the identifier of a complete one': cut(
    (it) => qos1(it).client(puback(5)),
    (it) => get(it, 1, 't', '1two', { packetId: 5 }),
  ),
  'the server says that it has no session': cut(qos1, () => undefined, false),
  'the client comes back with a clean session': (h) => {
    qos1(sub(stay(h, 'a'), 't', 2)).ended('link');
    const it = join(h, 'a').wait(46_000);
    alive(h);
    it.ended('client');
  },
  'the client leaves again soon': (h) => {
    qos1(sub(stay(h, 'a'), 't', 2)).ended('link');
    stay(h, 'a', true).ended('client');
    alive(h);
  },
  'the client leaves newer messages unacknowledged': cut(qos1, (it) => getOnly(it, 1, 8, 't', '1two')),
};
test.each(Object.entries(legal))('never fails when %s', (_, write) => {
  expect(Object.values(judged(write))).not.toContain('fail');
});

test('a repetition on the same connection has DUP and no order', () => {
  const seen = judged((h) => {
    const a = sub(stay(h, 'a'), 't', 2);
    getOnly(qos1(a), 1, 7, 't', '1two');
    get(a, 1, 't', '1one', { packetId: 5, ...dup });
  });
  expect(seen).toEqual({ 'MQTT-3.3.1-1': 'pass' });
});

/** The second comes once the first is acknowledged, and that takes its time. */
const slow = (it: Conn): Conn => {
  it.server(publish(1, 5, { topic: 't', payload: Buffer.from('1one'), dup: true }));
  return two(it.wait(20_000).client(puback(5)));
};

test('one behind the other is as late as the acknowledgement that it waited for', () => {
  expect(judged(cut(both, slow))['MQTT-4.4.0-1']).toBe('pass');
});

test('a server may send again one at a time, while the client owes its acknowledgement', () => {
  const seen = verdicts(redelivery, (h) => {
    const a = sub(stay(h, 'a'), 't', 1);
    const p = join(h, 'p');
    for (const text of ['first', 'second']) send(p, 1, 't', text);
    getOnly(a, 1, 1, 't', 'first');
    getOnly(a, 1, 2, 't', 'second');
    a.ended('client', 'rst');
    getOnly(stay(h, 'a', true), 1, 1, 't', 'first', { dup: true });
    h.wait(46_000);
    alive(h);
  });
  expect(seen['MQTT-4.4.0-1']).toBe('pass');
});
