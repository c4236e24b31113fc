// What becomes of a link over time, as rows of a file: a recorded day, or one made up, to be played again.
import { didYouMean, FieldbenchError, type SourcePlace } from '../error.ts';
import { timelineRows, type ReportProblem, type TimelineCell, type TimelineRow } from './timeline-rows.ts';

/** What a row can say of a link's state; `rst`: connections are reset. */
export const timelineStates = ['up', 'drop', 'freeze', 'half-open-up', 'half-open-down', 'rst'] as const;

/** See {@link timelineStates}. */
export type TimelineState = (typeof timelineStates)[number];

/** A stretch of time in which nothing changes. Figures that are absent are the profile's. */
export interface TimelinePoint {
  readonly fromMs: number;
  /** The next change; Infinity behind the last row. */
  readonly untilMs: number;
  readonly state: TimelineState;
  /** Name of the profile from here on; absent: the link's own. */
  readonly profile?: string;
  /** One way, in each direction: half of the round trip of the file. */
  readonly delayMs?: number;
  /** In each direction, as it stands in the file. */
  readonly jitterMs?: number;
  readonly lossPct?: number;
  readonly downBitPerS?: number;
  readonly upBitPerS?: number;
}

/** A file of changes, read. */
export interface LinkTimeline {
  readonly file: string;
  /** Without holes from 0 to Infinity, in order. */
  readonly points: readonly TimelinePoint[];
  /** Profiles that it names, each with its first place, for whoever knows which profiles there are. */
  readonly profiles: ReadonlyMap<string, SourcePlace>;
}

/** Everything that is wrong with one timeline; `errors` holds each, with its place. */
export class TimelineErrors extends AggregateError {
  override readonly errors: FieldbenchError[];
  constructor(file: string, errors: FieldbenchError[]) {
    super(errors, `${file}: ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`);
    this.name = 'TimelineErrors';
    this.errors = errors;
  }
}

/**
 * Reads a timeline from the text of its file.
 *
 * CSV has a header with any of `tS,rttMs,jitterMs,lossPct,downBitPerS,upBitPerS,state,profile`, in any order, `tS`
 * among them. NDJSON has one object with the same keys per line, and is recognised by its first brace. Times count from
 * the start of the link and may not go back; of two rows at one time both hold. A cell that is empty (a key that is
 * absent or null) leaves things as they were: `up`, with the figures of the link's own profile, before the first row. A
 * row that names a profile begins anew with that profile's figures, and its own figures lie over them.
 *
 * @throws TimelineErrors with one FieldbenchError `FB_TIMELINE` for each thing that is wrong
 */
export function parseTimeline(text: string, file: string): LinkTimeline {
  const errors: FieldbenchError[] = [];
  const report: ReportProblem = (problem, { line, column }) =>
    errors.push(new FieldbenchError({ code: 'FB_TIMELINE', ...problem, at: { file, line, column } }));
  const rows = timelineRows(text, columns, report);
  const changes = rows.map((row) => changeOf(row, report));
  checkOrder(rows, report);
  if (errors.length > 0) throw new TimelineErrors(file, errors.toSorted(byPlace));
  return { file, points: pointsOf(changes), profiles: profilesOf(rows, file) };
}

/** The stretch that holds this moment; its `untilMs` is the next change. Moments before 0 count as 0. */
export function pointAt(timeline: LinkTimeline, tMs: number): TimelinePoint {
  const { points } = timeline;
  let [low, high] = [0, points.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((points[middle]?.fromMs ?? Infinity) <= tMs) low = middle;
    else high = middle - 1;
  }
  return points[low] ?? { fromMs: 0, untilMs: Infinity, state: 'up' };
}

/** Columns of numbers, with what they may be. */
const numbers = {
  tS: 'a number of seconds from 0 up',
  rttMs: 'a number of milliseconds from 0 up',
  jitterMs: 'a number of milliseconds from 0 up',
  lossPct: 'a number from 0 to 100',
  downBitPerS: 'a number of bits per second above 0',
  upBitPerS: 'a number of bits per second above 0',
} as const;
type NumberColumn = keyof typeof numbers;

const numberColumns = Object.keys(numbers) as NumberColumn[];
const columns: readonly string[] = [...numberColumns, 'state', 'profile'];

/** What one row says. */
interface Change extends Partial<Record<NumberColumn, number>> {
  readonly state?: TimelineState;
  readonly profile?: string;
}

function changeOf(row: TimelineRow, report: ReportProblem): Change {
  const figures: Partial<Record<NumberColumn, number>> = {};
  for (const column of numberColumns) {
    const cell = row.cells.get(column);
    if (cell === undefined) continue;
    const value = numberOf(cell);
    if (value !== undefined && isAllowed(column, value)) figures[column] = value;
    else report({ message: `this cannot be ${column}`, expected: numbers[column], actual: shown(cell) }, cell);
  }
  if (!row.cells.has('tS')) report({ message: 'a row without tS', expected: numbers.tS }, row);
  const state = stateOf(row.cells.get('state'), report);
  const profile = nameOf(row.cells.get('profile'), report);
  return { ...figures, ...(state !== undefined && { state }), ...(profile !== undefined && { profile }) };
}

/** Decimal numbers only: what `Number` takes beyond them (`0x10`, `Infinity`) is a mistake in a file of figures. */
function numberOf({ value }: TimelineCell): number | undefined {
  if (typeof value === 'number') return value;
  const isDecimal = typeof value === 'string' && /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(value);
  return isDecimal ? Number(value) : undefined;
}

function isAllowed(column: NumberColumn, value: number): boolean {
  if (!Number.isFinite(value) || value < 0) return false;
  if (column === 'lossPct') return value <= 100;
  return value > 0 || (column !== 'downBitPerS' && column !== 'upBitPerS');
}

function stateOf(cell: TimelineCell | undefined, report: ReportProblem): TimelineState | undefined {
  if (cell === undefined) return undefined;
  const state = timelineStates.find((it) => it === cell.value);
  if (state === undefined) {
    const actual = shown(cell);
    const hint = didYouMean(actual, timelineStates);
    report({ message: 'a link has no such state', expected: timelineStates.join(', '), actual, hint }, cell);
  }
  return state;
}

function nameOf(cell: TimelineCell | undefined, report: ReportProblem): string | undefined {
  if (cell === undefined) return undefined;
  if (typeof cell.value === 'string') return cell.value;
  report({ message: 'this cannot be profile', expected: 'the name of a profile', actual: shown(cell) }, cell);
  return undefined;
}

function shown({ value }: TimelineCell): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function checkOrder(rows: readonly TimelineRow[], report: ReportProblem): void {
  let lastS = 0;
  for (const { cells } of rows) {
    const cell = cells.get('tS');
    const tS = cell && numberOf(cell);
    if (cell === undefined || tS === undefined || !isAllowed('tS', tS)) continue;
    if (tS < lastS) report({ message: 'time goes back', expected: `tS ${lastS} or later`, actual: `tS ${tS}` }, cell);
    else lastS = tS;
  }
}

function pointsOf(changes: readonly Change[]): readonly TimelinePoint[] {
  const points: TimelinePoint[] = [{ fromMs: 0, untilMs: Infinity, state: 'up' }];
  for (const change of changes) {
    const fromMs = (change.tS ?? 0) * 1000;
    const before = points.pop();
    if (before === undefined) break;
    if (before.fromMs < fromMs) points.push({ ...before, untilMs: fromMs });
    points.push({ ...changed(before, change), fromMs });
  }
  return points;
}

function changed(before: TimelinePoint, change: Change): TimelinePoint {
  const { tS: _, rttMs, ...rest } = change;
  const { fromMs, untilMs, state } = before;
  const base = change.profile === undefined ? before : { fromMs, untilMs, state };
  return { ...base, ...rest, ...(rttMs !== undefined && { delayMs: rttMs / 2 }) };
}

function profilesOf(rows: readonly TimelineRow[], file: string): ReadonlyMap<string, SourcePlace> {
  const places = new Map<string, SourcePlace>();
  for (const { cells } of rows) {
    const cell = cells.get('profile');
    if (typeof cell?.value !== 'string' || places.has(cell.value)) continue;
    places.set(cell.value, { file, line: cell.line, column: cell.column });
  }
  return places;
}

function byPlace(one: FieldbenchError, other: FieldbenchError): number {
  const lines = (one.at?.line ?? 0) - (other.at?.line ?? 0);
  return lines === 0 ? (one.at?.column ?? 0) - (other.at?.column ?? 0) : lines;
}
