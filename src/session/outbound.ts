// The QoS sender: holds what was published until the server has taken it over, and sends it again after a reconnect.
import { heldBy, inFlightCount, withoutIt, withOneMore, type Held, type InFlight } from './in-flight.ts';
import { freeId, takeId } from './packet-ids.ts';
import type { PacketIds } from './packet-ids.ts';
import type { Message, SessionOutput } from './session-output.ts';

/** A message and the number that the application knows it by. */
export interface Outgoing {
  readonly message: Message;
  readonly token: number;
}

/** A message that the server was sent and has not confirmed. */
interface Sent extends Outgoing, Held {}

/** A message whose PUBLISH the server confirmed, and whose PUBREL it did not. */
interface Released extends Held {
  readonly token: number;
}

/** Bounds of what a session holds. */
export interface OutboundPolicy {
  /** Most QoS 1 and 2 exchanges in flight at once. */
  readonly window: number;
  /** Most messages that wait for a connection or for a place in the window. */
  readonly queueLimit: number;
  /** What gives way when the queue is full. */
  readonly whenQueueFull: 'drop-newest' | 'drop-oldest';
  /** Whether QoS 0 messages wait for a connection too; else they are dropped without one. */
  readonly queueQos0: boolean;
}

/** Messages that are not done. Session state but for the queue, whose messages the server never heard of. */
export interface Outbound {
  /** One queue for every QoS, so that nothing overtakes; absent when empty. */
  queue: Outgoing[] | undefined;
  /** Neither PUBACK nor PUBREC came; in the order of first sending. */
  unacknowledged: InFlight<Sent>;
  /** PUBREL went out, no PUBCOMP came; in the order of the PUBRECs. */
  released: InFlight<Released>;
}

/** A sender with nothing to send. */
export function outboundState(): Outbound {
  return { queue: undefined, unacknowledged: undefined, released: undefined };
}

/** Messages that are queued or in flight. */
export function outboundCount({ queue, unacknowledged, released }: Outbound): number {
  return (queue === undefined ? 0 : queue.length) + inFlightCount(unacknowledged) + inFlightCount(released);
}

/** Takes a message in: sends it while connected, as far as the window allows, else it waits or is dropped. */
export function publish(
  outbound: Outbound,
  policy: OutboundPolicy,
  ids: PacketIds,
  message: Outgoing,
  online: boolean,
  out: SessionOutput,
): void {
  if (online && outbound.queue === undefined && sendFirst(outbound, policy, ids, message, out)) return;
  if (!online && message.message.qos === 0 && !policy.queueQos0) {
    out.events.push({ kind: 'dropped', token: message.token, why: 'offline' });
    return;
  }
  if (outbound.queue === undefined) outbound.queue = [message];
  else outbound.queue.push(message);
  if (online) sendQueued(outbound, policy, ids, out);
  trimQueue(outbound, policy, out);
}

/** Drops what the queue's bound leaves no room for, and says so. */
function trimQueue(outbound: Outbound, policy: OutboundPolicy, out: SessionOutput): void {
  const { queue } = outbound;
  if (queue === undefined) return;
  const excess = queue.length - policy.queueLimit;
  if (excess <= 0) return;
  const from = policy.whenQueueFull === 'drop-oldest' ? 0 : policy.queueLimit;
  for (const { token } of queue.splice(from, excess)) {
    out.events.push({ kind: 'dropped', token, why: 'queue-full' });
  }
  if (queue.length === 0) outbound.queue = undefined;
}

/** Sends from the queue as far as the window allows. Call only while connected. */
export function sendQueued(outbound: Outbound, policy: OutboundPolicy, ids: PacketIds, out: SessionOutput): void {
  const { queue } = outbound;
  if (queue === undefined) return;
  let sent = 0;
  for (const message of queue) {
    if (!sendFirst(outbound, policy, ids, message, out)) break;
    sent += 1;
  }
  if (sent === queue.length) outbound.queue = undefined;
  else if (sent > 0) queue.splice(0, sent);
}

function sendFirst(
  outbound: Outbound,
  policy: OutboundPolicy,
  ids: PacketIds,
  { message, token }: Outgoing,
  out: SessionOutput,
): boolean {
  const { topic, payload, qos, retain } = message;
  if (qos === 0) {
    // MQTT-4.3.1-1, MQTT-2.3.1-5: DUP 0, no packet id
    out.packets.push({ type: 'PUBLISH', dup: false, qos, retain, topic, payload });
    out.events.push({ kind: 'published', token });
    return true;
  }
  if (inFlightCount(outbound.unacknowledged) + inFlightCount(outbound.released) >= policy.window) return false;
  const packetId = takeId(ids);
  if (packetId === undefined) return false;
  // MQTT-4.3.2-1, MQTT-4.3.3-1: held until acknowledged
  outbound.unacknowledged = withOneMore(outbound.unacknowledged, { packetId, message, token });
  out.packets.push({ type: 'PUBLISH', dup: false, qos, retain, topic, packetId, payload });
  return true;
}

/**
 * Sends everything unfinished again after a reconnect, with the ids it had (MQTT-4.4.0-1, MQTT-2.3.1-3): first the
 * PUBRELs in the order of their PUBRECs, then the PUBLISHes in the order of first sending.
 */
export function redeliver({ released = [], unacknowledged = [] }: Outbound, out: SessionOutput): void {
  for (const { packetId } of released) out.packets.push({ type: 'PUBREL', packetId }); // MQTT-4.6.0-4
  for (const { packetId, message } of unacknowledged) {
    const { topic, payload, qos, retain } = message;
    // MQTT-4.6.0-1: the list keeps the order of first sending; MQTT-3.3.1-1: DUP 1
    out.packets.push({ type: 'PUBLISH', dup: true, qos, retain, topic, packetId, payload });
  }
}

/** PUBACK: the exchange is over. One that fits no exchange is ignored: it may answer a copy that was sent again. */
export function receivePuback(outbound: Outbound, ids: PacketIds, packetId: number, out: SessionOutput): void {
  const sent = heldBy(outbound.unacknowledged, packetId);
  if (sent?.message.qos !== 1) return;
  outbound.unacknowledged = withoutIt(outbound.unacknowledged, packetId);
  finish(ids, sent, out);
}

/** PUBREC: from here on only the PUBREL is sent, never the PUBLISH again (MQTT-4.3.3-1). */
export function receivePubrec(outbound: Outbound, packetId: number, out: SessionOutput): void {
  const sent = heldBy(outbound.unacknowledged, packetId);
  if (sent?.message.qos === 2) {
    outbound.unacknowledged = withoutIt(outbound.unacknowledged, packetId);
    outbound.released = withOneMore(outbound.released, { packetId, token: sent.token });
  } else if (heldBy(outbound.released, packetId) === undefined) {
    return;
  }
  out.packets.push({ type: 'PUBREL', packetId }); // MQTT-4.6.0-4: at once
}

/** PUBCOMP: the exchange is over. */
export function receivePubcomp(outbound: Outbound, ids: PacketIds, packetId: number, out: SessionOutput): void {
  const released = heldBy(outbound.released, packetId);
  if (released === undefined) return;
  outbound.released = withoutIt(outbound.released, packetId);
  finish(ids, released, out);
}

/** The session is over (MQTT-3.1.2-6): what was in flight is given up, what only waited still waits. */
export function abandonInFlight(outbound: Outbound, ids: PacketIds, out: SessionOutput): void {
  const given = [...(outbound.released ?? []), ...(outbound.unacknowledged ?? [])];
  outbound.released = undefined;
  outbound.unacknowledged = undefined;
  for (const { packetId, token } of given) {
    freeId(ids, packetId);
    out.events.push({ kind: 'dropped', token, why: 'session-ended' });
  }
}

function finish(ids: PacketIds, { packetId, token }: Released, out: SessionOutput): void {
  freeId(ids, packetId); // MQTT-2.3.1-3
  out.events.push({ kind: 'published', token });
}
