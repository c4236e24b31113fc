// A history without a file: an array, for tests and short runs.
import type { HistoryEvent } from './event.ts';
import { liveHistory, type LiveHistory } from './live-history.ts';

/** A history kept in an array. */
export interface MemoryHistory extends LiveHistory {
  /** Every event so far; grows as the run goes on. */
  readonly events: readonly HistoryEvent[];
}

/** Keeps everything in memory; `nowMs` is the run's clock (default: every event at 0, for tests without time). */
export function memoryHistory(nowMs: () => number = () => 0): MemoryHistory {
  const events: HistoryEvent[] = [];
  const live = liveHistory(nowMs, (event) => events.push(event));
  return { ...live, events };
}
