// The packet identifier and the packets that carry nothing else: PUBACK, PUBREC, PUBREL, PUBCOMP, UNSUBACK.
import type { StatementId } from '../../spec/statement.ts';
import type { BodyReader } from '../body-reader.ts';
import type { BodyWriter } from '../body-writer.ts';
import type { AckType } from '../packet.ts';

/** The statement that an identifier of 0 breaks; PUBCOMP has none. */
const ACK_STATEMENT: Readonly<Record<AckType, StatementId | undefined>> = {
  PUBACK: 'MQTT-2.3.1-6',
  PUBREC: 'MQTT-2.3.1-6',
  PUBREL: 'MQTT-2.3.1-6',
  PUBCOMP: undefined,
  UNSUBACK: 'MQTT-2.3.1-7',
};

/** Reads a packet identifier; `zero` and `missing` are the statements that these two break. */
export function readPacketId(
  r: BodyReader,
  zero: StatementId | undefined,
  missing: StatementId | undefined,
): number | undefined {
  if (r.left < 2) return r.missing('packet identifier', missing);
  const packetId = r.u16();
  if (packetId === 0) r.deviate('zero-packet-id', zero, r.at - 2, 2, 'a packet identifier from 1 to 65535', '0');
  return packetId;
}

/** Reads the two bytes of an acknowledgement (MQTT311-NN-05). */
export function decodeAckId(r: BodyReader, type: AckType): number | undefined {
  const packetId = readPacketId(r, ACK_STATEMENT[type], 'MQTT311-NN-05');
  r.finish('MQTT311-NN-05');
  return packetId;
}

/** Writes a packet identifier, 0 included. */
export function writePacketId(w: BodyWriter, packetId: number): void {
  w.u16(packetId, 'packet identifier');
}
