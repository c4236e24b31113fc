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
 * A masked password reads as asterisks.
 */
export function frameOf(event: PacketSeen): Frame {
  const kept = Buffer.from(event.bytes, 'base64');
  if (event.unframed) return { offset: event.offset, bytes: kept, deviations: [], unframed: true };
  const omittedB = event.omittedB ?? 0;
  const whole = omittedB === 0 ? kept : Buffer.concat([kept, Buffer.alloc(omittedB)]);
  const frame = decodePacket(whole, senderOf(event.direction), event.offset);
  return omittedB === 0 ? frame : withoutFilling(frame, kept, omittedB);
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
