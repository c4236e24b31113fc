// The clock that a device believes in: it runs fast or slow, and it can be put forward or back.
import type { Clock } from '../../net/clock.ts';

/** Source time of a device. What it waits for is not moved by a step, as with a real controller's tick. */
export class DeviceClock {
  readonly #clock: Clock;
  readonly #driftPpm: number;
  #steppedMs = 0;

  /** @param driftPpm millionths by which it runs fast; slow when negative */
  constructor(clock: Clock, driftPpm = 0) {
    this.#clock = clock;
    this.#driftPpm = driftPpm;
  }

  /** What it shows, in milliseconds since the run began. */
  nowMs(): number {
    return this.tickMs() + this.#steppedMs;
  }

  /** What it counts: with its drift, without its steps. */
  tickMs(): number {
    return this.#clock.nowMs() * (1 + this.#driftPpm / 1e6);
  }

  /** Puts it forward, or back when negative. */
  step(byMs: number): void {
    this.#steppedMs += byMs;
  }
}
