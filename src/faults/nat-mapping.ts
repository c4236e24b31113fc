// What an address translator on the way knows of one connection: it forgets what was not used for long enough.

/** The mapping of one connection; made when the connection is. */
export class NatMapping {
  readonly #idleMs: number;
  #lastMs: number;
  #isGone = false;

  constructor(idleS: number, nowMs: number) {
    this.#idleMs = idleS * 1000;
    this.#lastMs = nowMs;
  }

  /** A packet passes, or would: tells whether the mapping was still there. Once gone it stays so. */
  use(nowMs: number): boolean {
    this.#isGone ||= nowMs - this.#lastMs > this.#idleMs;
    this.#lastMs = nowMs;
    return !this.#isGone;
  }
}
