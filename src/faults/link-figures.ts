// What a link does to the bytes that pass it, as figures. Rates, loss and tariffs will join as fields beside these.
import { FieldbenchError } from '../error.ts';
import { draw, segmentB, segmentOf } from './draw.ts';
import type { DrawName } from './draw.ts';

/** Figures of a link, the same in both directions. */
export interface LinkFigures {
  /** One way, from the first tap to the last. */
  readonly delayMs: number;
  /** Each segment's delay is drawn evenly from `delayMs` +/- this, never below 0. Order is kept. */
  readonly jitterMs: number;
}

/**
 * The figures as given, when they make sense.
 * @throws FieldbenchError `FB_LINK_FIGURES` when one is not a number of milliseconds from 0 up.
 */
export function checkedFigures(figures: LinkFigures): LinkFigures {
  for (const [name, value] of Object.entries(figures)) {
    if (Number.isFinite(value) && value >= 0) continue;
    throw new FieldbenchError({
      code: 'FB_LINK_FIGURES',
      message: `a link cannot have ${name} ${value}`,
      expected: 'a number of milliseconds, 0 or more',
      actual: String(value),
    });
  }
  return figures;
}

/** Bytes that one draw decides about. */
export interface Segment {
  /** Ordinal in the stream, the `n` of its draws. */
  readonly n: number;
  readonly bytes: Uint8Array;
}

/** Cuts bytes that begin at `offset` of a stream at its segment borders, whatever chunks they were read in. */
export function segmentsOf(offset: number, bytes: Uint8Array): readonly Segment[] {
  const segments: Segment[] = [];
  for (let at = 0; at < bytes.length;) {
    const n = segmentOf(offset + at);
    const end = Math.min(bytes.length, (n + 1) * segmentB - offset);
    segments.push({ n, bytes: bytes.subarray(at, end) });
    at = end;
  }
  return segments;
}

/** How long a segment is under way. */
export function delayOf(figures: LinkFigures, name: Omit<DrawName, 'purpose'>): number {
  if (figures.jitterMs === 0) return figures.delayMs;
  const share = 2 * draw({ ...name, purpose: 'jitter' }) - 1;
  return Math.max(0, figures.delayMs + share * figures.jitterMs);
}
