// One direction of one connection over the embedded link: what enters comes out later, whole and in order.
import type { DrawName } from '../../faults/draw.ts';
import { headersB, Segmenter, type Segment, type StreamContent } from '../../faults/segmenter.ts';
import type { Segmentation } from '../../faults/segmentation.ts';
import { TcpPath, type Arrival, type PathWorld } from '../../faults/tcp-path.ts';
import type { CancelTimer, Clock } from '../../net/clock.ts';
import type { Channel } from './channel.ts';
import { Cutter, joined } from './cutter.ts';
import { timerGrainMs, untilDueMs } from './timer-grain.ts';
import type { LinkState } from './link-state.ts';

/** What a line needs to know and do. */
export interface LineOptions {
  readonly clock: Clock;
  readonly state: LinkState;
  readonly channel: Channel;
  readonly draws: Omit<DrawName, 'purpose' | 'n'>;
  readonly content: StreamContent;
  readonly deliver: (bytes: Uint8Array) => void;
  /** Cuts the stream anew where it comes out. */
  readonly segments?: Segmentation | undefined;
  /** Called with true when the line has all it can hold, with false when it has room again. */
  readonly full: (isFull: boolean) => void;
  /** Sees every transmission at both ends; absent where nobody asks. */
  readonly meter?: Pick<PathWorld, 'left' | 'came'> | undefined;
}

/** Bytes under way at which a sender has to wait where the link has no queue of its own, as for a full TCP window. */
const windowB = 4 * 2 ** 20;

/** A {@link TcpPath} on the clock: delays, holds and freezes a stream; never drops, changes or reorders a byte of it. */
export class Line {
  readonly #options: LineOptions;
  readonly #path: TcpPath;
  readonly #segmenter: Segmenter;
  readonly #cutter: Cutter | undefined;
  #enteredB = 0;
  #isFull = false;
  #isDropping = false;
  #holdUntilMs = 0;
  /** Stands still apart from the link, see `freeze`. */
  #isFrozen = false;
  #cancelTimer: CancelTimer | undefined;

  constructor(options: LineOptions) {
    const { clock, state, channel, draws, content, segments } = options;
    this.#options = options;
    this.#segmenter = new Segmenter(state.profile.mtuB, content);
    this.#path = new TcpPath(this.#world(), channel.rttMs, state.profile.mtuB - headersB);
    this.#cutter = segments && new Cutter({ how: segments, clock, draws, deliver: (it) => this.#deliver(it) });
    this.follow();
  }

  /** Sends bytes on their way. */
  enter(bytes: Uint8Array): void {
    this.#enteredB += bytes.length;
    const nowMs = this.#options.clock.nowMs();
    const isClear = this.#isClear(nowMs);
    if (isClear && this.#options.meter === undefined) {
      this.#segmenter.pass(bytes.length);
      return this.#arrive(bytes);
    }
    const segments = this.#segmenter.cut(bytes);
    if (isClear) {
      for (const it of segments) this.#meterAtOnce(it, nowMs);
      return this.#arrive(bytes);
    }
    for (const it of segments) this.#path.enter(it, Math.max(nowMs, this.#holdUntilMs));
    this.#run();
  }

  /** Sends the end of the stream on its way, behind everything before it. */
  enterEnd(arrive: () => void): void {
    const nowMs = this.#options.clock.nowMs();
    if (this.#isClear(nowMs)) return this.#arrive(arrive);
    this.#path.enterEnd(this.#enteredB, arrive, Math.max(nowMs, this.#holdUntilMs));
    this.#run();
  }

  /** What enters from now on sets out `holdMs` later; several holds do not add up. */
  hold(holdMs: number): void {
    this.#holdUntilMs = Math.max(this.#holdUntilMs, this.#options.clock.nowMs() + holdMs);
  }

  /** Frozen, nothing arrives, whatever the link does; thawed, what would have arrived does. */
  freeze(isFrozen: boolean): void {
    this.#isFrozen = isFrozen;
    this.#run();
  }

  /** The link has changed. */
  follow(): void {
    const isDropping = this.#options.state.passing(this.#options.draws.direction) === 'drop';
    if (isDropping && !this.#isDropping) this.#path.dropAll();
    this.#isDropping = isDropping;
    this.#run();
  }

  /** Nothing under way arrives any more. */
  clear(): void {
    this.#path.clear();
    this.#cutter?.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #isClear(nowMs: number): boolean {
    const isFree = this.#holdUntilMs <= nowMs && !this.#isFrozen && this.#path.isEmpty;
    return isFree && this.#options.channel.isTransparent;
  }

  #world(): PathWorld {
    const { state, channel, draws, meter } = this.#options;
    const { connection, direction } = draws;
    const isFrozen = (): boolean => this.#isFrozen;
    return {
      get state() {
        return isFrozen() ? 'freeze' : state.passing(direction);
      },
      get returnDelayMs() {
        return state.now(direction === 'toServer' ? 'toClient' : 'toServer').delayMs;
      },
      delayMs: (it, attempt) => channel.delayMs({ ...it, connection, direction, attempt }),
      isLost: (it, attempt, tMs) => channel.isLost({ ...it, connection, direction, attempt }, tMs),
      isAckLost: (it, attempt, tMs) => channel.isAckLost({ ...it, connection, direction, attempt }, tMs),
      carry: (payloadB, fromMs) => channel.carry(direction, payloadB + headersB, fromMs),
      left: (it) => meter?.left(it),
      came: (it) => meter?.came(it),
    };
  }

  #meterAtOnce({ bytes, isContinued }: Segment, nowMs: number): void {
    const { meter } = this.#options;
    if (meter === undefined) return;
    const kind = isContinued ? 'continued' : 'new';
    const it = { payloadB: bytes.length, kind, isLost: false, leftMs: nowMs, cameMs: nowMs } as const;
    meter.left(it);
    meter.came(it);
  }

  /** Delivers what has arrived, and waits for what has not. */
  #run(): void {
    const { clock } = this.#options;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const it of joined(this.#path.advance(clock.nowMs() + timerGrainMs))) this.#arrive(it);
    const { wakeAtMs } = this.#path;
    if (wakeAtMs < Infinity) {
      this.#cancelTimer = clock.after(untilDueMs(wakeAtMs, clock), () => this.#run());
    }
    const isFull = this.#path.heldB > this.#roomB();
    if (isFull !== this.#isFull) this.#options.full(isFull);
    this.#isFull = isFull;
  }

  #roomB(): number {
    const { queue, rateBitPerS } = this.#options.state.now(this.#options.draws.direction);
    if (queue === undefined || rateBitPerS === undefined) return windowB;
    const byTimeB = queue.maxMs === undefined ? Infinity : (queue.maxMs * rateBitPerS) / 8000;
    return Math.min(windowB, queue.maxB ?? Infinity, byTimeB);
  }

  #arrive(it: Arrival): void {
    if (this.#cutter) this.#cutter.enter(it);
    else this.#deliver(it);
  }

  #deliver(it: Arrival): void {
    if (it instanceof Uint8Array) this.#options.deliver(it);
    else it();
  }
}
