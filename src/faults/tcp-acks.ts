// When a TCP receiver acknowledges, as Linux decides it: this is most of what a small message costs beside itself.

/** Linux's TCP_ATO_MIN: the shortest wait of a delayed acknowledgement. */
const delayMs = 40;
/** Linux's TCP_DELACK_MAX: the longest. */
const longestDelayMs = 200;
/** So many acknowledgements go out at once at the start, after a long silence, and after a hole. */
const quickAcks = 16;
/** What a segment counts as full-sized at first, until a larger one has come. */
const firstFullB = 536;
/** After so many acknowledgements for one hole, Linux sends at most one each {@link sackGapMs}. */
const promptDuplicates = 3;
const sackGapMs = 1;

/**
 * The acknowledging half of one end of a connection, after Linux 6 (`tcp_event_data_recv`, `__tcp_ack_snd_check`,
 * `tcp_cleanup_rbuf`, `tcp_delack_timer_handler`, thresholds at their defaults), for an application that reads at once.
 * What comes says whether a pure acknowledgement goes out now; `dueMs` is when one goes out by itself.
 */
export class TcpAcks {
  /** When the delayed acknowledgement is due; Infinity: none is. */
  dueMs = Number.POSITIVE_INFINITY;
  #lastReceivedMs: number;
  #waitMs = 0;
  #quick = 0;
  /** Linux's ping-pong mode: the application answers what it gets, so acknowledgements wait for a ride. */
  #interactive = false;
  #unackedB = 0;
  #smallPieces = 0;
  #fullB = firstFullB;
  #duplicates = 0;
  #lastDuplicateMs = Number.NEGATIVE_INFINITY;

  constructor(openedMs: number) {
    this.#lastReceivedMs = openedMs;
  }

  /** The next bytes of the stream have come; `rttMs` and `rtoMs` as this end knows them. */
  received(payloadB: number, nowMs: number, rttMs: number, rtoMs: number): boolean {
    this.#adapt(nowMs, rtoMs);
    this.#unackedB += payloadB;
    if (payloadB >= this.#fullB) this.#fullB = payloadB;
    else this.#smallPieces++;
    const more = this.#unackedB > this.#fullB;
    const readOut = this.#smallPieces > (this.#interactive ? 1 : 0);
    if (more || readOut || (this.#quick > 0 && !this.#interactive)) return true;
    this.#delay(nowMs, rttMs);
    return false;
  }

  /** Bytes have come behind a hole. */
  outOfOrder(nowMs: number): boolean {
    this.#hurry();
    this.#duplicates++;
    if (this.#duplicates > promptDuplicates && nowMs - this.#lastDuplicateMs < sackGapMs) return false;
    this.#lastDuplicateMs = nowMs;
    return true;
  }

  /** A hole was filled, or bytes came a second time: the caller acknowledges either at once. */
  mended(nowMs: number): void {
    this.#hurry();
    this.#lastReceivedMs = nowMs;
    this.#duplicates = 0;
  }

  /** A packet leaves this end, and acknowledges whatever came. */
  left(carriesData: boolean, nowMs: number): void {
    const pending = this.#unackedB > 0 || Number.isFinite(this.dueMs);
    if (this.#quick > 0 && pending && --this.#quick === 0) this.#waitMs = delayMs;
    this.#unackedB = 0;
    this.#smallPieces = 0;
    this.dueMs = Number.POSITIVE_INFINITY;
    if (carriesData && nowMs - this.#lastReceivedMs < this.#waitMs) this.#interactive = true;
  }

  /** The delayed acknowledgement is due: it found no ride. */
  fired(rtoMs: number): void {
    this.#waitMs = this.#interactive ? delayMs : Math.min(2 * this.#waitMs, rtoMs);
    this.#interactive = false;
  }

  #adapt(nowMs: number, rtoMs: number): void {
    const gapMs = nowMs - this.#lastReceivedMs;
    this.#lastReceivedMs = nowMs;
    if (this.#waitMs === 0) {
      this.#quick = quickAcks;
      this.#waitMs = delayMs;
    } else if (gapMs <= delayMs / 2) this.#waitMs = this.#waitMs / 2 + delayMs / 2;
    else if (gapMs < this.#waitMs) this.#waitMs = Math.min(this.#waitMs / 2 + gapMs, rtoMs);
    else if (gapMs > rtoMs) this.#quick = quickAcks;
  }

  #delay(nowMs: number, rttMs: number): void {
    const bound = Math.min(longestDelayMs, Math.max(rttMs, delayMs));
    this.dueMs = Math.min(this.dueMs, nowMs + Math.min(this.#waitMs, bound));
  }

  #hurry(): void {
    this.#quick = quickAcks;
    this.#interactive = false;
    this.#waitMs = delayMs;
  }
}
