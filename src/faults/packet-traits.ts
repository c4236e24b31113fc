// Which way each type of packet travels and which fields it has: what a fault can ask for at all.
import type { PacketType } from '../wire/packet.ts';
import type { Direction, PacketMatch, PacketRewrite } from './packet-fault.ts';

const ways = {
  CONNECT: ['toServer'],
  CONNACK: ['toClient'],
  PUBLISH: ['toServer', 'toClient'],
  PUBACK: ['toServer', 'toClient'],
  PUBREC: ['toServer', 'toClient'],
  PUBREL: ['toServer', 'toClient'],
  PUBCOMP: ['toServer', 'toClient'],
  SUBSCRIBE: ['toServer'],
  SUBACK: ['toClient'],
  UNSUBSCRIBE: ['toServer'],
  UNSUBACK: ['toClient'],
  PINGREQ: ['toServer'],
  PINGRESP: ['toClient'],
  DISCONNECT: ['toServer'],
} as const satisfies Readonly<Record<PacketType, readonly Direction[]>>;

/** Every type of packet, in the order of the standard. */
export const packetTypes = Object.keys(ways) as unknown as readonly [PacketType, ...PacketType[]]; // all, by `satisfies`

/** Whether such a packet is ever sent that way. */
export function travels(type: PacketType, direction: Direction): boolean {
  return (ways[type] as readonly Direction[]).includes(direction); // widened, to be asked about either
}

const identified: readonly PacketType[] = packetTypes.filter((it) => /^(PUB|SUB|UNSUB)/.test(it));

/** Packets that have the field that a match asks for; fields that are not here say nothing about the type. */
const matched: Partial<Record<keyof PacketMatch, readonly PacketType[]>> = {
  topic: ['PUBLISH'],
  qos: ['PUBLISH'],
  retain: ['PUBLISH'],
  dup: ['PUBLISH'],
  payload: ['PUBLISH'],
  packetId: identified,
  returnCode: ['CONNACK'],
};

/** Packets that have the field that a rewrite sets. */
const rewritten: Partial<Record<keyof PacketRewrite, readonly PacketType[]>> = {
  topic: ['PUBLISH'],
  qos: ['PUBLISH'],
  retain: ['PUBLISH'],
  dup: ['PUBLISH'],
  payload: ['PUBLISH'],
  packetId: identified,
  sessionPresent: ['CONNACK'],
  returnCode: ['CONNACK'],
  returnCodes: ['SUBACK'],
  requestedQos: ['SUBSCRIBE'],
  cleanSession: ['CONNECT'],
  keepAliveS: ['CONNECT'],
  clientId: ['CONNECT'],
  userName: ['CONNECT'],
  will: ['CONNECT'],
};

/** Packets that a match on this field can fit; undefined where any can. */
export function typesWith(field: keyof PacketMatch): readonly PacketType[] | undefined {
  return matched[field];
}

/** Packets in which a rewrite of this field changes something; undefined where it is not told. */
export function typesToSet(field: keyof PacketRewrite): readonly PacketType[] | undefined {
  return rewritten[field];
}
