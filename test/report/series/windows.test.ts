// What stood in the way, from written histories.
import { expect, test } from 'vitest';
import type { EventDraft, LinkChanged, PartChanged } from '../../../src/history/event.ts';
import { windowText } from '../../../src/report/series/series-words.ts';
import { windowsOf } from '../../../src/report/series/windows.ts';
import { HistoryOf } from '../../judge/history-of.ts';

const link = (name: string, state: LinkChanged['state'], tMs: number): EventDraft => ({
  kind: 'link',
  link: name,
  state,
  figures: {},
  tMs,
});
const part = (state: PartChanged['state'], tMs: number): EventDraft => ({
  kind: 'part',
  part: 'hub',
  role: 'broker',
  state,
  tMs,
});
const phase = (name: string, tMs: number): EventDraft => ({ kind: 'mark', name: 'phase', data: { phase: name }, tMs });
const step = (words: string, tMs: number): EventDraft => ({
  kind: 'mark',
  name: 'timeline',
  data: { step: words },
  tMs,
});

function wordsOf(...drafts: readonly EventDraft[]): readonly string[] {
  const history = new HistoryOf();
  for (const it of drafts) history.record(it);
  return windowsOf(history.events, 60_000).shown.map(windowText);
}

test('links of one name that stand still together are one window', () => {
  expect(
    wordsOf(
      link('radio/a', 'up', 0),
      link('radio/a', 'cut', 1000),
      link('radio/b', 'cut', 1010),
      link('radio/a', 'up', 2000),
      link('radio/b', 'up', 3000),
      link('radio/a', 'frozen', 4000),
    ),
  ).toEqual(['link radio (2 of them) cut, 1.0 s to 3.0 s', 'link radio frozen, 4.0 s to the end']);
});

test('a part that stops, or was killed, is gone from then until it is ready', () => {
  expect(
    wordsOf(
      part('ready', 0),
      part('stopping', 1000),
      part('killed', 1500),
      part('starting', 2000),
      part('ready', 3000),
      part('exited', 4000),
    ),
  ).toEqual(['part hub killed, 1.0 s to 3.0 s', 'part hub exited, 4.0 s to the end']);
});

test('what is taken down when all is over is no fault', () => {
  expect(wordsOf(step('publishing ends', 5000), part('stopping', 6000), part('stopped', 6100))).toEqual([]);
});

test('phases follow each other until publishing ends', () => {
  const settled: EventDraft = { kind: 'mark', name: 'settled', tMs: 8000 };
  expect(wordsOf(phase('calm', 0), phase('storm', 2000), step('publishing ends', 5000), settled)).toEqual([
    'phase calm, 0.0 s to 2.0 s',
    'phase storm, 2.0 s to 5.0 s',
  ]);
});

test('of many windows the longest are shown and the others counted', () => {
  const history = new HistoryOf();
  for (let nth = 0; nth < 100; nth++) {
    history.record(link('radio', 'cut', nth * 500));
    history.record(link('radio', 'up', nth * 500 + nth + 1));
  }
  const { shown, left } = windowsOf(history.events, 60_000);
  expect(shown.length + left).toBe(100);
  expect(Math.min(...shown.map((it) => it.toMs - it.fromMs))).toBe(left + 1);
});
