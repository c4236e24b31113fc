// A modem that sleeps when nothing passes: the first packet after a while waits until it is awake.

/** Sleep and waking of one link, both directions together. It is asleep before the first packet. */
export class IdleWake {
  readonly #afterMs: number;
  readonly #extraMs: number;
  #lastMs = -Infinity;
  #awakeAtMs = 0;

  constructor({ afterS, extraMs }: { readonly afterS: number; readonly extraMs: number }) {
    this.#afterMs = afterS * 1000;
    this.#extraMs = extraMs;
  }

  /** When something that wants to go at `fromMs` can. */
  readyMs(fromMs: number): number {
    if (fromMs - this.#lastMs > this.#afterMs) this.#awakeAtMs = fromMs + this.#extraMs;
    this.#lastMs = Math.max(this.#lastMs, fromMs);
    return Math.max(fromMs, this.#awakeAtMs);
  }
}
