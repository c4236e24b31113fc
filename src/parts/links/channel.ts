// What the connections of one link share of it: the media that bytes take turns on, loss, sleep, and what is metered.
import { IdleWake } from '../../faults/idle-wake.ts';
import { jitterMs } from '../../faults/jitter.ts';
import type { LinkProfile } from '../../faults/link-profile.ts';
import { createLoss, type SegmentLoss } from '../../faults/loss.ts';
import { airB, Medium, type SharedMedia } from '../../faults/medium.ts';
import { draw } from '../../faults/draw.ts';
import type { Direction } from '../../faults/packet-fault.ts';
import type { LinkState } from './link-state.ts';

/** Names of a draw that is about one segment of one connection. */
export interface SegmentDraw {
  readonly connection: number;
  readonly direction: Direction;
  readonly n: number;
  readonly ordinal: number;
  readonly attempt: number;
}

/** What is lost of acknowledgements is drawn apart from segments: no segment is sent so often. */
const acknowledgement = 1000;
const pureAcknowledgement = 2000;

const reverse: Readonly<Record<Direction, Direction>> = { toServer: 'toClient', toClient: 'toServer' };

/** The way of one link through the air. Times are those of the link's clock. */
export class Channel {
  readonly #state: LinkState;
  readonly #seed: number;
  readonly #link: string;
  readonly #shared: SharedMedia;
  /** Made for the profile at hand, and again when another one takes its place. */
  #made: Made | undefined;

  constructor(state: LinkState, shared: SharedMedia, { seed, link }: { readonly seed: number; readonly link: string }) {
    this.#state = state;
    this.#shared = shared;
    this.#seed = seed;
    this.#link = link;
  }

  /** Whether bytes that enter come out at once, as they came. */
  get isTransparent(): boolean {
    return this.#state.isOpen && this.#parts().isTransparent && this.#state.isFair;
  }

  /** How long a round trip takes that meets no queue. */
  get rttMs(): number {
    return this.#state.now('toServer').delayMs + this.#state.now('toClient').delayMs;
  }

  delayMs(it: SegmentDraw): number {
    const now = this.#state.now(it.direction);
    if (now.jitterMs === 0) return now.delayMs;
    const { connection, direction, n, attempt } = it;
    const named = { seed: this.#seed, link: this.#link, connection, direction, purpose: 'jitter', n } as const;
    const spread = jitterMs(
      now,
      draw({ ...named, attempt: 2 * attempt }),
      draw({ ...named, attempt: 2 * attempt + 1 }),
    );
    return Math.max(0, now.delayMs + spread);
  }

  isLost(it: SegmentDraw, tMs: number): boolean {
    if (this.#parts().loss[it.direction].isLost({ ...it, tMs })) return true;
    return this.#isLostInWeather(it);
  }

  /** Whether the acknowledgement of this segment is lost on its way back. */
  isAckLost(it: SegmentDraw, tMs: number): boolean {
    const direction = reverse[it.direction];
    const ack = { ...it, direction, ordinal: 0, attempt: acknowledgement + it.attempt };
    return this.#parts().loss[direction].isLost({ ...ack, tMs }) || this.#isLostInWeather(ack);
  }

  /** Says of one pure acknowledgement of a connection after the other whether it is lost, for the meter alone. */
  pureAckLoss(connection: number): (direction: Direction, tMs: number) => boolean {
    let n = 0;
    return (direction, tMs) => {
      n += 1;
      return this.isLost({ connection, direction, n, ordinal: 0, attempt: pureAcknowledgement }, tMs);
    };
  }

  /** Puts an IP packet of so many bytes on the media at or after `fromMs`; gives when its last byte is out. */
  carry(direction: Direction, ipB: number, fromMs: number): number {
    const { wake, media, shared } = this.#parts();
    const { rateBitPerS, framing } = this.#state.now(direction);
    let outMs = wake?.readyMs(fromMs) ?? fromMs;
    if (rateBitPerS !== undefined) outMs = media[direction].carry(direction, airB(ipB, framing), rateBitPerS, outMs);
    if (shared) outMs = shared.media[direction].carry(direction, ipB, shared.bitPerS[direction], outMs);
    return outMs;
  }

  /** How long what enters now would wait for the medium of its direction. */
  backlogMs(direction: Direction, nowMs: number): number {
    return Math.max(0, this.#parts().media[direction].freeAtMs - nowMs);
  }

  #isLostInWeather({ connection, direction, n, attempt }: SegmentDraw): boolean {
    const { extraLossPct } = this.#state.now(direction);
    if (extraLossPct === 0) return false;
    const named = {
      seed: this.#seed,
      link: this.#link,
      connection,
      direction,
      purpose: 'weather-loss',
      n,
      attempt,
    } as const;
    return draw(named) < extraLossPct / 100;
  }

  #parts(): Made {
    const { profile } = this.#state;
    if (this.#made?.profile !== profile) this.#made = this.#make(profile);
    return this.#made;
  }

  #make(profile: LinkProfile): Made {
    const { up, down, halfDuplex, idleWake, sharedCapacity } = profile;
    const lossOf = (direction: Direction): SegmentLoss =>
      createLoss((direction === 'toServer' ? up : down).loss, { seed: this.#seed, link: this.#link, direction });
    const turns = halfDuplex && new Medium(halfDuplex.turnaroundMs);
    const before = this.#made;
    return {
      profile,
      isTransparent: isTransparent(profile),
      // What is already on a medium stays there when figures change.
      media: before && !turns ? before.media : { toServer: turns ?? new Medium(), toClient: turns ?? new Medium() },
      loss: { toServer: lossOf('toServer'), toClient: lossOf('toClient') },
      wake: idleWake && (before?.wake ?? new IdleWake(idleWake)),
      shared: sharedCapacity && {
        media: this.#shared.of(sharedCapacity.id),
        bitPerS: { toServer: sharedCapacity.upBitPerS, toClient: sharedCapacity.downBitPerS },
      },
    };
  }
}

interface Made {
  readonly profile: LinkProfile;
  readonly isTransparent: boolean;
  readonly media: Readonly<Record<Direction, Medium>>;
  readonly loss: Readonly<Record<Direction, SegmentLoss>>;
  readonly wake: IdleWake | undefined;
  readonly shared:
    | { readonly media: Readonly<Record<Direction, Medium>>; readonly bitPerS: Readonly<Record<Direction, number>> }
    | undefined;
}

function isTransparent({ up, down, idleWake, sharedCapacity }: LinkProfile): boolean {
  const isCalm = [up, down].every(
    (it) => it.delayMs === 0 && it.jitterMs === 0 && it.rateBitPerS === undefined && it.loss.model === 'none',
  );
  return isCalm && idleWake === undefined && sharedCapacity === undefined;
}
