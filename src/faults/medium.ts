// What bytes take turns on: a channel that carries so many bits a second, for one direction, both, or many links.
import type { DirectionProfile } from './link-profile.ts';
import type { Direction } from './packet-fault.ts';

/** A channel on which one thing is sent at a time. */
export class Medium {
  readonly #turnaroundMs: number;
  #freeAtMs = 0;
  #last: Direction | undefined;

  /** @param turnaroundMs what it costs when the direction changes, where both take turns on it */
  constructor(turnaroundMs = 0) {
    this.#turnaroundMs = turnaroundMs;
  }

  /** When it has carried everything that was given to it so far. */
  get freeAtMs(): number {
    return this.#freeAtMs;
  }

  /** Takes so many bytes at or after `fromMs`; gives the moment when the last of them is out. */
  carry(direction: Direction, lengthB: number, rateBitPerS: number, fromMs: number): number {
    const turnMs = this.#last !== undefined && this.#last !== direction ? this.#turnaroundMs : 0;
    this.#last = direction;
    this.#freeAtMs = Math.max(fromMs, this.#freeAtMs) + turnMs + (lengthB * 8000) / rateBitPerS;
    return this.#freeAtMs;
  }
}

/** What an IP packet of so many bytes takes on the air. */
export function airB(ipB: number, framing: DirectionProfile['framing']): number {
  if (framing === undefined) return ipB;
  const { overheadB, minB, cellB } = framing;
  const wholeB = Math.max(minB, ipB + overheadB);
  return cellB > 1 ? Math.ceil(wholeB / cellB) * cellB : wholeB;
}

/** Channels that several links of a run share, by id; a run has one. */
export class SharedMedia {
  readonly #media = new Map<string, Readonly<Record<Direction, Medium>>>();

  /** The channel of this id and direction; made when it is asked for first. */
  of(id: string): Readonly<Record<Direction, Medium>> {
    const known = this.#media.get(id) ?? { toServer: new Medium(), toClient: new Medium() };
    this.#media.set(id, known);
    return known;
  }
}
