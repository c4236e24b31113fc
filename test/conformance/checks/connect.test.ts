// A second connection with the same client id that is turned away: whether the first was kept decides.
import { expect, test } from 'vitest';
import { connectChecks } from '../../../src/conformance/checks/connect.ts';
import { connack, connect, pingreq, pingresp } from '../../judge/packets.ts';
import { HistoryOf } from '../../judge/history-of.ts';
import { cutSlice } from '../../../src/judge/slice.ts';

const of = { check: 'connect/take-over', target: 'broker' };

/** The first is connected, the second gets this code and is closed on, and the first stays or is closed. */
function verdicts(code: number | undefined, isKept: boolean): readonly string[] {
  const h = new HistoryOf();
  const first = h.conn('twice', of).client(connect()).server(connack());
  const second = h.conn('twice', of).client(connect());
  if (code !== undefined) second.server(connack(code));
  if (code !== 0) second.ended('server');
  if (isKept) first.client(pingreq).server(pingresp);
  else first.ended('server');
  const check = connectChecks.find((it) => it.id === of.check);
  return (check?.judge?.(cutSlice(h.events, of.check, of.target)) ?? []).map((it) => it.verdict);
}

test('turned away for the first, which stays', () => {
  expect(verdicts(2, true)).toEqual(['fail']);
  expect(verdicts(undefined, true)).toEqual(['fail']);
});

test('turned away for want of room, or with the first closed too: shows nothing', () => {
  expect(verdicts(3, true)).toEqual(['inconclusive']);
  expect(verdicts(2, false)).toEqual(['inconclusive']);
});

test('accepted: the rule judges', () => {
  expect(verdicts(0, false)).toEqual([]);
});
