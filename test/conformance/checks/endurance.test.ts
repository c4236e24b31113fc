// What lasts, what passes unaltered, what needs nothing but the standard: what these judges leave to other statements.
import { expect, test } from 'vitest';
import { enduranceChecks } from '../../../src/conformance/checks/endurance.ts';
import { cutSlice } from '../../../src/judge/slice.ts';
import type { Verdict } from '../../../src/judge/verdict.ts';
import type { Publish } from '../../../src/wire/packet.ts';
import { HistoryOf, type Conn } from '../../judge/history-of.ts';
import { connack, connect, puback, pubcomp, publish, pubrec, suback, subscribe } from '../../judge/packets.ts';

type Open = (client: string) => Conn;

function judged(id: string, write: (open: Open) => unknown): Verdict | undefined {
  const of = { check: id, target: 'broker' };
  const history = new HistoryOf();
  write((client) => history.conn(client, of).client(connect()));
  const check = enduranceChecks.find((it) => it.id === id);
  return check?.judge?.(cutSlice(history.events, of.check, of.target)).at(0)?.verdict;
}

const piece = (n: number): Publish => publish(1, n + 1, { payload: Buffer.from(`piece ${n}`) });
const pieces = Array.from({ length: 64 }, (_, n) => piece(n));

const stream = (arrived: readonly Publish[]): Verdict | undefined =>
  judged('transport/one-mebibyte', (open) => {
    const subscriber = open('sub').server(connack());
    const publisher = open('pub').server(connack());
    for (const it of pieces) publisher.client(it).server(puback(it.packetId ?? 0));
    subscriber.server(...arrived);
  });

test('bytes that arrive altered fail; messages that change places or are missing are not the byte stream', () => {
  expect(stream(pieces)).toBe('pass');
  expect(stream(pieces.toReversed())).toBe('pass');
  expect(stream(pieces.slice(1))).toBe('inconclusive');
  expect(stream([...pieces.slice(1), piece(64)])).toBe('fail');
});

const lasting = (deliveries: number): Verdict | undefined =>
  judged('session/lasts-with-connection', (open) => {
    const watch = open('watch').server(connack());
    const half = { topic: 'x/kept/half', payload: Buffer.from('half') };
    const kept = open('kept')
      .server(connack())
      .client(publish(2, 700, half))
      .server(pubrec(700))
      .mark('idle over');
    kept.client(publish(2, 700, { ...half, dup: true })).server(pubrec(700), pubcomp(700));
    for (let n = 1; n <= deliveries; n++) watch.server(publish(2, n, half));
    kept.server(publish(1, 1, { payload: Buffer.from('news') }));
    open('clean').server(connack());
  });

test('a message that is lost while its connection stands fails; one that is delivered twice breaks another statement', () => {
  expect([0, 1, 2].map(lasting)).toEqual(['fail', 'pass', 'inconclusive']);
});

const all = ['at QoS 0', 'at QoS 1', 'at QoS 2', 'retained', 'will'];
const baseline = (texts: readonly string[], isCut = false, sent = all.slice(0, 3)): Verdict | undefined =>
  judged('interoperation/baseline', (open) => {
    const subscriber = open('sub').server(connack(), suback(1, 2));
    const publisher = open('pub').server(connack());
    for (const text of sent) publisher.client(publish(0, undefined, { payload: Buffer.from(text) }));
    for (const text of texts) subscriber.server(publish(0, undefined, { payload: Buffer.from(text) }));
    if (isCut) publisher.ended('server');
  });

test('the baseline fails where a message is missing, unless its publisher was cut off', () => {
  expect(baseline(all)).toBe('pass');
  expect(baseline(all.slice(1))).toBe('fail');
  expect(baseline(all.slice(1), true)).toBe('inconclusive');
});

const unanswered = (isCut: boolean) =>
  judged('interoperation/baseline', (open) => {
    const subscriber = open('sub')
      .client(subscribe(1, { a: 1 }))
      .server(connack());
    open('pub').server(connack());
    if (isCut) subscriber.ended('server');
  });

test('the baseline fails where SUBSCRIBE is not answered, unless the server closed', () => {
  expect([false, true].map(unanswered)).toEqual(['fail', 'inconclusive']);
});

test('the baseline asks for no message at a QoS that was left out', () => {
  const withoutQos2 = all.filter((text) => text !== 'at QoS 2');
  expect(baseline(withoutQos2)).toBe('fail');
  expect(baseline(withoutQos2, false, withoutQos2.slice(0, 2))).toBe('pass');
});

/** So many of its three clients are answered before the server closes on them. */
const connacks = (answered: number): Verdict | undefined =>
  judged('interoperation/baseline', (open) => {
    for (const [n, name] of ['sub', 'pub', 'victim'].entries()) {
      const client = open(name);
      if (n < answered) client.server(connack());
      client.ended('server');
    }
  });

test('one CONNECT without an answer may be an error that passes; none with one is not', () => {
  expect([0, 1].map(connacks)).toEqual(['fail', 'inconclusive']);
});
