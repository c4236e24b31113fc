// Exchanges that were begun: what a broker may do differently, and what another statement is to blame for.
import { expect, test } from 'vitest';
import { exchangeChecks } from '../../../src/conformance/checks/exchange.ts';
import { cutSlice } from '../../../src/judge/slice.ts';
import type { Verdict } from '../../../src/judge/verdict.ts';
import type { Publish } from '../../../src/wire/packet.ts';
import { HistoryOf, type Conn } from '../../judge/history-of.ts';
import { connack, connect, publish, pubrec, pubrel, suback, subscribe, unsuback } from '../../judge/packets.ts';

type Open = (client: string, present?: boolean) => Conn;

/** What a check's own judge says of a written history. */
function judged(id: string, write: (open: Open, history: HistoryOf) => unknown): readonly Verdict[] {
  const of = { check: id, target: 'broker' };
  const history = new HistoryOf();
  write((client, present = false) => history.conn(client, of).client(connect()).server(connack(0, present)), history);
  const check = exchangeChecks.find((it) => it.id === id);
  return (check?.judge?.(cutSlice(history.events, of.check, of.target)) ?? []).map((it) => it.verdict);
}

const sent = (text: string, packetId: number, dup = false): Publish =>
  publish(1, packetId, { dup, payload: Buffer.from(text) });

const order = (before: readonly Publish[], after: readonly Publish[]): readonly Verdict[] =>
  judged('session/redelivery-order', (open) => {
    open('sub0')
      .server(...before)
      .ended('client', 'rst');
    open('sub0', true).server(...after);
  });

test('what is sent again in its order passes, in another one fails', () => {
  expect(order([sent('a', 1), sent('b', 2)], [sent('a', 1, true), sent('b', 2, true)])).toEqual(['pass']);
  expect(order([sent('a', 1), sent('b', 2)], [sent('b', 2, true), sent('a', 1, true)])).toEqual(['fail']);
});

test('a server that sends one message at a time has no order to keep', () => {
  expect(order([sent('a', 1)], [sent('a', 1, true), sent('b', 2)])).toEqual(['notExercised']);
});

test('a newer message among what is sent again is not for this judge', () => {
  const after = [sent('a', 1, true), sent('newer', 3), sent('b', 2, true)];
  expect(order([sent('a', 1), sent('b', 2)], after)).toEqual(['pass']);
});

/** The QoS 2 part is finished as it should be; `write` goes on with the QoS 1 part behind its UNSUBACK. */
const finished = (write: (open: Open) => unknown): Verdict | undefined =>
  judged('unsubscribe/finishes-what-was-begun', (open) => {
    const begun = Buffer.from('begun');
    const amid = (client: string, qos: 1 | 2): Conn =>
      open(client)
        .client(subscribe(1, { t: qos }))
        .server(suback(1, qos), publish(qos, 7, { payload: begun }), unsuback(2));
    amid('two', 2).client(pubrec(7)).server(pubrel(7));
    amid('one', 1).ended('client', 'rst');
    write(open);
  }).at(1);

test('a delivery that comes again passes, one that does not fails', () => {
  expect(finished((open) => open('one', true).server(sent('begun', 7, true)))).toBe('pass');
  expect(finished((open) => open('one', true))).toBe('fail');
});

test('a session that is gone took its delivery along: that is not about unsubscribing', () => {
  expect(finished((open) => open('one', false))).toBe('inconclusive');
});
