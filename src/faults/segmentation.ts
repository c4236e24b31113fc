// Where a stream is cut into pieces: MQTT knows no segments, so no verdict and no broker may depend on them.
import { draw, type DrawName } from './draw.ts';

/**
 * How a link cuts the streams of its connections anew, without changing a byte.
 *
 * - `bytes`: what arrives together goes on byte by byte, 1 ms apart, for {@link singleB} bytes; the rest in one piece,
 *   and its last byte alone again.
 * - `random`: in pieces of random length, 1 ms apart, at most {@link mostPieces} of what arrived together.
 * - `joined`: what arrives within {@link joinedMs} goes on in one piece.
 */
export type Segmentation = 'bytes' | 'random' | 'joined';

/** So many bytes go alone: more than any header has. */
export const singleB = 64;

export const mostPieces = 8;

export const joinedMs = 20;

/** The pieces of what arrived together, in order; the offset of its first byte in the stream names the draws. */
export function piecesOf(
  bytes: Uint8Array,
  how: Segmentation,
  draws: Omit<DrawName, 'purpose' | 'n'>,
  offset: number,
): readonly Uint8Array[] {
  if (how === 'joined' || bytes.length < 2) return [bytes];
  const cuts = how === 'bytes' ? bytewise(bytes.length) : random(bytes.length, draws, offset);
  const edges = [0, ...cuts, bytes.length];
  return edges.slice(1).map((end, at) => bytes.subarray(edges[at], end));
}

function bytewise(length: number): readonly number[] {
  const cuts = Array.from({ length: Math.min(length - 1, singleB) }, (_, at) => at + 1);
  return length - 1 > singleB ? [...cuts, length - 1] : cuts;
}

function random(length: number, draws: Omit<DrawName, 'purpose' | 'n'>, offset: number): readonly number[] {
  const at = (n: number): number =>
    1 + Math.floor(draw({ ...draws, purpose: 'segment', n: offset + n }) * (length - 1));
  const cuts = new Set(Array.from({ length: Math.min(length, mostPieces) - 1 }, (_, n) => at(n)));
  return [...cuts].toSorted((a, b) => a - b);
}
