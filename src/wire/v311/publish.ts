// PUBLISH: the packet that carries application messages, and the hot path of every fleet.
import type { BodyReader } from '../body-reader.ts';
import type { BodyWriter } from '../body-writer.ts';
import type { Publish, Qos, Text } from '../packet.ts';
import { readText } from '../text.ts';
import type { TextField } from '../text.ts';
import { readPacketId, writePacketId } from './packet-id.ts';

const TOPIC: TextField = {
  name: 'topic name',
  holds: 'published topic',
  present: 'MQTT-3.3.2-1',
  utf8: 'MQTT-3.3.2-1',
};

/** Reads a PUBLISH with the given flags; QoS 3 is read as if it were 1 or 2. */
export function decodePublish(r: BodyReader, flags: number): Publish | undefined {
  const qos = ((flags >> 1) & 3) as Qos;
  const dup = (flags & 8) !== 0;
  const retain = (flags & 1) !== 0;
  if (qos === 3) r.deviate('qos-3', 'MQTT-3.3.1-4', 0, 1, 'QoS 0, 1 or 2', 'both QoS bits set');
  if (dup && qos === 0) r.deviate('dup-at-qos-0', 'MQTT-3.3.1-2', 0, 1, 'DUP 0 at QoS 0', 'DUP 1');
  const topic = readText(r, TOPIC);
  if (topic === undefined) return undefined;
  if (qos === 0) return { type: 'PUBLISH', dup, qos, retain, topic, payload: r.view(r.left) }; // MQTT-2.3.1-5
  const packetId = readPacketId(r, 'MQTT-2.3.1-1', 'MQTT-2.3.1-1');
  if (packetId === undefined) return undefined;
  return { type: 'PUBLISH', dup, qos, retain, topic, packetId, payload: r.view(r.left) };
}

/** Writes the body; a packet identifier is written if the packet has one, whatever its QoS. */
export function encodePublish(w: BodyWriter, packet: Publish<Text>): void {
  w.text(packet.topic, 'topic name');
  if (packet.packetId !== undefined) writePacketId(w, packet.packetId);
  w.raw(packet.payload);
}

/** The low nibble of a PUBLISH. */
export function publishFlags(packet: Publish<Text>): number {
  return (packet.dup ? 8 : 0) | ((packet.qos & 3) << 1) | (packet.retain ? 1 : 0);
}
