// What a client wants to receive: asked for, confirmed, and asked for again where the server kept no session.
import type { Suback, SubscriptionRequest } from '../wire/packet.ts';
import { heldBy, withoutIt, withOneMore, type Held, type InFlight } from './in-flight.ts';
import { freeId, takeId } from './packet-ids.ts';
import type { PacketIds } from './packet-ids.ts';
import type { SessionOutput } from './session-output.ts';

/** A filter and the highest QoS wanted for it. */
export interface Subscription extends SubscriptionRequest {
  readonly qos: 0 | 1 | 2;
}

/** A SUBSCRIBE or UNSUBSCRIBE that has no answer yet; without a token when the session asks by itself. */
type Request =
  | { readonly type: 'SUBSCRIBE'; readonly subscriptions: readonly Subscription[]; readonly token?: number }
  | { readonly type: 'UNSUBSCRIBE'; readonly filters: readonly string[]; readonly token?: number };

/** A request and the packet id that it was sent with. */
interface Open extends Held {
  readonly request: Request;
}

/** Subscriptions of one client. */
export interface Subscriptions {
  /** What the application wants, each filter once. */
  wanted: readonly Subscription[];
  /** Sent and not answered. */
  open: InFlight<Open>;
  /** Not sent yet, or to be sent again: these requests are no session state, so they get new ids. */
  waiting: readonly Request[];
}

const NONE: readonly never[] = Object.freeze([]);

/** No subscriptions. */
export function subscriptionsState(): Subscriptions {
  return { wanted: NONE, open: undefined, waiting: NONE };
}

/** Notes what the application wants; {@link sendRequests} asks for it. */
export function wantSubscriptions(state: Subscriptions, subscriptions: readonly Subscription[], token: number): void {
  // The last one of a filter counts, at the place of its first.
  const byFilter = new Map([...state.wanted, ...subscriptions].map((it) => [it.filter, it]));
  state.wanted =
    state.wanted === NONE && byFilter.size === subscriptions.length ? subscriptions : [...byFilter.values()];
  state.waiting = [...state.waiting, { type: 'SUBSCRIBE', subscriptions, token }];
}

/** Notes what the application no longer wants. */
export function unwantSubscriptions(state: Subscriptions, filters: readonly string[], token: number): void {
  state.wanted = state.wanted.filter(({ filter }) => !filters.includes(filter));
  state.waiting = [...state.waiting, { type: 'UNSUBSCRIBE', filters, token }];
}

/** Sends the requests that wait. Call only while connected. */
export function sendRequests(state: Subscriptions, ids: PacketIds, out: SessionOutput): void {
  let sent = 0;
  for (const request of state.waiting) {
    const packetId = takeId(ids);
    if (packetId === undefined) break;
    sent += 1;
    state.open = withOneMore(state.open, { packetId, request });
    const { type } = request;
    if (type === 'SUBSCRIBE') out.packets.push({ type, packetId, subscriptions: request.subscriptions });
    else out.packets.push({ type, packetId, filters: request.filters });
  }
  if (sent > 0) state.waiting = sent === state.waiting.length ? NONE : state.waiting.slice(sent);
}

/** Prepares for a new connection: without a session on the server everything wanted must be asked for again. */
export function resubscribe(state: Subscriptions, sessionPresent: boolean): void {
  if (sessionPresent) return;
  const asked = new Set(
    state.waiting.flatMap((it) => (it.type === 'SUBSCRIBE' ? it.subscriptions.map(({ filter }) => filter) : [])),
  );
  const subscriptions = state.wanted.filter(({ filter }) => !asked.has(filter));
  // In front: an UNSUBSCRIBE that waits came later than the subscription it ends.
  if (subscriptions.length > 0) state.waiting = [{ type: 'SUBSCRIBE', subscriptions }, ...state.waiting]; // MQTT-3.8.3-3: never empty
}

/** The connection is gone: unanswered requests wait for the next one, in the order they were made. */
export function requeueRequests(state: Subscriptions, ids: PacketIds): void {
  const { open } = state;
  if (open === undefined) return;
  for (const { packetId } of open) freeId(ids, packetId);
  state.waiting = [...open.map(({ request }) => request), ...state.waiting];
  state.open = undefined;
}

/** SUBACK. @returns false when it does not hold one code for each filter. */
export function receiveSuback(state: Subscriptions, ids: PacketIds, packet: Suback, out: SessionOutput): boolean {
  const request = heldBy(state.open, packet.packetId)?.request;
  if (request?.type !== 'SUBSCRIBE') return true;
  if (packet.returnCodes.length !== request.subscriptions.length) return false;
  close(state, ids, packet.packetId);
  if (request.token !== undefined) {
    out.events.push({ kind: 'subscribed', token: request.token, returnCodes: packet.returnCodes });
  }
  return true;
}

/** UNSUBACK. */
export function receiveUnsuback(state: Subscriptions, ids: PacketIds, packetId: number, out: SessionOutput): void {
  const request = heldBy(state.open, packetId)?.request;
  if (request?.type !== 'UNSUBSCRIBE') return;
  close(state, ids, packetId);
  if (request.token !== undefined) out.events.push({ kind: 'unsubscribed', token: request.token });
}

function close(state: Subscriptions, ids: PacketIds, packetId: number): void {
  state.open = withoutIt(state.open, packetId);
  freeId(ids, packetId);
}
