// The way of one message from tap to tap, in words and as the events that show it.
import { seconds } from '../../expectation.ts';
import type { Place } from './place.ts';
import type { Sighting, Trail } from './trail.ts';

/** Parties of a path. */
export interface PathEnds {
  readonly from: string;
  readonly to: string;
  readonly broker: string;
}

/** e.g. `site/level/value no. 17, QoS 1: meant at 3.20 s, left level at 3.21 s (c4), ...; lost on line/level`. */
export function pathWords(trail: Trail, place: Place, { from, to, broker }: PathEnds): string {
  const { topic, ordinal, qos, tMs } = trail.meant;
  const steps = [
    `meant at ${seconds(tMs)}`,
    ...step(`left ${from}`, trail.left),
    ...step(`reached ${broker}`, trail.reached),
    ...(trail.taken ? [`acknowledged by ${broker} at ${seconds(trail.taken.tMs)}`] : []),
    ...step(`sent towards ${to}`, trail.forwarded),
    ...step(`arrived at ${to}`, trail.arrivals),
  ];
  return `${topic} no. ${ordinal}, QoS ${qos}: ${steps.join(', ')}; ${place.says}`;
}

function step(what: string, seen: readonly Sighting[]): readonly string[] {
  const first = seen[0];
  const last = seen.at(-1);
  if (first === undefined || last === undefined) return [];
  const times =
    seen.length === 1 ? '' : ` and ${seen.length - 1} more, last at ${seconds(last.tMs)} (${last.connection})`;
  return [`${what} at ${seconds(first.tMs)} (${first.connection})${times}`];
}

/** The events of the path in order, what proves its end last. */
export function pathEvents(trail: Trail, place: Place): readonly number[] {
  const seen = [
    ...ends(trail.left),
    ...ends(trail.reached),
    ...(trail.taken ? [trail.taken] : []),
    ...ends(trail.forwarded),
    ...ends(trail.arrivals),
  ];
  const seqs = new Set([trail.meant.seq, ...seen.map((it) => it.seq), ...place.proof]);
  return [...seqs].toSorted((a, b) => a - b);
}

const ends = (seen: readonly Sighting[]): readonly Sighting[] =>
  seen.length > 2 ? [...seen.slice(0, 1), ...seen.slice(-1)] : seen;
