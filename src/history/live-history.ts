// Numbers and times events in one place and hands each to whoever watches the run live.
import type { EventDraft, History, HistoryEvent } from './event.ts';

/** Gets every event in order, right after it was kept. */
export type Watcher = (event: HistoryEvent) => void;

/** A history that can be watched while it grows: by live rules and by the status line. */
export interface LiveHistory extends History {
  /** Calls `watcher` with each event from now on; the result ends that. */
  watch(watcher: Watcher): () => void;
}

/** Microseconds are as fine as a tap in user space can honestly tell. */
const roundedMs = (ms: number): number => Math.round(ms * 1000) / 1000;

/**
 * A history that hands each numbered event to `keep`, then to its watchers.
 *
 * A watcher may record events of its own: they are delivered after the one at hand, so that all watchers see one
 * order. A watcher that throws is dropped, which a `mark` named `watcher-failed` tells.
 */
export function liveHistory(nowMs: () => number, keep: (event: HistoryEvent) => void): LiveHistory {
  const watchers = new Set<Watcher>();
  const undelivered: HistoryEvent[] = [];
  let delivering = false;
  let seq = 0;

  function record(draft: EventDraft): void {
    seq += 1;
    const event = { seq, tMs: roundedMs(draft.tMs ?? nowMs()), ...draft } as HistoryEvent;
    keep(event);
    if (watchers.size === 0) return;
    undelivered.push(event);
    if (!delivering) deliver();
  }

  function deliver(): void {
    delivering = true;
    for (let event = undelivered.shift(); event; event = undelivered.shift()) {
      for (const watcher of watchers) tell(watcher, event);
    }
    delivering = false;
  }

  function tell(watcher: Watcher, event: HistoryEvent): void {
    try {
      watcher(event);
    } catch (error) {
      watchers.delete(watcher);
      record({ kind: 'mark', name: 'watcher-failed', data: { why: String(error), event: event.seq } });
    }
  }

  return {
    record,
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}
