// The QoS receiver: acknowledges every PUBLISH by its QoS and hands a QoS 2 message on exactly once.
import type { Publish } from '../wire/packet.ts';
import type { SessionOutput } from './session-output.ts';

/** QoS 2 ids that were delivered and not yet released: session state, kept over reconnects. */
export interface Inbound {
  unreleased: Set<number> | undefined;
}

/**
 * Takes a PUBLISH. Answers go out at once, so in the order the messages came (MQTT-4.6.0-2, MQTT-4.6.0-3), and
 * whether the application cares or not (MQTT-4.5.0-2).
 * @returns false for a PUBLISH that cannot be answered: QoS 3, or QoS 1 or 2 without an id.
 */
export function receivePublish(inbound: Inbound, packet: Publish, out: SessionOutput): boolean {
  if (packet.qos === 0) {
    deliver(packet, 0, out);
    return true;
  }
  if (packet.qos === 3 || packet.packetId === undefined) return false; // MQTT-3.3.1-4, MQTT-2.3.1-1
  if (packet.qos === 1) {
    deliver(packet, 1, out); // MQTT-4.3.2-2: a new message, even with DUP
    out.packets.push({ type: 'PUBACK', packetId: packet.packetId }); // MQTT-3.3.4-1, MQTT-2.3.1-6
    return true;
  }
  const unreleased = (inbound.unreleased ??= new Set());
  if (!unreleased.has(packet.packetId)) {
    unreleased.add(packet.packetId);
    deliver(packet, 2, out);
  }
  out.packets.push({ type: 'PUBREC', packetId: packet.packetId }); // MQTT-4.3.3-2: again for a duplicate
  return true;
}

/** Takes a PUBREL: the id may stand for a new message from here on. An unknown id is answered too, or the server waits forever. */
export function receivePubrel(inbound: Inbound, packetId: number, out: SessionOutput): void {
  inbound.unreleased?.delete(packetId);
  out.packets.push({ type: 'PUBCOMP', packetId }); // MQTT-4.3.3-2
}

/** The server keeps no such session: its ids mean new messages. */
export function forgetInbound(inbound: Inbound): void {
  inbound.unreleased = undefined;
}

function deliver(packet: Publish, qos: 0 | 1 | 2, out: SessionOutput): void {
  out.deliveries.push({
    topic: packet.topic,
    payload: packet.payload,
    qos,
    retain: packet.retain,
    dup: packet.dup,
  });
}
