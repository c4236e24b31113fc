// What is shown around an offending packet.
import { describe, expect, test } from 'vitest';
import { describeDeed } from '../../src/report/describe-event.ts';
import { Excerpts } from '../../src/report/excerpt.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, puback, publish } from '../judge/packets.ts';

function history(): HistoryOf {
  const written = new HistoryOf();
  const busy = written.conn('pump', { link: 'sat', target: 'b', check: 'a/check' });
  busy.client(connect()).server(connack());
  written.conn('other').client(connect());
  for (const id of [1, 2, 3, 4]) busy.client(publish(1, id)).server(puback(id));
  busy.ended('client');
  return written.record({ kind: 'check', check: 'a/check', target: 'b', phase: 'driven' });
}

describe('an excerpt', () => {
  const { events } = history();
  const excerpts = new Excerpts(events);
  const seqOf = (deed: string): number =>
    events.find((it) => it.kind === 'packet' && describeDeed(it) === deed && it.seenAt === 'serverEnd')?.seq ?? 0;

  test('holds three before and three after on the same connection, as the same tap saw them', () => {
    const lines = excerpts.of({ events: [seqOf('PUBACK id 2')] });
    expect(lines.map((it) => describeDeed(it.event))).toEqual([
      "PUBLISH q1 id 1 't' 1 B",
      'PUBACK id 1',
      "PUBLISH q1 id 2 't' 1 B",
      'PUBACK id 2',
      "PUBLISH q1 id 3 't' 1 B",
      'PUBACK id 3',
      "PUBLISH q1 id 4 't' 1 B",
    ]);
    expect(lines.map((it) => it.offending)).toEqual([false, false, false, true, false, false, false]);
  });

  test('holds everything cited, with the wrong bytes at their packet', () => {
    const [first, last] = [seqOf("PUBLISH q1 id 1 't' 1 B"), seqOf('PUBACK id 4')];
    const lines = excerpts.of({ events: [first, last], bytes: { event: last, offset: 2, length: 2 } });
    expect(lines.filter((it) => it.cited).map((it) => it.event.seq)).toEqual([first, last]);
    expect(lines.find((it) => it.offending)?.wrongBytes).toMatchObject({ offset: 2, length: 2 });
  });

  test('of a check that was driven shows the end of its connections', () => {
    const lines = excerpts.of({ events: [events.length] });
    expect(lines.map((it) => it.event.kind)).toEqual(['packet', 'packet', 'ended', 'check']);
  });

  test('of nothing is nothing', () => {
    expect(excerpts.of({ events: [] })).toEqual([]);
    expect(excerpts.of({ events: [99_999] })).toEqual([]);
  });
});
