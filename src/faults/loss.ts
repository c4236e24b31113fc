// Whether a segment is lost: the same segment of the same stream always meets the same fate.
import { draw } from './draw.ts';
import { ordinalOf, percentOf } from './figure-checks.ts';
import { gilbertElliott, type LinkDirection } from './gilbert-elliott.ts';
import type { Loss } from './link-profile.ts';

/** One sending of one segment. */
export interface SentSegment {
  /** Ordinal of the connection on its link, from 1. */
  readonly connection: number;
  /** Offset of the segment's first byte in its direction's stream. */
  readonly n: number;
  /** Which segment of its connection and direction, from 1; retransmissions keep it. */
  readonly ordinal: number;
  /** 0 for the first sending, 1 for the first retransmission. */
  readonly attempt: number;
  /** When it is sent, from the start of the link. */
  readonly tMs: number;
}

/** The loss of one direction of a link. */
export interface SegmentLoss {
  /**
   * Whether this sending is lost. Asking changes nothing. `nth` and `script` count first sendings only, so that what
   * they take is repaired by the next.
   */
  isLost(segment: SentSegment): boolean;
}

/**
 * The loss of a profile, ready to be asked. Chances are drawn by (connection, direction, `n`, `attempt`).
 * @throws FieldbenchError `FB_LINK_FIGURES` when a share is none, or a mean time or count is not above 0
 */
export function createLoss(loss: Loss, name: LinkDirection): SegmentLoss {
  switch (loss.model) {
    case 'none':
      return { isLost: () => false };
    case 'bernoulli': {
      const share = percentOf('lossPct', loss.lossPct) / 100;
      return { isLost: (it) => drawn(name, it) < share };
    }
    case 'gilbert-elliott': {
      const good = percentOf('lossGoodPct', loss.lossGoodPct) / 100;
      const bad = percentOf('lossBadPct', loss.lossBadPct) / 100;
      const spells = gilbertElliott(loss, name);
      return { isLost: (it) => drawn(name, it) < (spells.isBadAt(it.tMs) ? bad : good) };
    }
    case 'nth': {
      const every = ordinalOf('every', loss.every);
      return { isLost: (it) => it.attempt === 0 && it.ordinal % every === 0 };
    }
    case 'script': {
      const segments = new Set(loss.segments.map((it) => ordinalOf('segments', it)));
      return { isLost: (it) => it.attempt === 0 && segments.has(it.ordinal) };
    }
  }
}

function drawn(name: LinkDirection, { connection, n, attempt }: SentSegment): number {
  return draw({ ...name, connection, purpose: 'loss', n, attempt });
}
