// Which packet type of MQTT 3.1.1 is read and written by which file; 5.0 gets a table of its own.
import type { BodyReader } from '../body-reader.ts';
import type { BodyWriter } from '../body-writer.ts';
import type { AckType, BareType, Packet, PacketType, Text } from '../packet.ts';
import { decodeConnack, encodeConnack } from './connack.ts';
import { decodeConnect, encodeConnect } from './connect.ts';
import { decodeAckId, writePacketId } from './packet-id.ts';
import { decodePublish, encodePublish } from './publish.ts';
import { decodeSuback, decodeSubscribe, encodeSuback, encodeSubscribe } from './subscribe.ts';
import { decodeUnsubscribe, encodeUnsubscribe } from './unsubscribe.ts';

/** Reads the variable header and payload of a packet of this type; `undefined` where a field is missing. */
export function decodeBody(r: BodyReader, type: PacketType, flags: number): Packet | undefined {
  switch (type) {
    case 'PUBLISH':
      return decodePublish(r, flags);
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
    case 'UNSUBACK':
      return decodeAck(r, type);
    case 'CONNECT':
      return decodeConnect(r);
    case 'CONNACK':
      return decodeConnack(r);
    case 'SUBSCRIBE':
      return decodeSubscribe(r);
    case 'SUBACK':
      return decodeSuback(r);
    case 'UNSUBSCRIBE':
      return decodeUnsubscribe(r);
    case 'PINGREQ':
    case 'PINGRESP':
    case 'DISCONNECT':
      return decodeBare(r, type);
  }
}

function decodeAck(r: BodyReader, type: AckType): Packet | undefined {
  const packetId = decodeAckId(r, type);
  return packetId === undefined ? undefined : { type, packetId };
}

function decodeBare(r: BodyReader, type: BareType): Packet {
  r.finish('MQTT311-NN-05');
  return { type };
}

/** Bytes of the variable header that a spoiled packet states differently from its fields. */
export interface SpoiledBody {
  readonly connectFlags?: number;
  readonly connackFlags?: number;
}

/** Writes the variable header and payload of a packet. */
export function encodeBody(w: BodyWriter, packet: Packet<Text>, spoil?: SpoiledBody): void {
  switch (packet.type) {
    case 'PUBLISH':
      return encodePublish(w, packet);
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
    case 'UNSUBACK':
      return writePacketId(w, packet.packetId);
    case 'CONNECT':
      return encodeConnect(w, packet, spoil?.connectFlags);
    case 'CONNACK':
      return encodeConnack(w, packet, spoil?.connackFlags);
    case 'SUBSCRIBE':
      return encodeSubscribe(w, packet);
    case 'SUBACK':
      return encodeSuback(w, packet);
    case 'UNSUBSCRIBE':
      return encodeUnsubscribe(w, packet);
    case 'PINGREQ':
    case 'PINGRESP':
    case 'DISCONNECT':
  }
}
