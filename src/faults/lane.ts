// One direction of a connection while faults are played on it: how far its stream came in, and how far it was dealt with.
import { StreamDecoder } from '../wire/stream-decoder.ts';
import type { PacketType } from '../wire/packet.ts';
import type { Direction } from './packet-fault.ts';

/** Offsets count from the first byte of the direction's stream. */
export interface Lane {
  readonly direction: Direction;
  readonly decoder: StreamDecoder;
  /** End of what came in. */
  cameB: number;
  /** End of the last whole packet that came in. */
  wholeB: number;
  /** End of what was dealt with; beyond `wholeB` when half a packet was passed on as it came. */
  doneB: number;
  /** Packets of our own that wait for the end of a half passed one. */
  waiting: Uint8Array[];
  /** A packet that lets so many of its type go first as are left. */
  swapped:
    | { readonly type: PacketType; readonly out: readonly Uint8Array[]; readonly untilMs: number; left: number }
    | undefined;
  /** Copies to be sent later, in order of time. */
  copies: readonly { readonly atMs: number; readonly bytes: Uint8Array }[];
  ended: boolean;
  /** Nothing arrives any more, whatever comes in. */
  isDead: boolean;
}

/** A direction in which nothing has come yet. */
export function newLane(direction: Direction): Lane {
  return {
    direction,
    decoder: new StreamDecoder(direction === 'toServer' ? 'client' : 'server'),
    cameB: 0,
    wholeB: 0,
    doneB: 0,
    waiting: [],
    swapped: undefined,
    copies: [],
    ended: false,
    isDead: false,
  };
}

/** From here on nothing arrives, nor what waits here. */
export function kill(lane: Lane): void {
  lane.isDead = true;
  lane.waiting = [];
  lane.swapped = undefined;
  lane.copies = [];
}
