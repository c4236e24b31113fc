// Plays rows with all engines in turns, and makes the table: medians, spreads, and what is asked of our engine.
import type { Figure, Goal, Measured, Row, Size } from './row.ts';
import type { Rival } from './rival.ts';
import { Stage } from './stage.ts';

/** What one engine reached in a row, round by round. */
export interface Reached {
  readonly engine: string;
  readonly rounds: readonly Measured[];
}

export interface PlayedRow {
  readonly row: Row;
  readonly reached: readonly Reached[];
}

/** Whether what is asked was reached. */
export type Verdict = 'aim reached' | 'required reached' | 'MISSED' | 'not measured';

/** One goal and what came of it. */
export interface Judged {
  readonly row: string;
  readonly what: string;
  readonly value: number | undefined;
  readonly goal: Goal;
  readonly better: 'more' | 'less';
  readonly verdict: Verdict;
}

/** Each engine once in every round, so that whatever else the machine does meets all of them. */
export async function playRow(
  row: Row,
  engines: readonly Rival[],
  { rounds, size, tell }: { readonly rounds: number; readonly size: Size; readonly tell: (line: string) => void },
): Promise<PlayedRow> {
  const able = engines.filter((it) => row.feat === undefined || it.feats.has(row.feat));
  const found = able.map((it) => ({ engine: it, rounds: [] as Measured[] }));
  for (let round = 1; round <= rounds; round++) {
    for (const { engine, rounds: sofar } of found) {
      await using stage = await Stage.set(engine, row.setting(size));
      const measured = await row.play(stage, size);
      sofar.push(measured);
      tell(`${row.id} ${round}/${rounds} ${engine.name}: ${told(row, measured)}`);
    }
  }
  return { row, reached: found.map((it) => ({ engine: it.engine.name, rounds: it.rounds })) };
}

function told({ figures }: Row, measured: Measured): string {
  return Object.entries(figures)
    .map(([key, { title, digits }]) => `${title} ${text(measured[key], digits)}`)
    .join(', ');
}

function text(value: number | undefined, digits: number): string {
  if (value === undefined) return '';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  if (low === undefined || high === undefined) throw new Error('no median of nothing');
  return (low + high) / 2;
}

const valuesOf = (reached: Reached, key: string): number[] => reached.rounds.map((it) => it[key] ?? Number.NaN);

/** What came of each goal of a row; a ratio is that of each round, and the median of these. */
export function judgeRow({ row, reached }: PlayedRow, ours: string): readonly Judged[] {
  const us = reached.find((it) => it.engine === ours);
  return Object.entries(row.figures).flatMap(([key, { title, goals = [], better = 'more' }]) =>
    goals.map((goal) => {
      const them = reached.find((it) => it.engine === goal.against);
      const value = us && (goal.against === undefined || them) ? median(ratios(us, them, key)) : undefined;
      return { row: row.id, what: title, value, goal, better, verdict: verdictOn(value, goal, better) };
    }),
  );
}

function ratios(us: Reached, them: Reached | undefined, key: string): readonly number[] {
  const theirs = them && valuesOf(them, key);
  return valuesOf(us, key).map((it, n) => it / (theirs === undefined ? 1 : (theirs[n] ?? Number.NaN)));
}

function verdictOn(value: number | undefined, { required, aim }: Goal, better: 'more' | 'less'): Verdict {
  if (value === undefined) return 'not measured';
  const reaches = (limit: number): boolean => (better === 'more' ? value >= limit : value <= limit);
  if (reaches(aim)) return 'aim reached';
  return reaches(required) ? 'required reached' : 'MISSED';
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** What all engines reached in a row, as Markdown: the median, and in brackets the least and the most. */
export function rowTable({ row, reached }: PlayedRow): string {
  const figures = Object.entries(row.figures);
  return [
    `## ${row.id}`,
    '',
    `${row.title}.`,
    '',
    line(['engine', ...figures.map(([, { title }]) => title)]),
    line(['---', ...figures.map(() => '---:')]),
    ...reached.map((it) => line([it.engine, ...figures.map(([key, figure]) => spread(valuesOf(it, key), figure))])),
  ].join('\n');
}

function spread(values: readonly number[], { digits }: Figure): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${text(median(values), digits)} (${text(least, digits)} to ${text(most, digits)})`;
}

/** What is asked of our engine and what came of it, as Markdown. */
export function goalTable(judged: readonly Judged[]): string {
  return [
    line(['row', 'what', 'against', 'came', 'required', 'aim', '']),
    line(['---', '---', '---', '---:', '---:', '---:', '---']),
    ...judged.map(({ row, what, value, goal, better, verdict }) => {
      const sign = better === 'more' ? '≥' : '≤';
      const times = goal.against === undefined ? '' : 'x';
      const came = value === undefined ? '' : `${value.toFixed(2)}${times}`;
      const against = goal.against ?? '';
      return line([
        row,
        what,
        against,
        came,
        `${sign} ${goal.required}${times}`,
        `${sign} ${goal.aim}${times}`,
        verdict,
      ]);
    }),
  ].join('\n');
}
