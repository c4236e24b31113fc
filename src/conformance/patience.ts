// How long a suite bears with a target that does not play along: so many failures, and so much time.
import type { Clock } from '../net/clock.ts';
import { SituationFailed } from './bench.ts';

/** So many checks that could not be brought about, in a row or as most of those tried: the rest is not tried. */
const hopelessAfter = 16;

/** Says when no further check is tried, and ends those under way when the time is up. Disposing ends the count. */
export class Patience implements Disposable {
  readonly #timeUp = new AbortController();
  readonly #clock: Clock;
  readonly #timeLimitMs: number;
  #leftMs: number;
  /** Since when time is counted, and how to stop that; absent while a broker starts. */
  #counting: { readonly sinceMs: number; readonly cancel: () => void } | undefined;
  #starting = 0;
  #tried = 0;
  #failed = 0;
  #inARow = 0;
  #hopeless: string | undefined;

  constructor(clock: Clock, timeLimitMs: number) {
    this.#clock = clock;
    this.#timeLimitMs = timeLimitMs;
    this.#leftMs = timeLimitMs;
    this.#count();
  }

  /** The start of a broker of ours has a limit of its own: time does not count until it is over. */
  async spare<T>(start: Promise<T>): Promise<T> {
    this.#starting += 1;
    this.#stop();
    try {
      return await start;
    } finally {
      this.#starting -= 1;
      if (this.#starting === 0) this.#count();
    }
  }

  /** Aborted when the time is up. */
  get signal(): AbortSignal {
    return this.#timeUp.signal;
  }

  /** Why no further check is tried; nothing while there is hope. */
  get over(): string | undefined {
    return this.#hopeless;
  }

  /** Takes note of a check that was tried: `failure` is why its situation could not be brought about. */
  note(failure: string | undefined): void {
    this.#tried += 1;
    if (failure === undefined) {
      this.#inARow = 0;
      return;
    }
    this.#failed += 1;
    this.#inARow += 1;
    const isMost = this.#failed >= hopelessAfter && 2 * this.#failed > this.#tried;
    if (this.#inARow < hopelessAfter && !isMost) return;
    this.#hopeless ??= `${this.#failed} of ${this.#tried} checks failed to come about; the last: ${failure}`;
  }

  [Symbol.dispose](): void {
    this.#starting += 1; // Nothing is counted any more.
    this.#stop();
  }

  #count(): void {
    const cancel = this.#clock.after(Math.max(0, this.#leftMs), () => {
      const why = `the time for all checks, ${this.#timeLimitMs / 1000} s, was over`;
      this.#timeUp.abort(new SituationFailed(why));
      this.#hopeless = why;
    });
    this.#counting = { sinceMs: this.#clock.nowMs(), cancel };
  }

  #stop(): void {
    if (this.#counting === undefined) return;
    this.#counting.cancel();
    this.#leftMs -= this.#clock.nowMs() - this.#counting.sinceMs;
    this.#counting = undefined;
  }
}
