// The QoS sender: holds what was published until the server has taken it over, and sends it again after a reconnect.
import { freeId, takeId } from './packet-ids.ts';
import type { PacketIds } from './packet-ids.ts';
import type { Message, SessionOutput } from './session-output.ts';

/** A message and the number that the application knows it by. */
export interface Outgoing extends Message {
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
  /** One queue for every QoS, so that nothing overtakes. */
  readonly queue: Outgoing[];
  /** Neither PUBACK nor PUBREC came; by packet id, in the order of first sending. */
  readonly unacknowledged: Map<number, Outgoing>;
  /** PUBREL went out, no PUBCOMP came; tokens by packet id, in the order of the PUBRECs. */
  readonly released: Map<number, number>;
}

/** A sender with nothing to send. */
export function outboundState(): Outbound {
  return { queue: [], unacknowledged: new Map(), released: new Map() };
}

/** Messages that are queued or in flight. */
export function outboundCount(outbound: Outbound): number {
  return outbound.queue.length + outbound.unacknowledged.size + outbound.released.size;
}

/** Takes a message in. Follow it with {@link sendQueued} while connected, then with {@link trimQueue}. */
export function enqueue(
  outbound: Outbound,
  policy: OutboundPolicy,
  message: Outgoing,
  online: boolean,
  out: SessionOutput,
): void {
  if (online || message.qos > 0 || policy.queueQos0) outbound.queue.push(message);
  else out.events.push({ kind: 'dropped', token: message.token, why: 'offline' });
}

/** Drops what the queue's bound leaves no room for, and says so. */
export function trimQueue(outbound: Outbound, policy: OutboundPolicy, out: SessionOutput): void {
  const excess = outbound.queue.length - policy.queueLimit;
  if (excess <= 0) return;
  const from = policy.whenQueueFull === 'drop-oldest' ? 0 : policy.queueLimit;
  for (const { token } of outbound.queue.splice(from, excess)) {
    out.events.push({ kind: 'dropped', token, why: 'queue-full' });
  }
}

/** Sends from the queue as far as the window allows. Call only while connected. */
export function sendQueued(outbound: Outbound, policy: OutboundPolicy, ids: PacketIds, out: SessionOutput): void {
  let sent = 0;
  for (const message of outbound.queue) {
    if (!sendFirst(outbound, policy, ids, message, out)) break;
    sent += 1;
  }
  if (sent > 0) outbound.queue.splice(0, sent);
}

function sendFirst(
  outbound: Outbound,
  policy: OutboundPolicy,
  ids: PacketIds,
  message: Outgoing,
  out: SessionOutput,
): boolean {
  const { topic, payload, qos, retain, token } = message;
  if (qos === 0) {
    // MQTT-4.3.1-1, MQTT-2.3.1-5: DUP 0, no packet id
    out.packets.push({ type: 'PUBLISH', dup: false, qos, retain, topic, payload });
    out.events.push({ kind: 'published', token });
    return true;
  }
  if (outbound.unacknowledged.size + outbound.released.size >= policy.window) return false;
  const packetId = takeId(ids);
  if (packetId === undefined) return false;
  outbound.unacknowledged.set(packetId, message); // MQTT-4.3.2-1, MQTT-4.3.3-1: held until acknowledged
  out.packets.push({ type: 'PUBLISH', dup: false, qos, retain, topic, packetId, payload });
  return true;
}

/**
 * Sends everything unfinished again after a reconnect, with the ids it had (MQTT-4.4.0-1, MQTT-2.3.1-3): first the
 * PUBRELs in the order of their PUBRECs, then the PUBLISHes in the order of first sending.
 */
export function redeliver(outbound: Outbound, out: SessionOutput): void {
  for (const packetId of outbound.released.keys()) out.packets.push({ type: 'PUBREL', packetId }); // MQTT-4.6.0-4
  for (const [packetId, { topic, payload, qos, retain }] of outbound.unacknowledged) {
    // MQTT-4.6.0-1: the map keeps the order of first sending; MQTT-3.3.1-1: DUP 1
    out.packets.push({ type: 'PUBLISH', dup: true, qos, retain, topic, packetId, payload });
  }
}

/** PUBACK: the exchange is over. One that fits no exchange is ignored: it may answer a copy that was sent again. */
export function receivePuback(outbound: Outbound, ids: PacketIds, packetId: number, out: SessionOutput): void {
  const message = outbound.unacknowledged.get(packetId);
  if (message?.qos !== 1) return;
  outbound.unacknowledged.delete(packetId);
  finish(ids, packetId, message.token, out);
}

/** PUBREC: from here on only the PUBREL is sent, never the PUBLISH again (MQTT-4.3.3-1). */
export function receivePubrec(outbound: Outbound, packetId: number, out: SessionOutput): void {
  const message = outbound.unacknowledged.get(packetId);
  if (message?.qos === 2) {
    outbound.unacknowledged.delete(packetId);
    outbound.released.set(packetId, message.token);
  }
  if (outbound.released.has(packetId)) out.packets.push({ type: 'PUBREL', packetId }); // MQTT-4.6.0-4: at once
}

/** PUBCOMP: the exchange is over. */
export function receivePubcomp(outbound: Outbound, ids: PacketIds, packetId: number, out: SessionOutput): void {
  const token = outbound.released.get(packetId);
  if (token === undefined) return;
  outbound.released.delete(packetId);
  finish(ids, packetId, token, out);
}

/** The session is over (MQTT-3.1.2-6): what was in flight is given up, what only waited still waits. */
export function abandonInFlight(outbound: Outbound, ids: PacketIds, out: SessionOutput): void {
  const given = [...outbound.released, ...[...outbound.unacknowledged].map(([id, { token }]) => [id, token] as const)];
  outbound.released.clear();
  outbound.unacknowledged.clear();
  for (const [packetId, token] of given) {
    freeId(ids, packetId);
    out.events.push({ kind: 'dropped', token, why: 'session-ended' });
  }
}

function finish(ids: PacketIds, packetId: number, token: number, out: SessionOutput): void {
  freeId(ids, packetId); // MQTT-2.3.1-3
  out.events.push({ kind: 'published', token });
}
