// What a step of the session core asks of its driver, as plain data: the core does nothing by itself.
import type { Packet } from '../wire/packet.ts';

/** An application message, on its way out or delivered. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

/** A message that the server sent and the application gets: QoS 2 exactly once, also over reconnects. */
export interface Delivery extends Message {
  /** As on the wire: says that the server sent it again, not that the application saw it before. */
  readonly dup: boolean;
}

/** Why a connection that should have lasted did not. */
export type LossReason = 'transport' | 'connect-timeout' | 'refused' | 'no-pingresp' | 'violation';

/** Why a publish intent never reached the server (or may have, unacknowledged, for `session-ended`). */
type DropReason = 'offline' | 'queue-full' | 'session-ended';

/** What happened in a step. `token` is the number that the intent carried. */
export type SessionEvent =
  | { readonly kind: 'connected'; readonly sessionPresent: boolean }
  /** CONNACK with a code other than 0; `final` when asking again the same way cannot help. */
  | { readonly kind: 'refused'; readonly returnCode: number; readonly final: boolean }
  | { readonly kind: 'lost'; readonly why: LossReason; readonly detail: string }
  | { readonly kind: 'retry'; readonly atMs: number }
  /** QoS 0: handed to the transport; QoS 1: PUBACK came; QoS 2: PUBCOMP came. */
  | { readonly kind: 'published'; readonly token: number }
  | { readonly kind: 'dropped'; readonly token: number; readonly why: DropReason }
  /** SUBACK came, one code for each filter of the intent; 0x80 is a refusal. */
  | { readonly kind: 'subscribed'; readonly token: number; readonly returnCodes: readonly number[] }
  | { readonly kind: 'unsubscribed'; readonly token: number };

/**
 * Filled by a step, emptied by the driver, in this order: write `packets`, hand on `deliveries` and `events`, then do
 * what `transport` says. One output serves any number of sessions, one after another.
 */
export interface SessionOutput {
  readonly packets: Packet[];
  readonly deliveries: Delivery[];
  readonly events: SessionEvent[];
  /** `open`: dial, then feed `transport-open` or `transport-closed`. `close`: close, then feed `transport-closed`. */
  transport: 'open' | 'close' | undefined;
}

/** An empty output. */
export function sessionOutput(): SessionOutput {
  return { packets: [], deliveries: [], events: [], transport: undefined };
}
