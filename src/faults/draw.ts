// Chance that can be repeated: each draw is a function of its name alone, so one more draw never moves another.
import type { Direction } from './packet-fault.ts';

/** What is drawn for; each purpose has a row of draws of its own. */
type DrawPurpose =
  | 'jitter'
  | 'back-off'
  /** When a device of a fleet publishes. */
  | 'schedule'
  | 'signal'
  /** How late a scan of a PLC begins, and whether it takes long. */
  | 'scan-jitter'
  | 'slow-scan'
  | 'segment'
  | 'corrupt'
  /** Whether a segment is lost. */
  | 'loss'
  /** Whether a segment is lost to the weather, on top of the link's own loss. */
  | 'weather-loss'
  /** How long good and bad spells of a link last. */
  | 'loss-state'
  /** How long outages last, and the time between them. */
  | 'renewal'
  | 'fade'
  /** Times between the random events of a timeline. */
  | 'event';

/** Which draw: where on which link, for what, and the how-manieth. */
export interface DrawName {
  readonly seed: number;
  readonly link: string;
  /** Ordinal of the connection on its link, from 1. */
  readonly connection: number;
  readonly direction: Direction;
  readonly purpose: DrawPurpose;
  /** Offset of the segment's first byte in its direction's stream (see segmenter.ts); never a count of read chunks. */
  readonly n: number;
  /** Which sending of it, where a thing is sent again: 0, or absent, is the first. */
  readonly attempt?: number;
}

/** A number in [0, 1), uniform over names, with 53 random bits; the same name always gives the same number. */
export function draw(name: DrawName): number {
  const words = [
    ...wordsOf(name.seed),
    ...wordsOf(name.link),
    ...wordsOf(name.connection),
    name.direction === 'toServer' ? 1 : 2,
    ...wordsOf(purposeOf(name)),
    ...wordsOf(name.n),
  ];
  const high = murmur3(words, 0x2545f491) >>> 11;
  const low = murmur3(words, 0x9e3779b9);
  return (high * 2 ** 32 + low) / 2 ** 53;
}

/** Each attempt has a row of draws of its own; the first keeps the plain name, so that it stays what it was. */
function purposeOf({ purpose, attempt = 0 }: DrawName): string {
  return attempt === 0 ? purpose : `${purpose}#${attempt}`;
}

/** An integer or text as 32-bit words; texts end with their length, so that neighbours cannot run into each other. */
function wordsOf(value: number | string): readonly number[] {
  if (typeof value === 'number') return [value >>> 0, Math.floor(value / 2 ** 32) >>> 0];
  return [...Array.from(value, (character) => character.codePointAt(0) ?? 0), value.length];
}

/** MurmurHash3 (x86, 32 bit) over whole words. */
function murmur3(words: readonly number[], seed: number): number {
  let hash = seed;
  for (const word of words) {
    let k = Math.imul(word, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    hash ^= k;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= words.length * 4;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
