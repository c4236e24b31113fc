// The watchdog of a PLC: trips when nobody feeds it in time.
import type { CancelTimer, Clock } from '../../net/clock.ts';

/** Without a time it never trips. */
export class Watchdog {
  readonly #timeMs: number | undefined;
  readonly #clock: Clock;
  readonly #onTrip: () => void;
  #cancel: CancelTimer = () => {};
  #trips = 0;

  constructor(timeMs: number | undefined, clock: Clock, onTrip: () => void) {
    this.#timeMs = timeMs;
    this.#clock = clock;
    this.#onTrip = onTrip;
  }

  /** How often it has tripped. */
  get trips(): number {
    return this.#trips;
  }

  feed(): void {
    this.#cancel();
    if (this.#timeMs === undefined) return;
    this.#cancel = this.#clock.after(this.#timeMs, () => {
      this.#trips += 1;
      this.#onTrip();
    });
  }

  stop(): void {
    this.#cancel();
  }
}
