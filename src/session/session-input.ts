// What a driver feeds into the session core: what the transport did, what the time is, what the application means.
import type { Packet } from '../wire/packet.ts';
import type { Message } from './session-output.ts';
import type { Subscription } from './subscriptions.ts';

/** Something that the application wants; `token` is its own number for it and comes back in the events. */
export type SessionIntent =
  /** Be connected from now on, over any number of connections. */
  | { readonly kind: 'connect' }
  | { readonly kind: 'publish'; readonly message: Message; readonly token: number }
  | { readonly kind: 'subscribe'; readonly subscriptions: readonly Subscription[]; readonly token: number }
  | { readonly kind: 'unsubscribe'; readonly filters: readonly string[]; readonly token: number }
  /** Send DISCONNECT and stay away; session state is kept for a later `connect` (not with a clean session). */
  | { readonly kind: 'disconnect' };

/** One thing that happened. */
export type SessionInput =
  | SessionIntent
  | { readonly kind: 'transport-open' }
  /** A packet of the server that the strict decoder found no fault with. */
  | { readonly kind: 'packet'; readonly packet: Packet }
  /** Bytes of the server that break the standard. */
  | { readonly kind: 'violation'; readonly detail: string }
  /** Could not be opened, or was closed by anybody, also after `close`. `draw`: in [0, 1), for the back-off. */
  | { readonly kind: 'transport-closed'; readonly detail: string; readonly draw: number }
  /** Look at the time; feed it at {@link wakeAtMs}, earlier does no harm. */
  | { readonly kind: 'time' };
