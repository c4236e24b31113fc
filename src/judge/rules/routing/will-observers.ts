// Says who must see a will when its connection is over, and whether the server surely read the DISCONNECT that withdraws it.
import type { Message, Moment, NetworkConnection, Session, Subscription } from '../session/state.ts';
import type { Broker } from './digest.ts';
import { isGranted, isOrdinaryFilter } from './subscriptions.ts';

/** Someone who must see the will, or must not. */
export interface Observer {
  readonly will: Message;
  readonly session: Session;
  readonly connection: NetworkConnection;
  readonly subscriptions: readonly Subscription[];
  /** The event that made the will due, or ended its chance. */
  readonly from: Moment;
}

/** The sessions online at a moment with a granted subscription that matches the will. */
export function observersOf(broker: Broker, own: Message, from: Moment): readonly Observer[] {
  if (own.topic.startsWith('$')) return [];
  const bySession = new Map<Session, Subscription[]>();
  for (const held of broker.traffic.index.matching(own.topic)) {
    const it = held.subscriptions.at(-1);
    if (it === undefined || !isGranted(it) || it.endAsked !== undefined || !isOrdinaryFilter(held.filter)) continue;
    bySession.set(held.session, [...(bySession.get(held.session) ?? []), it]);
  }
  return [...bySession].flatMap(([session, subscriptions]) => {
    const { connection } = session;
    if (connection === undefined || connection === own.publisher || connection.disconnect !== undefined) return [];
    return [{ will: own, session, connection, subscriptions, from }];
  });
}

/**
 * A RST may destroy a DISCONNECT before it is read, a newer connection may have ended this one first, and so may the
 * keep alive of a client that was silent for longer: then DISCONNECT and close crossed.
 */
export function isDisconnectCertain(it: NetworkConnection): boolean {
  const isRead = it.tainted === undefined && it.ended?.how === 'fin' && !it.view.takenOver && !it.impaired;
  const keepAliveMs = 1000 * (it.view.connect?.keepAliveS ?? 0);
  return isRead && (keepAliveMs === 0 || (it.silenceMs ?? 0) <= keepAliveMs);
}
