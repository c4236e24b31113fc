// What the accounts come to: each message with its place, and whether they hold together.
import type { Place } from './place.ts';
import type { Contradiction, Trail } from './trail.ts';

/** One message and its place. */
export interface Placed {
  readonly trail: Trail;
  readonly place: Place;
}

/** All that the accounts come to. */
export interface Balance {
  readonly placed: readonly Placed[];
  /** Messages on topics that the receiver does not subscribe to. */
  readonly notMeantFor: number;
  readonly contradictions: readonly Contradiction[];
  /** Messages that the sender still waits to be acknowledged, whatever became of them. */
  readonly unacknowledged: number;
  /** Messages that the receiver has not confirmed to the broker, whatever became of them. */
  readonly unconfirmed: number;
}
