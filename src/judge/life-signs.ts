// When a server gave signs of life on connections that are judged elsewhere: asked for the last one up to a moment.

/** Times of packets from one server, in no order and with gaps, of each of which the ends are known. */
export class LifeSigns {
  #times: number[] = [];
  #lastMs = Number.NEGATIVE_INFINITY;

  /** The latest of all. */
  get lastMs(): number {
    return this.#lastMs;
  }

  add(times: readonly number[]): void {
    for (const it of times) {
      this.#times.push(it);
      this.#lastMs = Math.max(this.#lastMs, it);
    }
  }

  /** The latest that is not after `untilMs`. */
  lastUntil(untilMs: number): number {
    return this.#times.reduce((last, it) => (it <= untilMs && it > last ? it : last), Number.NEGATIVE_INFINITY);
  }

  /** Nobody will ask about earlier moments; of what was before, the last one may still be the answer. */
  forgetBefore(ms: number): void {
    const last = this.lastUntil(ms);
    this.#times = this.#times.filter((it) => it >= last);
  }
}
