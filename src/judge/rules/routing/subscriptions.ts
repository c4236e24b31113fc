// Says whether a subscription applied to a message: surely, possibly or not, since packets under way may act early or late.
import { filterMatches, topicFilterFlaw } from '../../../wire/topic.ts';
import type { HeldFilter, Message, Moment, NetworkConnection, Session, Subscription } from '../session/state.ts';

/** Subscriptions of one filter that are remembered. */
const remembered = 8;

/** Whether the standard's matching rules tell all about this filter; `$share/...` and ill-formed ones mean what the server likes. */
export function isOrdinaryFilter(filter: string): boolean {
  return !filter.startsWith('$') && topicFilterFlaw(filter) === undefined;
}

/** Notes a SUBSCRIBE entry on its way; an older subscription of the same filter is then about to be replaced. */
export function askSubscription(
  held: HeldFilter,
  connection: NetworkConnection,
  requested: number,
  packetId: number,
  asked: Moment,
): Subscription {
  const older = held.subscriptions.findLast((it) => it.endAsked === undefined);
  if (older !== undefined) older.endAsked = { ...asked, how: 'replaced', packetId };
  const replaces = older === undefined ? {} : { replaces: older };
  const subscription: Subscription = { filter: held.filter, requested, connection, packetId, asked, ...replaces };
  held.subscriptions.push(subscription);
  if (held.subscriptions.length > remembered) held.subscriptions.shift();
  return subscription;
}

/** Notes the return code that a subscription got. */
export function answerSubscription(subscription: Subscription, granted: number, at: Moment): void {
  subscription.granted = granted;
  subscription.answered = at;
  if (granted <= 2 && subscription.replaces !== undefined) subscription.replaces.ended = at;
}

/** The subscription was in force when the message came and nobody has asked to end it since. */
export function surelyApplies(it: Subscription, message: Message): boolean {
  return isGranted(it) && it.endAsked === undefined && it.answered !== undefined && it.answered.seq < message.seen.seq;
}

/** The subscription may have been in force when the server handled the message. */
export function mayApply(it: Subscription, message: Message): boolean {
  if (it.ended !== undefined && it.ended.seq < message.seen.seq) return false;
  const refused = it.granted !== undefined && it.granted > 2;
  return !(refused && it.answered !== undefined && it.answered.seq < message.seen.seq);
}

/** Whether the server granted it. */
export function isGranted(it: Subscription): boolean {
  return it.granted !== undefined && it.granted <= 2;
}

/** Every QoS at which the subscription may deliver the message: the lower of published and granted (MQTT-3.8.4-6). */
export function deliveryQos(it: Subscription, message: Message): readonly number[] {
  if (it.granted !== undefined) return [Math.min(it.granted, message.qos)];
  return [0, 1, 2].filter((qos) => qos <= message.qos && qos <= it.requested);
}

/** The session's filters that match a topic; `opaque` when it holds one whose meaning is the server's own. */
export function heldFor(
  session: Session,
  topic: string,
): { readonly held: readonly HeldFilter[]; readonly opaque: boolean } {
  const all = [...session.filters.values()];
  return {
    held: all.filter((it) => isOrdinaryFilter(it.filter) && filterMatches(it.filter, topic)),
    opaque: all.some((it) => !isOrdinaryFilter(it.filter)),
  };
}
