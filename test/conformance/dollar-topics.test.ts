// A wildcard filter passes only where a message on a $-topic was there that it would have matched, and came by its own filter.
import { expect, test } from 'vitest';
import { dollarTopicChecks } from '../../src/conformance/checks/dollar-topics.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import { HistoryOf } from '../judge/history-of.ts';
import type { Conn } from '../judge/history-of.ts';
import { connack, connect, publish, suback, subscribe } from '../judge/packets.ts';

const [connected, queued] = dollarTopicChecks;

const end = publish(1, 1, { topic: 'p/x', payload: Buffer.from('end') });
const own = publish(1, 2, { topic: '$p/x', payload: Buffer.from('live') });
const ofServer = publish(0, undefined, { topic: '$SYS/broker/version', retain: true });

const filters = ['#', '+/x', '+/#', '+/+'];

const accept = (h: HistoryOf, client: string, check: string): Conn =>
  h.conn(client, { check, target: 'broker' }).client(connect()).server(connack());

/** Verdicts on the four filters, with what the witnesses and the watcher of `#` got. */
function judged(story: { own?: boolean; ofServer?: boolean; hash?: readonly ReturnType<typeof publish>[] }) {
  const h = new HistoryOf();
  const id = connected?.id ?? '';
  for (const filter of filters) {
    const watcher = accept(h, `watcher ${filter}`, id).client(subscribe(1, { [filter]: 1 }));
    const isDenied = filter === '#' && story.hash?.length === 0;
    watcher.server(suback(1, isDenied ? 0x80 : 1), ...(filter === '#' ? (story.hash ?? [end]) : [end]));
  }
  accept(h, 'exact 0', id).server(...(story.own ? [own] : []));
  accept(h, 'exact 1', id).server(...(story.ofServer ? [ofServer] : []));
  return connected?.judge?.(cutSlice(h.events, id, 'broker')).map((it) => it.verdict);
}

test('filters that leave alone what they would match pass', () => {
  expect(judged({ own: true })).toEqual(['pass', 'pass', 'pass', 'pass']);
});

test('a message that the filter would not match without its $ shows nothing', () => {
  expect(judged({ ofServer: true })).toEqual(['pass', 'notExercised', 'pass', 'notExercised']);
  expect(judged({})).toEqual(filters.map(() => 'notExercised'));
});

test('a message on a $-topic fails', () => {
  expect(judged({ own: true, hash: [own, end] })).toEqual(['fail', 'pass', 'pass', 'pass']);
});

test('a filter that the server denies was never tried', () => {
  expect(judged({ own: true, hash: [] })).toEqual(['notExercised', 'pass', 'pass', 'pass']);
});

test('only a live message could have been queued', () => {
  const id = queued?.id ?? '';
  const verdicts = (witness: readonly ReturnType<typeof publish>[]) => {
    const h = new HistoryOf();
    accept(h, 'away', id)
      .client(subscribe(1, { '#': 1 }))
      .server(suback(1, 1))
      .ended('client');
    accept(h, 'exact 0', id).server(...witness);
    accept(h, 'exact 1', id);
    accept(h, 'away', id).server(end);
    return queued?.judge?.(cutSlice(h.events, id, 'broker')).map((it) => it.verdict);
  };
  expect(verdicts([own])).toEqual(['pass']);
  expect(verdicts([ofServer])).toEqual(['notExercised']);
});
