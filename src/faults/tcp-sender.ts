// What a TCP sender does about loss, as Linux does it: who told it what, what it sends again when, and when it holds back.
import { Fifo } from './fifo.ts';
import { RetransmissionTimer } from './retransmission-timer.ts';

/** A segment that was sent and is not acknowledged, as its sender knows it. */
export interface Outstanding {
  /** Sent so often before: 0 the first time. */
  attempt: number;
  /** When it was sent last. */
  sentMs: number;
  /** When the copy was sent that arrived last: what the far end echoes of its time stamp (RFC 7323). */
  echoedMs: number;
  /** When the far end got it first; Infinity while it has not. The sender learns of it by an acknowledgement. */
  gotMs: number;
  /** The far end has told that it has it, though something before it is missing. */
  isSacked: boolean;
  /** The sender takes it for lost, and will send it again. */
  isLost: boolean;
}

/** What wakes the sender: a probe for a lost tail, the timeout, or the end of the window for reordering. */
interface Alarm {
  readonly atMs: number;
  readonly kind: 'probe' | 'timeout' | 'reordering';
}

/** What an acknowledgement tells. */
export interface Acknowledgement {
  /** The far end had at this time what it had. */
  readonly gotUntilMs: number;
  /** Something is missing before what has arrived. */
  readonly hasHole: boolean;
}

/** Segments of full size that fill the window which Linux lets grow to 6 MiB. */
const mostOutstanding = 4096;
/** So many selective acknowledgements prove a loss without a window for reordering. */
const proofOfLoss = 3;
/** What Linux adds to two round trips before it probes: its least timeout for a lone segment, else two clock ticks. */
const loneProbeMs = 200;
const probeMs = 8;
/** Clocks are no finer than this in what they are compared for. */
const grainMs = 0.001;

/**
 * Selective acknowledgements with RACK and tail loss probes (RFC 8985), the retransmission timer with its doubling, and
 * the closed window while a loss is repaired: new segments then wait for the acknowledgement of the repair. While
 * nothing is missing the window is open; slow start and congestion avoidance are not modelled.
 */
export class TcpSender<Segment extends Outstanding> {
  readonly #timer: RetransmissionTimer;
  readonly #out = new Fifo<Segment>();
  /** How many of them are acknowledged selectively. */
  #sacked = 0;
  #state: 'open' | 'recovery' | 'loss' = 'open';
  /** How many segments may be under way while a loss is repaired. */
  #window = Infinity;
  /** The last segment that was out when the loss was found: its acknowledgement ends the repair. */
  #repairedWith: Segment | undefined;
  /** The last segment that a probe was about; no further one until it is acknowledged. */
  #probed: Segment | undefined;
  /** When the latest segment that is known to have arrived was sent, and how long its round trip took. */
  #latest = { sentMs: -Infinity, rttMs: 0 };
  #alarm: Alarm | undefined;

  constructor(rttMs: number) {
    this.#timer = new RetransmissionTimer(rttMs);
  }

  get isIdle(): boolean {
    return this.#out.length === 0;
  }

  /** When `wake` is due; Infinity when it is not. */
  get wakeAtMs(): number {
    return this.#alarm?.atMs ?? Infinity;
  }

  /** Whether a segment may be sent now: one that is lost, or a new one. */
  get maySend(): boolean {
    if (this.#state === 'open') return this.#out.length < mostOutstanding;
    return this.#underWay() < this.#window;
  }

  /** The first segment that is taken for lost. */
  get lost(): Segment | undefined {
    return this.#state === 'open' ? undefined : find(this.#out, (it) => it.isLost);
  }

  /** Nothing is to be sent again. */
  clear(): void {
    this.#out.clear();
    this.#sacked = 0;
    this.#alarm = undefined;
  }

  /** A segment goes out for the first time. */
  sent(segment: Segment): void {
    this.#out.push(segment);
    if (this.#out.length === 1 || this.#state === 'open') this.#arm(segment.sentMs);
  }

  /** A segment goes out again. */
  sentAgain(segment: Segment): void {
    segment.isLost = false;
    if (segment === this.#out.first) this.#armTimeout(segment.sentMs);
  }

  /** An acknowledgement comes in that tells what the far end had at `gotUntilMs`. */
  acknowledged({ gotUntilMs, hasHole }: Acknowledgement, nowMs: number): void {
    const fresh: Segment[] = [];
    let hasAdvanced = false;
    for (let { first } = this.#out; first && first.gotMs <= gotUntilMs; first = this.#out.first) {
      if (first.isSacked) this.#sacked -= 1;
      else fresh.push(first);
      this.#out.shift();
      this.#gone(first);
      hasAdvanced = true;
    }
    if (hasHole) fresh.push(...this.#sack(gotUntilMs));
    if (fresh.length === 0 && !hasAdvanced) return;
    for (const it of fresh) this.#measure(it, nowMs);
    if (hasAdvanced) this.#timer.recover();
    if (this.#state === 'loss') this.#window += fresh.length;
    const isWaiting = this.#findLosses(nowMs);
    if (this.#state === 'recovery') this.#window = this.#underWay() + Math.max(1, fresh.length);
    if (!isWaiting && (hasAdvanced || this.#alarm === undefined)) this.#arm(nowMs);
  }

  /** Notes what has arrived behind a hole; gives what was not known. */
  #sack(gotUntilMs: number): readonly Segment[] {
    const fresh: Segment[] = [];
    for (const it of this.#out) {
      if (it.isSacked || it.gotMs > gotUntilMs) continue;
      it.isSacked = true;
      it.isLost = false;
      fresh.push(it);
    }
    this.#sacked += fresh.length;
    return fresh;
  }

  /**
   * The alarm rings.
   * @returns a segment to send again as a probe, beside what `lost` names
   */
  wake(nowMs: number): Segment | undefined {
    const kind = this.#alarm?.kind;
    this.#alarm = undefined;
    const { last } = this.#out;
    if (last === undefined) return undefined;
    if (kind === 'probe') {
      this.#probed = last;
      this.#armTimeout(nowMs);
      return last;
    }
    if (kind === 'timeout') this.#timeOut(nowMs);
    else this.#findLosses(nowMs);
    return undefined;
  }

  #timeOut(nowMs: number): void {
    this.#state = 'loss';
    this.#window = 1;
    this.#repairedWith = this.#out.last;
    this.#probed = undefined;
    for (const it of this.#out) it.isLost = !it.isSacked;
    this.#timer.backOff();
    this.#armTimeout(nowMs);
  }

  /** A segment is acknowledged together with all before it. */
  #gone(segment: Segment): void {
    if (segment === this.#probed) this.#probed = undefined;
    if (segment !== this.#repairedWith) return;
    this.#repairedWith = undefined;
    this.#state = 'open';
  }

  /** Time stamps tell which copy it was, so that what was sent again is measured too. */
  #measure({ echoedMs }: Segment, nowMs: number): void {
    const rttMs = nowMs - echoedMs;
    this.#timer.sample(rttMs, nowMs);
    if (echoedMs > this.#latest.sentMs) this.#latest = { sentMs: echoedMs, rttMs };
  }

  /** Takes for lost what was sent before something that has arrived. Tells whether the window for reordering is open. */
  #findLosses(nowMs: number): boolean {
    if (this.#sacked === 0 && this.#state === 'open') return false;
    const isProven = this.#state !== 'open' || this.#sacked >= proofOfLoss;
    const windowMs = isProven ? 0 : this.#timer.rttMs / 4;
    let waitMs = 0;
    let hasFound = false;
    for (const it of this.#out) {
      if (it.isSacked || it.isLost || it.sentMs >= this.#latest.sentMs) continue;
      const leftMs = it.sentMs + this.#latest.rttMs + windowMs - nowMs;
      if (leftMs > grainMs) waitMs = Math.max(waitMs, leftMs);
      else it.isLost = hasFound = true;
    }
    if (hasFound && this.#state === 'open') {
      this.#state = 'recovery';
      this.#repairedWith = this.#out.last;
      this.#probed = undefined;
      this.#window = this.#underWay() + 1;
    }
    if (waitMs > 0) this.#alarm = { atMs: nowMs + waitMs, kind: 'reordering' };
    return waitMs > 0;
  }

  #arm(nowMs: number): void {
    const { first } = this.#out;
    this.#alarm = undefined;
    if (first === undefined) return;
    const timeoutAtMs = Math.max(nowMs, first.sentMs + this.#timer.timeoutMs);
    const mayProbe = this.#state === 'open' && this.#probed === undefined && this.#sacked === 0;
    const probeAtMs = nowMs + 2 * this.#timer.rttMs + (this.#out.length === 1 ? loneProbeMs : probeMs);
    this.#alarm =
      mayProbe && probeAtMs < timeoutAtMs
        ? { atMs: probeAtMs, kind: 'probe' }
        : { atMs: timeoutAtMs, kind: mayProbe ? 'probe' : 'timeout' };
  }

  #armTimeout(nowMs: number): void {
    this.#alarm = { atMs: nowMs + this.#timer.timeoutMs, kind: 'timeout' };
  }

  #underWay(): number {
    let count = 0;
    for (const it of this.#out) if (!it.isSacked && !it.isLost) count += 1;
    return count;
  }
}

function find<T>(items: Iterable<T>, fits: (it: T) => boolean): T | undefined {
  for (const it of items) if (fits(it)) return it;
  return undefined;
}
