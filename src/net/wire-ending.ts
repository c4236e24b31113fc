// Who ended a wire first and how: noted once, and told to its tap.
import type { Direction } from '../history/event.ts';
import type { Tap } from './tap.ts';

/** How one side closed: politely, abruptly, or through an error of the network. */
export type EndHow = 'fin' | 'rst' | 'error';

/** How a wire came to its end: the side that closed first. */
export interface WireClosed {
  /** `bench`: disposed of, or aborted by the run's signal. */
  readonly by: 'us' | 'peer' | 'bench';
  readonly how: EndHow;
  readonly detail?: string;
}

/** The end of one wire, seen from our side of it. */
export class WireEnding {
  readonly outward: Direction;
  readonly inward: Direction;
  readonly #us: 'client' | 'server';
  readonly #tap: Tap | undefined;
  #first: WireClosed | undefined;

  constructor(us: 'client' | 'server', tap: Tap | undefined) {
    this.#us = us;
    this.#tap = tap;
    this.outward = us === 'client' ? 'toServer' : 'toClient';
    this.inward = us === 'client' ? 'toClient' : 'toServer';
  }

  /** One direction is over; the first end of all is how the wire ended. */
  over(direction: Direction, closed: WireClosed): void {
    this.#tap?.directionOver(direction);
    if (this.#first) return;
    this.#first = closed;
    this.#tap?.ended({ ...closed, by: this.#partyOf(closed.by) });
  }

  /** Both directions are over. */
  finish(): WireClosed {
    const closed = this.#first ?? { by: 'bench', how: 'error', detail: 'the socket closed without saying why' };
    this.over(this.inward, closed);
    this.over(this.outward, closed);
    return closed;
  }

  #partyOf(by: WireClosed['by']): 'client' | 'server' | 'bench' {
    if (by === 'bench') return by;
    const them = this.#us === 'client' ? 'server' : 'client';
    return by === 'us' ? this.#us : them;
  }
}
