// Histories without a file: an array for tests and short runs, and one that feeds several.
import type { History, HistoryEvent } from './event.ts';
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

/** Passes each draft to all of `histories`; every one numbers and times it by itself. */
export function teeHistory(...histories: readonly History[]): History {
  return {
    record(draft) {
      for (const history of histories) history.record(draft);
    },
  };
}
