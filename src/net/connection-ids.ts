// Names connections so that the same one is the same over all of its taps.
import type { ConnectionId } from '../history/event.ts';

/** Gives each connection of a run its name; one counter serves a whole run. */
export interface ConnectionIds {
  next(): ConnectionId;
}

/** `c1`, `c2`, ...; shards of a fleet give each counter a prefix of its own. */
export function connectionIds(prefix = 'c'): ConnectionIds {
  let last = 0;
  return {
    next() {
      last += 1;
      return `${prefix}${last}`;
    },
  };
}
