// How late this process itself was: latencies below that are the bench's own, and a report has to say so.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { History } from '../history/event.ts';

/** How often the event loop is sampled; Node's figures include this interval. */
const samplingMs = 10;

/** Samples from now on. */
export interface LoopLag {
  /** Stops, and notes the figures as the mark `event-loop-lag`; without a sample nothing is noted. */
  noteIn(history: History): void;
}

export function sampleLoopLag(): LoopLag {
  const histogram = monitorEventLoopDelay({ resolution: samplingMs });
  histogram.enable();
  return {
    noteIn(history) {
      histogram.disable();
      if (histogram.count === 0) return;
      const p99Ms = lagMs(histogram.percentile(99));
      history.record({ kind: 'mark', name: 'event-loop-lag', data: { p99Ms, maxMs: lagMs(histogram.max) } });
    },
  };
}

function lagMs(intervalNs: number): number {
  return Math.max(0, Math.round(intervalNs / 1e4 - samplingMs * 100) / 100);
}
