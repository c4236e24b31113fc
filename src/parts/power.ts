// What a simulated device runs on: paused, none of its timers fires and none of its sockets is read; cut, it is gone.
import type { CancelTimer, Clock } from '../net/clock.ts';

/** Power of one life of a device: what it runs stands and falls with it. */
export interface Power {
  /** Time goes on while it is paused; timers that come due then fire when it is resumed. */
  readonly clock: Clock;
  /** Aborted when the power is cut, or the run is over. */
  readonly signal: AbortSignal;
  readonly isPaused: boolean;
  readonly isCut: boolean;
  /** Calls back after each change, until the result is called. */
  follow(follower: () => void): () => void;
}

/** A power that can be switched. */
export class PowerSwitch implements Power {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly #off = new AbortController();
  readonly #followers = new Set<() => void>();
  /** Timers that came due while it was paused. */
  readonly #due = new Set<() => void>();
  #isPaused = false;
  #isCut = false;

  /** @param ends the run's own signal */
  constructor(clock: Clock, ends: AbortSignal) {
    this.signal = AbortSignal.any([ends, this.#off.signal]);
    this.clock = {
      domain: clock.domain,
      nowMs: () => clock.nowMs(),
      after: (delayMs, fire) => this.#after(clock, delayMs, fire),
    };
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  pause(): void {
    this.#isPaused = true;
    this.#tell();
  }

  resume(): void {
    this.#isPaused = false;
    this.#tell();
    for (const fire of this.#due) {
      this.#due.delete(fire);
      fire();
    }
  }

  /** Sockets are reset before anything hears of it, so that nothing is said any more. */
  cut(): void {
    if (this.isCut) return;
    this.#isCut = true;
    this.#due.clear();
    this.#tell();
    this.#off.abort(new Error('the power is cut'));
  }

  #tell(): void {
    for (const follower of this.#followers) follower();
  }

  #after(clock: Clock, delayMs: number, fire: () => void): CancelTimer {
    const ring = (): void => {
      if (this.isCut) return;
      if (this.#isPaused) this.#due.add(ring);
      else fire();
    };
    const cancel = clock.after(delayMs, ring);
    return () => {
      cancel();
      this.#due.delete(ring);
    };
  }
}
