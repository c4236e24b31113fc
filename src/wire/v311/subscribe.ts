// The subscribe flow: SUBSCRIBE asks for filters, SUBACK grants or refuses each of them.
import { hex } from '../body-reader.ts';
import type { BodyReader } from '../body-reader.ts';
import type { BodyWriter } from '../body-writer.ts';
import type { Suback, Subscribe, SubscriptionRequest, Text } from '../packet.ts';
import { readText } from '../text.ts';
import type { TextField } from '../text.ts';
import { readPacketId, writePacketId } from './packet-id.ts';

const FILTER: TextField = { name: 'topic filter', holds: 'filter', present: 'MQTT-3.8.3-1', utf8: 'MQTT-3.8.3-1' };

/** Reads a SUBSCRIBE; pairs before one that is cut off are lost with it, the bytes of the frame keep them. */
export function decodeSubscribe(r: BodyReader): Subscribe | undefined {
  const packetId = readPacketId(r, 'MQTT-2.3.1-1', 'MQTT-2.3.1-1');
  if (packetId === undefined) return undefined;
  if (r.left === 0) {
    r.deviate('empty-subscribe', 'MQTT-3.8.3-3', r.at, 0, 'at least one topic filter with its QoS', 'none');
  }
  const subscriptions: SubscriptionRequest[] = [];
  while (r.left > 0) {
    const filter = readText(r, FILTER);
    if (filter === undefined) return undefined;
    if (r.left === 0) return r.missing('requested QoS', 'MQTT-3.8.3-3');
    const qos = r.u8();
    if (qos > 2) r.deviate('requested-qos', 'MQTT-3.8.3-4', r.at - 1, 1, 'a requested QoS of 0, 1 or 2', hex(qos));
    subscriptions.push({ filter, qos });
  }
  return { type: 'SUBSCRIBE', packetId, subscriptions };
}

/** Writes the pairs as they are, an empty list included. */
export function encodeSubscribe(w: BodyWriter, packet: Subscribe<Text>): void {
  writePacketId(w, packet.packetId);
  for (const { filter, qos } of packet.subscriptions) {
    w.text(filter, 'topic filter');
    w.u8(qos, 'requested QoS');
  }
}

/** Reads a SUBACK: an identifier and one code for each filter. */
export function decodeSuback(r: BodyReader): Suback | undefined {
  const packetId = readPacketId(r, 'MQTT-2.3.1-7', 'MQTT-2.3.1-7');
  if (packetId === undefined) return undefined;
  if (r.left === 0) r.deviate('empty-suback', 'MQTT-3.8.4-5', r.at, 0, 'at least one return code', 'none');
  const returnCodes: number[] = [];
  while (r.left > 0) {
    const code = r.u8();
    if (code > 2 && code !== 0x80) {
      r.deviate('suback-code', 'MQTT-3.9.3-2', r.at - 1, 1, 'return code 0, 1, 2 or 0x80', hex(code));
    }
    returnCodes.push(code);
  }
  return { type: 'SUBACK', packetId, returnCodes };
}

/** Writes the codes as they are. */
export function encodeSuback(w: BodyWriter, packet: Suback): void {
  writePacketId(w, packet.packetId);
  for (const code of packet.returnCodes) w.u8(code, 'return code');
}
