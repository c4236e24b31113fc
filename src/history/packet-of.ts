// Reads a packet event back: the bytes are decoded when somebody asks, so that there are never two truths.
import { decodePacket } from '../wire/decode.ts';
import type { Frame } from '../wire/frame.ts';
import type { Publish, Sender } from '../wire/packet.ts';
import type { Direction, PacketSeen } from './event.ts';
import { payloadHash } from './payload-hash.ts';

/** Who sends in a direction. */
export function senderOf(direction: Direction): Sender {
  return direction === 'toServer' ? 'client' : 'server';
}

/**
 * The packet that a tap saw.
 *
 * Of a cut packet, `bytes` and the payload hold what was kept; everything else is as it was on the wire.
 * A masked password reads as asterisks. A masked client id (of a malformed CONNECT, where nobody knows what the password
 * is) is known to be nobody else's: it is named after its connection, so that two of one length are not taken for one.
 */
export function frameOf(event: PacketSeen): Frame {
  const kept = Buffer.from(event.bytes, 'base64');
  if (event.unframed) return { offset: event.offset, bytes: kept, deviations: [], unframed: true };
  const omittedB = event.omittedB ?? 0;
  const whole = omittedB === 0 ? kept : Buffer.concat([kept, Buffer.alloc(omittedB)]);
  const frame = apart(decodePacket(whole, senderOf(event.direction), event.offset), event);
  return omittedB === 0 ? frame : withoutFilling(frame, kept, omittedB);
}

/** The protocol name, the level, the flags and the keep alive stand before the client id, each text with its length. */
function apart(frame: Frame, { masked = [], connection }: PacketSeen): Frame {
  const { packet } = frame;
  if (packet?.type !== 'CONNECT' || packet.clientId === '' || masked.length === 0) return frame;
  const bodyB = 2 + Buffer.byteLength(packet.protocolName) + 1 + 1 + 2;
  const remainingLengthB = frame.bytes.subarray(1, 5).findIndex((byte) => byte < 0x80) + 1;
  const at = 1 + remainingLengthB + bodyB + 2;
  if (!masked.some(([start, length]) => start <= at && at < start + length)) return frame;
  return { ...frame, packet: { ...packet, clientId: `(masked, of ${connection})` } };
}

/** Takes the zeros out again that stood for the bytes left out. */
function withoutFilling(frame: Frame, kept: Uint8Array, omittedB: number): Frame {
  if (frame.packet?.type !== 'PUBLISH') return { ...frame, bytes: kept };
  const payload = frame.packet.payload.subarray(0, Math.max(0, frame.packet.payload.length - omittedB));
  return { ...frame, bytes: kept, packet: { ...frame.packet, payload } };
}

/** Identity of the message in `event`, whether or not its payload was cut. */
export function payloadHashOf(event: PacketSeen, packet: Publish): string {
  return event.payloadHash ?? payloadHash(packet.payload);
}
