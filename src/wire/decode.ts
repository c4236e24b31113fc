// From the bytes of one packet to what they mean and what is wrong with them.
import { BodyReader } from './body-reader.ts';
import { bodyStart, checkFirstByte, formOf, INCOMPLETE, MALFORMED, packetLength } from './fixed-header.ts';
import type { Frame } from './frame.ts';
import type { Sender } from './packet.ts';
import { decodeBody } from './v311/body.ts';

/**
 * Decodes exactly one packet, e.g. from a journal. Never throws: bytes that end too early or too late, or cannot
 * be a packet, come back as a frame with deviations. Text and payloads may hold any bytes (a masked password).
 *
 * @param streamOffset offset of the first byte from the beginning of its stream, for the deviations
 */
export function decodePacket(bytes: Uint8Array, sender: Sender, streamOffset = 0): Frame {
  const buffer = asBuffer(bytes);
  const r = new BodyReader();
  const total = packetLength(buffer, 0, buffer.length);
  if (total === MALFORMED) return malformedFrame(r, buffer, sender, streamOffset);
  if (total === INCOMPLETE || total > buffer.length) return truncatedFrame(r, buffer, sender, streamOffset);
  const frame = frameOf(r, buffer.subarray(0, total), sender, streamOffset);
  if (total === buffer.length) return frame;
  const rest = buffer.length - total;
  r.deviate('bytes-after-packet', undefined, total, rest, 'the bytes of one packet', `${rest} more bytes`);
  return { ...frame, bytes: buffer, deviations: [...frame.deviations, ...r.takeDeviations()] };
}

/** The frame of one whole packet: `bytes` are as many as its fixed header says. */
export function frameOf(r: BodyReader, bytes: Buffer, sender: Sender, offset: number): Frame {
  r.open(bytes, bodyStart(bytes), offset);
  const first = r.peek(0);
  const form = formOf(first >> 4);
  checkFirstByte(r, form, sender);
  if (form === undefined) return { offset, bytes, deviations: r.takeDeviations() };
  const packet = decodeBody(r, form.type, first & 0x0f);
  if (packet === undefined) return { offset, bytes, deviations: r.takeDeviations() };
  return { offset, bytes, packet, deviations: r.takeDeviations() };
}

/** The frame of a header whose Remaining Length runs over four bytes (MQTT311-NN-02). */
export function malformedFrame(r: BodyReader, bytes: Buffer, sender: Sender, offset: number): Frame {
  openHeader(r, bytes, sender, offset);
  r.deviate(
    'remaining-length',
    'MQTT311-NN-02',
    1,
    4,
    'at most four bytes of Remaining Length',
    'a fifth is announced',
  );
  return { offset, bytes, deviations: r.takeDeviations(), unframed: true };
}

/** The frame of a packet whose stream ended inside it; of one too large to hold, no bytes are left. */
export function truncatedFrame(r: BodyReader, bytes: Buffer, sender: Sender, offset: number): Frame {
  openHeader(r, bytes, sender, offset);
  r.deviate('truncated-packet', undefined, bytes.length, 0, restOf(bytes), 'the stream ends');
  return { offset, bytes, deviations: r.takeDeviations(), unframed: true };
}

function restOf(bytes: Buffer): string {
  if (bytes.length === 0) return 'the rest of the packet';
  const total = packetLength(bytes, 0, bytes.length);
  return total === INCOMPLETE ? 'the rest of the fixed header' : `${total - bytes.length} more bytes of ${total}`;
}

/** The frame of the header of a packet that is too large to hold. */
export function oversizeFrame(
  r: BodyReader,
  header: Buffer,
  sender: Sender,
  offset: number,
  maxPacketB: number,
): Frame {
  openHeader(r, header, sender, offset);
  const total = packetLength(header, 0, header.length);
  r.deviate(
    'packet-too-large',
    undefined,
    0,
    header.length,
    `at most ${maxPacketB} bytes`,
    `a packet of ${total} bytes`,
  );
  return { offset, bytes: header, deviations: r.takeDeviations(), unframed: true };
}

function openHeader(r: BodyReader, bytes: Buffer, sender: Sender, offset: number): void {
  r.open(bytes, bytes.length, offset);
  if (bytes.length > 0) checkFirstByte(r, formOf(r.peek(0) >> 4), sender);
}

/** The same bytes as a Buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
