// Timers count whole milliseconds: a link that waits for one is early as often as late, and never by more than half of one more.
import type { Clock } from '../../net/clock.ts';

/** What is due within so long is due. */
export const timerGrainMs = 0.5;

/** How long to wait for something that is due then: a timer that is set so rings around that moment, and not behind it. */
export function untilDueMs(dueMs: number, clock: Clock): number {
  return Math.max(0, dueMs - timerGrainMs - clock.nowMs());
}
