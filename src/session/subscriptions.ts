// What a client wants to receive: asked for, confirmed, and asked for again where the server kept no session.
import type { Suback, SubscriptionRequest } from '../wire/packet.ts';
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

/** Subscriptions of one client. */
export interface Subscriptions {
  /** QoS by filter, as the application wants it. */
  readonly wanted: Map<string, 0 | 1 | 2>;
  /** Sent and not answered, by packet id. */
  readonly open: Map<number, Request>;
  /** Not sent yet, or to be sent again: these requests are no session state, so they get new ids. */
  waiting: Request[];
}

/** No subscriptions. */
export function subscriptionsState(): Subscriptions {
  return { wanted: new Map(), open: new Map(), waiting: [] };
}

/** Notes what the application wants; {@link sendRequests} asks for it. */
export function wantSubscriptions(state: Subscriptions, subscriptions: readonly Subscription[], token: number): void {
  for (const { filter, qos } of subscriptions) state.wanted.set(filter, qos);
  state.waiting.push({ type: 'SUBSCRIBE', subscriptions, token });
}

/** Notes what the application no longer wants. */
export function unwantSubscriptions(state: Subscriptions, filters: readonly string[], token: number): void {
  for (const filter of filters) state.wanted.delete(filter);
  state.waiting.push({ type: 'UNSUBSCRIBE', filters, token });
}

/** Sends the requests that wait. Call only while connected. */
export function sendRequests(state: Subscriptions, ids: PacketIds, out: SessionOutput): void {
  while (state.waiting[0]) {
    const packetId = takeId(ids);
    if (packetId === undefined) return;
    const request = state.waiting[0];
    state.waiting.shift();
    state.open.set(packetId, request);
    const { type } = request;
    if (type === 'SUBSCRIBE') out.packets.push({ type, packetId, subscriptions: request.subscriptions });
    else out.packets.push({ type, packetId, filters: request.filters });
  }
}

/** Prepares for a new connection: without a session on the server everything wanted must be asked for again. */
export function resubscribe(state: Subscriptions, sessionPresent: boolean): void {
  if (sessionPresent) return;
  const asked = new Set(
    state.waiting.flatMap((it) => (it.type === 'SUBSCRIBE' ? it.subscriptions.map(({ filter }) => filter) : [])),
  );
  const subscriptions = [...state.wanted]
    .filter(([filter]) => !asked.has(filter))
    .map(([filter, qos]) => ({ filter, qos }));
  // In front: an UNSUBSCRIBE that waits came later than the subscription it ends.
  if (subscriptions.length > 0) state.waiting.unshift({ type: 'SUBSCRIBE', subscriptions }); // MQTT-3.8.3-3: never empty
}

/** The connection is gone: unanswered requests wait for the next one, in the order they were made. */
export function requeueRequests(state: Subscriptions, ids: PacketIds): void {
  for (const packetId of state.open.keys()) freeId(ids, packetId);
  state.waiting = [...state.open.values(), ...state.waiting];
  state.open.clear();
}

/** SUBACK. @returns false when it does not hold one code for each filter. */
export function receiveSuback(state: Subscriptions, ids: PacketIds, packet: Suback, out: SessionOutput): boolean {
  const request = state.open.get(packet.packetId);
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
  const request = state.open.get(packetId);
  if (request?.type !== 'UNSUBSCRIBE') return;
  close(state, ids, packetId);
  if (request.token !== undefined) out.events.push({ kind: 'unsubscribed', token: request.token });
}

function close(state: Subscriptions, ids: PacketIds, packetId: number): void {
  state.open.delete(packetId);
  freeId(ids, packetId);
}
