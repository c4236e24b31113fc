// A denied message passes where it was acknowledged or closed on, and where it shows that it was denied.
import { expect, test } from 'vitest';
import { aclChecks } from '../../src/conformance/checks/acl.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import { HistoryOf } from '../judge/history-of.ts';
import type { Conn } from '../judge/history-of.ts';
import { connack, connect, pingresp, puback, pubcomp, publish, pubrec } from '../judge/packets.ts';

const [check] = aclChecks;
const of = { check: check?.id ?? '', target: 'broker' };
const accept = (h: HistoryOf, client: string): Conn => h.conn(client, of).client(connect()).server(connack());
const allowed = (qos: 1 | 2) => publish(qos, qos, { topic: 'p/allowed/x', payload: Buffer.from(`${qos}`) });
const denied = publish(1, 1, { topic: 'p/denied/x', payload: Buffer.from('denied at QoS 1') });

/** Verdicts at QoS 1 and 2; the message at QoS 2 is always acknowledged. */
function judged(answer: (it: Conn) => unknown, got = [allowed(1), allowed(2)]): readonly string[] | undefined {
  const h = new HistoryOf();
  answer(accept(h, 'denied1').client(denied));
  accept(h, 'denied2').client(publish(2, 1)).server(pubrec(1), pubcomp(1));
  accept(h, 'permitted').server(puback(1), pubcomp(2));
  accept(h, 'observer').server(...got);
  return check?.judge?.(cutSlice(h.events, of.check, of.target)).map((it) => it.verdict);
}

test('an acknowledgement passes, and a close', () => {
  expect(judged((it) => it.server(puback(1)))).toEqual(['pass', 'pass']);
  expect(judged((it) => it.ended('server'))).toEqual(['pass', 'pass']);
});

test('silence fails on a connection that goes on, and shows nothing on one that does not', () => {
  expect(judged((it) => it.server(pingresp))).toEqual(['fail', 'pass']);
  expect(judged((it) => it)).toEqual(['inconclusive', 'pass']);
});

test('a message that reaches a subscriber was not denied', () => {
  expect(judged((it) => it.server(puback(1)), [denied, allowed(1), allowed(2)])).toEqual(['notExercised', 'pass']);
});

test('an observer that gets nothing does not show that it was denied', () => {
  expect(judged((it) => it.server(puback(1)), [])).toEqual(['inconclusive', 'inconclusive']);
});
