// A clock that stands still until a test moves it.
import type { Clock } from '../../../src/net/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time on, firing what comes due on the way, each at its own moment. */
  advance(durationMs: number): void;
}

export function manualClock(): ManualClock {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly fire: () => void }>();
  return {
    domain: 'manual',
    nowMs: () => nowMs,
    after(delayMs, fire) {
      const timer = { atMs: nowMs + delayMs, fire };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(durationMs) {
      const endMs = nowMs + durationMs;
      for (;;) {
        const [next] = [...timers].filter((it) => it.atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
        if (!next) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.fire();
      }
      nowMs = endMs;
    },
  };
}
