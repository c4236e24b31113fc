// One order of events for all watchers, also when a watcher records or breaks.
import { expect, test } from 'vitest';
import type { HistoryEvent } from '../../src/history/event.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';

test('events that a watcher records come after the one at hand, for all watchers', () => {
  const history = memoryHistory();
  const seen: HistoryEvent[] = [];
  history.watch((event) => {
    if (event.kind === 'taint') history.record({ kind: 'mark', name: 'noticed' });
  });
  history.watch((event) => seen.push(event));
  history.record({ kind: 'taint', connection: 'c1', why: 'on purpose' });
  expect(seen.map((it) => [it.seq, it.kind])).toEqual([
    [1, 'taint'],
    [2, 'mark'],
  ]);
  expect(history.events).toEqual(seen);
});

test('a watcher that throws is dropped, and the history says so', () => {
  const history = memoryHistory();
  history.watch(() => {
    throw new Error('broken display');
  });
  history.record({ kind: 'taint', connection: 'c1', why: 'on purpose' });
  history.record({ kind: 'taint', connection: 'c2', why: 'on purpose' });
  expect(history.events.map((it) => it.kind)).toEqual(['taint', 'mark', 'taint']);
  expect(history.events[1]).toMatchObject({ name: 'watcher-failed', data: { why: 'Error: broken display', event: 1 } });
});

test('a watcher can stop', () => {
  const history = memoryHistory();
  const seen: HistoryEvent[] = [];
  const stop = history.watch((event) => seen.push(event));
  history.record({ kind: 'mark', name: 'a' });
  stop();
  history.record({ kind: 'mark', name: 'b' });
  expect(seen.map((it) => it.kind === 'mark' && it.name)).toEqual(['a']);
});
