// How long a TCP sender waits for an acknowledgement: RFC 6298 with the bounds that Linux has, and its way with the spread.

/** Linux: what the spread of round trips adds to the timeout at the least, and the longest timeout. */
const leastSpreadMs = 200;
const longestMs = 120_000;

/** The retransmission timeout of one connection, from the round trips that it has seen. */
export class RetransmissionTimer {
  #smoothedMs: number;
  #spreadMs: number;
  #narrowedAtMs = 0;
  #doublings = 0;

  /** @param rttMs the round trip of the handshake; its spread counts as half of it */
  constructor(rttMs: number) {
    this.#smoothedMs = rttMs;
    this.#spreadMs = rttMs / 2;
  }

  /** The smoothed round trip. */
  get rttMs(): number {
    return this.#smoothedMs;
  }

  /** How long an acknowledgement is waited for now. */
  get timeoutMs(): number {
    const onceMs = this.#smoothedMs + Math.max(leastSpreadMs, 4 * this.#spreadMs);
    return Math.min(longestMs, onceMs * 2 ** this.#doublings);
  }

  /** A round trip was seen. The spread grows at once, and shrinks once per round trip, as Linux does. */
  sample(rttMs: number, nowMs: number): void {
    const error = rttMs - this.#smoothedMs;
    this.#smoothedMs += error / 8;
    const change = (Math.abs(error) - this.#spreadMs) / 4;
    if (change < 0 && nowMs < this.#narrowedAtMs + this.#smoothedMs) return;
    if (change < 0) this.#narrowedAtMs = nowMs;
    this.#spreadMs += change;
  }

  /** It ran out: the next wait is twice as long. */
  backOff(): void {
    this.#doublings += 1;
  }

  /** Something new was acknowledged. */
  recover(): void {
    this.#doublings = 0;
  }
}
