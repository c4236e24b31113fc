// What happens to bytes between the two ends of a relay: everything passes, unless a link's model says otherwise.
import type { ConnectionId } from '../history/event.ts';
import type { Ending } from './tap.ts';
import type { EndHow } from './wire.ts';

/** What a passage can do to its two ends. Calls on an end that is closed do nothing. */
export interface PassageEnds {
  readonly connection: ConnectionId;
  toServer(chunk: Uint8Array): void;
  toClient(chunk: Uint8Array): void;
  /**
   * Closes towards the server: `fin` our direction, behind what was sent; `rst` both, at once.
   * `by` tells the history who did it; by default the client when it closed the same way before, else the link.
   */
  endServer(how: 'fin' | 'rst', by?: Ending['by']): void;
  /** The same towards the client. */
  endClient(how: 'fin' | 'rst', by?: Ending['by']): void;
  /** Stops or goes on reading from the client, for a passage that has enough in hand. */
  holdClient(isHeld: boolean): void;
  /** The same for the server. */
  holdServer(isHeld: boolean): void;
}

/** What a passage is told. Chunks may be kept, never changed. */
export interface Passage {
  fromClient(chunk: Uint8Array): void;
  fromServer(chunk: Uint8Array): void;
  /** The client closed its direction (`fin`), or the connection (`rst`, `error`). */
  clientEnded(how: EndHow): void;
  serverEnded(how: EndHow): void;
  /** Both ends are gone, or the relay is: let go of timers. */
  over?(): void;
}

/** Makes the passage of one connection, when both of its ends stand. */
export type CreatePassage = (ends: PassageEnds) => Passage;

/** Hands everything on at once and as it came. */
export const transparentPassage: CreatePassage = (ends) => ({
  fromClient: (chunk) => ends.toServer(chunk),
  fromServer: (chunk) => ends.toClient(chunk),
  clientEnded: (how) => ends.endServer(how === 'fin' ? 'fin' : 'rst'),
  serverEnded: (how) => ends.endClient(how === 'fin' ? 'fin' : 'rst'),
});
