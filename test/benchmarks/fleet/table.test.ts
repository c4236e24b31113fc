// What the table makes of rounds: medians, ratios round by round, and what was asked of which engine.
import { expect, test } from 'vitest';
import type { Goal, Row } from '../../../benchmarks/fleet/row.ts';
import { goalTable, judgeRow, median, rowTable, type PlayedRow } from '../../../benchmarks/fleet/table.ts';

function played(goal: Goal, better: 'more' | 'less', rounds: Readonly<Record<string, readonly number[]>>): PlayedRow {
  const row: Row = {
    id: 'row',
    title: 'a row',
    figures: { it: { title: 'it', digits: 1, better, goals: [goal] } },
    setting: () => ({ connections: 1, brokers: 1, load: { qos: 1, payloadB: 64, keepAliveS: 0, window: 1 } }),
    play: () => Promise.resolve({}),
  };
  const reached = Object.entries(rounds).map(([engine, values]) => ({ engine, rounds: values.map((it) => ({ it })) }));
  return { row, reached };
}

const verdict = (of: PlayedRow): unknown => judgeRow(of, 'ours')[0]?.verdict;
const ratio = { against: 'theirs', required: 0.5, aim: 0.75 };

test('the median of an even number lies between the two in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});

test('a ratio is taken in each round, so that a slow moment of the machine falls out', () => {
  const of = played(ratio, 'more', { ours: [60, 6, 70], theirs: [100, 10, 100] });
  expect(judgeRow(of, 'ours')[0]?.value).toBeCloseTo(0.6);
});

test('more is better: the aim, the required, and less than that', () => {
  expect(verdict(played(ratio, 'more', { ours: [80], theirs: [100] }))).toBe('aim reached');
  expect(verdict(played(ratio, 'more', { ours: [50], theirs: [100] }))).toBe('required reached');
  expect(verdict(played(ratio, 'more', { ours: [49], theirs: [100] }))).toBe('MISSED');
});

test('less is better, of the figure itself where nobody is named', () => {
  const goal = { required: 6, aim: 4.5 };
  expect(verdict(played(goal, 'less', { ours: [4.5] }))).toBe('aim reached');
  expect(verdict(played(goal, 'less', { ours: [6] }))).toBe('required reached');
  expect(verdict(played(goal, 'less', { ours: [6.1] }))).toBe('MISSED');
});

test('without our engine, or without the rival, nothing is decided', () => {
  expect(verdict(played(ratio, 'more', { theirs: [100] }))).toBe('not measured');
  expect(verdict(played(ratio, 'more', { ours: [100] }))).toBe('not measured');
});

test('as Markdown', () => {
  const of = played(ratio, 'more', { ours: [60, 50, 70], theirs: [100, 100, 1000] });
  expect(rowTable(of).split('\n').slice(-2)).toEqual([
    '| ours | 60.0 (50.0 to 70.0) |',
    '| theirs | 100.0 (100.0 to 1,000.0) |',
  ]);
  expect(goalTable(judgeRow(of, 'ours')).split('\n').at(-1)).toBe(
    '| row | it | theirs | 0.50x | ≥ 0.5x | ≥ 0.75x | required reached |',
  );
});
