// The two ways in which a timeline may be written, CSV and NDJSON, as the same rows: values with their places.
import { didYouMean } from '../error.ts';

/** A value that is there, and where; lines and columns count from 1. */
export interface TimelineCell {
  /** Text in CSV; in NDJSON whatever stands there. */
  readonly value: unknown;
  readonly line: number;
  readonly column: number;
}

/** A row's values by column; those left empty are not among them. */
export interface TimelineRow {
  readonly line: number;
  readonly column: number;
  readonly cells: ReadonlyMap<string, TimelineCell>;
}

/** Takes what is wrong, and where. */
export type ReportProblem = (
  problem: { readonly message: string; readonly expected?: string; readonly actual?: string; readonly hint?: string },
  at: { readonly line: number; readonly column: number },
) => void;

interface Line {
  readonly number: number;
  readonly text: string;
}

/** The rows of a timeline's text. Which way it is written shows in its first character; empty lines are passed over. */
export function timelineRows(text: string, columns: readonly string[], report: ReportProblem): readonly TimelineRow[] {
  const lines = text
    .replace(/^\u{feff}/u, '')
    .split(/\r?\n/)
    .map((it, index): Line => ({ number: index + 1, text: it }))
    .filter((it) => it.text.trim() !== '');
  const [first, ...others] = lines;
  const isNdjson = first?.text.trimStart().startsWith('{') ?? false;
  if (first === undefined || (others.length === 0 && !isNdjson)) {
    report(
      {
        message: 'a timeline without rows',
        expected: `lines below the header ${columns.join(',')}, or one JSON object per line`,
        actual: first === undefined ? 'an empty file' : 'one line',
      },
      { line: first?.number ?? 1, column: 1 },
    );
    return [];
  }
  return isNdjson ? ndjsonRows(lines, columns, report) : csvRows(first, others, columns, report);
}

function csvRows(
  header: Line,
  lines: readonly Line[],
  columns: readonly string[],
  report: ReportProblem,
): TimelineRow[] {
  const names = csvCells(header);
  for (const [index, name] of names.entries()) {
    const word = String(name.value);
    if (!columns.includes(word)) report(unknown('column', word, columns), name);
    else if (names.findIndex((it) => it.value === word) !== index) report({ message: `two columns ${word}` }, name);
  }
  if (!names.some((it) => it.value === 'tS')) {
    report(
      { message: 'a header without tS', expected: columns.join(','), actual: header.text },
      { line: header.number, column: 1 },
    );
    return [];
  }
  return lines.map((line) => {
    const cells = csvCells(line);
    if (cells.length !== names.length) {
      const [expected, actual] = [`${names.length} cells, as in the header`, `${cells.length}`];
      report({ message: 'a row that does not fit the header', expected, actual }, cells.at(-1) ?? at(line));
    }
    const named = names.flatMap((name, index) => {
      const cell = cells[index];
      return cell === undefined || cell.value === '' ? [] : [[String(name.value), cell] as const];
    });
    return { ...at(line), cells: new Map(named) };
  });
}

/** Cells between commas, without the blanks and the double quotes around them (RFC 4180; no line breaks within). */
function csvCells({ number, text }: Line): TimelineCell[] {
  const cells: TimelineCell[] = [];
  const pattern = /\s*("(?:[^"]|"")*"\s*(?=,|$)|[^,]*)(,?)/y;
  for (;;) {
    const [, raw = '', comma = ''] = pattern.exec(text) ?? [];
    const word = raw.trim();
    const value = /^".*"$/s.test(word) ? word.slice(1, -1).replaceAll('""', '"').trim() : word;
    const column = pattern.lastIndex - comma.length - raw.length + 1;
    cells.push({ value, line: number, column });
    if (comma === '') return cells;
  }
}

function ndjsonRows(lines: readonly Line[], columns: readonly string[], report: ReportProblem): TimelineRow[] {
  return lines.flatMap((line) => {
    const row = jsonObject(line, report);
    if (row === undefined) return [];
    const cells = new Map<string, TimelineCell>();
    for (const [key, value] of Object.entries(row)) {
      const cell = { value, line: line.number, column: columnOfKey(line.text, key) };
      if (!columns.includes(key)) report(unknown('key', key, columns), cell);
      else if (value !== null && value !== '') cells.set(key, cell);
    }
    return [{ ...at(line), cells }];
  });
}

function jsonObject(line: Line, report: ReportProblem): object | undefined {
  const expected = 'one JSON object';
  try {
    const value: unknown = JSON.parse(line.text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    report({ message: 'a line that is no object', expected, actual: line.text.trim().slice(0, 40) }, at(line));
  } catch (error) {
    const actual = error instanceof Error ? error.message : String(error);
    const position = Number(/position (\d+)/.exec(actual)?.[1] ?? (/end of JSON/.test(actual) ? line.text.length : 0));
    report({ message: 'a line that is no JSON', expected, actual }, { line: line.number, column: position + 1 });
  }
  return undefined;
}

function columnOfKey(text: string, key: string): number {
  return Math.max(0, text.indexOf(JSON.stringify(key))) + 1;
}

function at({ number, text }: Line): { line: number; column: number } {
  return { line: number, column: text.length - text.trimStart().length + 1 };
}

function unknown(what: string, word: string, known: readonly string[]): { message: string; hint: string } {
  return { message: `unknown ${what} "${word}"`, hint: didYouMean(word, known) };
}
