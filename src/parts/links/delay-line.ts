// One direction of one connection over a link: what enters comes out later, whole, in order, or waits until it may.
import { delayOf, segmentsOf } from '../../faults/link-figures.ts';
import type { LinkFigures } from '../../faults/link-figures.ts';
import type { DrawName } from '../../faults/draw.ts';
import { joinedMs, piecesOf, type Segmentation } from '../../faults/segmentation.ts';
import type { CancelTimer, Clock } from '../../net/clock.ts';

/** What a line needs to know and do. */
export interface DelayLineOptions {
  readonly clock: Clock;
  /** Figures of the link as they are now. */
  readonly figures: () => LinkFigures;
  readonly draws: Omit<DrawName, 'purpose' | 'n'>;
  readonly deliver: (bytes: Uint8Array) => void;
  /** Cuts the stream anew. */
  readonly segments?: Segmentation | undefined;
  /** Called with true when the line has all it can hold, with false when it has room again. */
  readonly full: (isFull: boolean) => void;
}

/** Something under way: bytes, or what ends the stream behind them. */
interface Entry {
  dueMs: number;
  readonly delayMs: number;
  readonly content: Uint8Array | (() => void);
}

/** Bytes under way at which a sender has to wait, as it would for a full TCP window. */
const windowB = 4 * 2 ** 20;

/** Timers count whole milliseconds: what is due within half of one is due. */
const timerGrainMs = 0.5;

/** Delays, holds and freezes a stream; never drops, changes or reorders a byte of it. */
export class DelayLine {
  readonly #options: DelayLineOptions;
  readonly #underWay: Entry[] = [];
  #enteredB = 0;
  #underWayB = 0;
  #isFull = false;
  #isFrozen = false;
  #holdUntilMs = 0;
  #cancelTimer: CancelTimer | undefined;

  constructor(options: DelayLineOptions) {
    this.#options = options;
  }

  /** Sends bytes on their way. */
  enter(bytes: Uint8Array): void {
    const figures = this.#options.figures();
    const whole = [{ n: 0, bytes }];
    for (const segment of figures.jitterMs === 0 ? whole : segmentsOf(this.#enteredB, bytes)) {
      this.#enterSegment(this.#delayOf(segment.n), segment.bytes);
    }
    this.#enteredB += bytes.length;
    this.#run();
  }

  /** Sends the end of the stream on its way, behind everything before it. */
  enterEnd(arrive: () => void): void {
    this.#append(this.#options.figures().delayMs, arrive);
    this.#run();
  }

  /** What enters from now on sets out `holdMs` later; several holds do not add up. */
  hold(holdMs: number): void {
    this.#holdUntilMs = Math.max(this.#holdUntilMs, this.#options.clock.nowMs() + holdMs);
  }

  /** Frozen, nothing arrives. Thawed, all that was under way sets out again, as TCP would send it again. */
  freeze(isFrozen: boolean): void {
    if (this.#isFrozen && !isFrozen) this.#setOutAgain();
    this.#isFrozen = isFrozen;
    this.#run();
  }

  /** Nothing under way arrives any more. */
  clear(): void {
    this.#underWay.length = 0;
    this.#underWayB = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #delayOf(n: number): number {
    return delayOf(this.#options.figures(), { ...this.#options.draws, n });
  }

  #enterSegment(delayMs: number, bytes: Uint8Array): void {
    const { segments, draws } = this.#options;
    if (segments === undefined) return this.#append(delayMs, bytes);
    if (segments === 'joined') return this.#append(delayMs + joinedMs, bytes, this.#underWay.at(-1)?.dueMs);
    for (const [at, piece] of piecesOf(bytes, segments, draws, this.#enteredB).entries()) {
      this.#append(delayMs, piece, at === 0 ? undefined : (this.#underWay.at(-1)?.dueMs ?? 0) + 1);
    }
  }

  /** @param dueMs when it arrives, where its delay does not say it; never before what entered earlier. */
  #append(delayMs: number, content: Entry['content'], dueMs?: number): void {
    const setOutMs = Math.max(this.#options.clock.nowMs(), this.#holdUntilMs);
    const soonestMs = this.#underWay.at(-1)?.dueMs ?? 0;
    this.#underWay.push({ dueMs: Math.max(dueMs ?? setOutMs + delayMs, soonestMs), delayMs, content });
    this.#underWayB += sizeB(content);
  }

  #setOutAgain(): void {
    let lastMs = this.#options.clock.nowMs();
    for (const entry of this.#underWay) {
      entry.dueMs = Math.max(entry.dueMs, this.#options.clock.nowMs() + entry.delayMs, lastMs);
      lastMs = entry.dueMs;
    }
  }

  /** Delivers what is due, and waits for what is not. */
  #run(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (!this.#isFrozen) this.#deliverDue();
    const [head] = this.#underWay;
    if (head && !this.#isFrozen) {
      const waitMs = Math.max(0, head.dueMs - this.#options.clock.nowMs());
      this.#cancelTimer = this.#options.clock.after(waitMs, () => this.#run());
    }
    const isFull = this.#underWayB > windowB;
    if (isFull !== this.#isFull) this.#options.full(isFull);
    this.#isFull = isFull;
  }

  #deliverDue(): void {
    const nowMs = this.#options.clock.nowMs() + timerGrainMs;
    const waiting = this.#underWay.findIndex((it) => it.dueMs > nowMs);
    const due = this.#underWay.splice(0, waiting === -1 ? Infinity : waiting).map((it) => it.content);
    for (const content of this.#options.segments === 'joined' ? joined(due) : due) {
      this.#underWayB -= sizeB(content);
      if (content instanceof Uint8Array) this.#options.deliver(content);
      else content();
    }
  }
}

const sizeB = (content: Entry['content']): number => (content instanceof Uint8Array ? content.length : 0);

/** Neighbouring bytes as one piece. */
function joined(contents: readonly Entry['content'][]): readonly Entry['content'][] {
  const isEnd = (content: Entry['content']): content is () => void => !(content instanceof Uint8Array);
  const ends = contents.filter(isEnd);
  const bytes = contents.filter((it) => it instanceof Uint8Array);
  // Nothing enters behind an end.
  return bytes.length > 1 ? [Buffer.concat(bytes), ...ends] : contents;
}
