// One time axis for all series of a run, in so few intervals that a page stays small whatever the length of the run.
import type { HistoryEvent } from '../../history/event.ts';

/** Intervals of equal length from the start of the run on. */
export interface TimeAxis {
  readonly stepMs: number;
  /** At least 1, at most {@link mostIntervals}. */
  readonly count: number;
}

/** More than these nobody tells apart on a screen. */
export const mostIntervals = 150;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** Lengths that people count in; beyond them whole days, doubled as often as it takes. */
const lengthsMs = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((it) => it * second),
  ...[1, 2, 5, 10, 15, 30].map((it) => it * minute),
  ...[1, 2, 4, 6, 12].map((it) => it * hour),
];

/** The shortest of the usual lengths of which `most` reach from 0 to `endMs`. */
export function stepFor(endMs: number, most: number): number {
  const known = lengthsMs.find((it) => endMs < it * most);
  if (known !== undefined) return known;
  let stepMs = 24 * hour;
  while (endMs >= stepMs * most) stepMs *= 2;
  return stepMs;
}

/** The axis of a run that ended at `endMs`. */
export function timeAxis(endMs: number): TimeAxis {
  const stepMs = stepFor(endMs, mostIntervals);
  return { stepMs, count: Math.floor(Math.max(0, endMs) / stepMs) + 1 };
}

/** Whether publishing ends here, or what was under way has settled: what the bench takes down after that says nothing. */
export function isEndOfPlay(event: HistoryEvent): boolean {
  if (event.kind !== 'mark') return false;
  return event.name === 'settled' || (event.name === 'timeline' && event.data?.['step'] === 'publishing ends');
}

/** When the last thing happened. */
export function endOf(events: readonly HistoryEvent[]): number {
  return events.reduce((latest, { tMs }) => Math.max(latest, tMs), 0);
}

/** The interval in which `tMs` lies; moments outside belong to the first or last. */
export function intervalAt({ stepMs, count }: TimeAxis, tMs: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(tMs / stepMs)));
}
