// What a recording says at a time: the last point holds, or a line leads to the next.
import type { RecordedPoint } from './signal.ts';

/** Value at a time; of the first point before it; nothing where the recording has a gap or no points. */
export function valueAt(points: readonly RecordedPoint[], atMs: number, between: 'hold' | 'line'): number | undefined {
  const next = firstAfter(points, atMs);
  const from = points[next - 1];
  const to = points[next];
  if (from === undefined) return between === 'line' ? to?.value : undefined;
  if (between === 'hold' || to?.value === undefined || from.value === undefined) return from.value;
  return from.value + ((to.value - from.value) * (atMs - from.atMs)) / (to.atMs - from.atMs);
}

/** Index of the first point later than this; points are in order of time. */
function firstAfter(points: readonly RecordedPoint[], atMs: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.atMs ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
