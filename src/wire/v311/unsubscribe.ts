// UNSUBSCRIBE: takes filters back; its answer UNSUBACK carries only the identifier (packet-id.ts).
import type { BodyReader } from '../body-reader.ts';
import type { BodyWriter } from '../body-writer.ts';
import type { Text, Unsubscribe } from '../packet.ts';
import { readText } from '../text.ts';
import type { TextField } from '../text.ts';
import { readPacketId, writePacketId } from './packet-id.ts';

const FILTER: TextField = { name: 'topic filter', holds: 'filter', present: 'MQTT-3.10.3-1', utf8: 'MQTT-3.10.3-1' };

/** Reads an UNSUBSCRIBE. */
export function decodeUnsubscribe(r: BodyReader): Unsubscribe | undefined {
  const packetId = readPacketId(r, 'MQTT-2.3.1-1', 'MQTT-2.3.1-1');
  if (packetId === undefined) return undefined;
  if (r.left === 0) r.deviate('empty-unsubscribe', 'MQTT-3.10.3-2', r.at, 0, 'at least one topic filter', 'none');
  const filters: string[] = [];
  while (r.left > 0) {
    const filter = readText(r, FILTER);
    if (filter === undefined) return undefined;
    filters.push(filter);
  }
  return { type: 'UNSUBSCRIBE', packetId, filters };
}

/** Writes the filters as they are, an empty list included. */
export function encodeUnsubscribe(w: BodyWriter, packet: Unsubscribe<Text>): void {
  writePacketId(w, packet.packetId);
  for (const filter of packet.filters) w.text(filter, 'topic filter');
}
