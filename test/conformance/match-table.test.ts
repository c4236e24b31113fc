// A table passes where each filter got what it matches and no more, and says nothing where nothing can be known.
import { expect, test } from 'vitest';
import { matchTable } from '../../src/conformance/match-table.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, puback, publish, suback, subscribe } from '../judge/packets.ts';

const of = { check: 'filters/x', target: 'broker' };

/** One filter that matches the first of two topics. */
const table = (refused?: 'warn', filter = '%/a') =>
  matchTable({
    id: of.check,
    title: '',
    section: '4.7',
    needs: [],
    group: 'parallel',
    topics: ['%/a', '%/b'],
    rows: [{ filter, matches: ['%/a'], statements: ['MQTT-4.7.3-4'] }],
    ...(refused && { refused }),
  });

const message = (topic: string, index: number) => publish(1, 1, { topic, payload: Buffer.from(`p/message ${index}`) });
const asked = message('p/a', 0);
const other = message('p/b', 1);
const end = publish(1, 9, { topic: 'p/end-of-the-table', payload: Buffer.from('end') });

interface Story {
  readonly granted?: number;
  readonly got: readonly ReturnType<typeof publish>[];
  readonly isTaken?: boolean;
  readonly isClosed?: boolean;
  readonly filter?: string;
}

function judged(
  { granted = 1, got, isTaken = true, isClosed = false, filter = '%/a' }: Story,
  refused?: 'warn',
): readonly string[] {
  const h = new HistoryOf();
  const subscriber = h.conn('filter0', of).client(connect(), subscribe(1, { [filter.replace('%', 'p')]: 1 }));
  subscriber.server(connack(), suback(1, granted));
  for (const [index, sent] of [asked, other].entries()) {
    const publisher = h.conn(`topic${index}`, of).client(connect(), sent);
    publisher.server(connack(), ...(isTaken ? [puback(1)] : []));
    if (isClosed) publisher.ended('server');
  }
  subscriber.server(...got);
  const findings = table(refused, filter).judge?.(cutSlice(h.events, of.check, of.target)) ?? [];
  return findings.map((it) => it.verdict);
}

test('what is matched and nothing else passes', () => {
  expect(judged({ got: [asked, end] })).toEqual(['pass']);
});

test('a message that the filter does not match fails', () => {
  expect(judged({ got: [asked, other, end] })).toEqual(['fail']);
});

test('a message that comes under another topic fails', () => {
  expect(judged({ got: [{ ...asked, topic: 'p/A' }, end] })).toEqual(['fail']);
});

test('a message that does not come fails behind the end of all, and shows nothing without', () => {
  expect(judged({ got: [end] })).toEqual(['fail']);
  expect(judged({ got: [] })).toEqual(['inconclusive']);
});

const again = (topic: string, row: number) =>
  publish(1, 2, { topic, payload: Buffer.from(`p/message 0 again for filter${row}`) });

test('a message that comes when it is published again was lost, and not for its topic', () => {
  expect(judged({ got: [end, again('p/a', 0)] })).toEqual(['inconclusive']);
  expect(judged({ got: [end, again('p/A', 0)] })).toEqual(['fail']);
  expect(judged({ got: [end, again('p/a', 1)] })).toEqual(['fail']);
});

test('what is granted at QoS 0 may get lost', () => {
  expect(judged({ granted: 0, got: [end] })).toEqual(['inconclusive']);
  expect(judged({ granted: 0, got: [asked, end] })).toEqual(['pass']);
});

test('what came was taken over, also where its PUBACK is missing', () => {
  expect(judged({ isTaken: false, got: [asked, end] })).toEqual(['pass']);
});

test('without the end of all nothing is certain to be missing', () => {
  expect(judged({ got: [asked] })).toEqual(['inconclusive']);
});

test('an open refusal is inconclusive, or a remark where the standard allows it', () => {
  expect(judged({ granted: 0x80, got: [] })).toEqual(['inconclusive']);
  expect(judged({ granted: 0x80, got: [] }, 'warn')).toEqual(['warn']);
  expect(judged({ isTaken: false, got: [end] })).toEqual(['inconclusive']);
  expect(judged({ isTaken: false, isClosed: true, got: [end] }, 'warn')).toEqual(['warn']);
});

test('a message that is neither taken nor refused is no open refusal', () => {
  expect(judged({ isTaken: false, got: [end] }, 'warn')).toEqual(['inconclusive']);
});

test('a server may give a message another name that a wildcard matches, and none that it does not match', () => {
  expect(judged({ filter: '%/+', got: [{ ...asked, topic: 'p/renamed' }, end] })).toEqual(['pass']);
  expect(judged({ filter: '%/+', got: [{ ...asked, topic: 'p/a/b' }, end] })).toEqual(['fail']);
});
