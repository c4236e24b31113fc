// From a packet to bytes, exactly as told: also what the standard forbids, because conformance checks must send it.
import { BodyWriter, remainingLength } from './body-writer.ts';
import { FIRST_BYTE } from './fixed-header.ts';
import type { Packet, Text } from './packet.ts';
import { encodeBody } from './v311/body.ts';
import type { SpoiledBody } from './v311/body.ts';
import { publishFlags } from './v311/publish.ts';

/**
 * What to write differently from what the packet says. Applied in this order: `connectFlags` or `connackFlags`,
 * `bodySet`, `bodyCutTo`, `bodyAppend`, `remainingLength`, `type` and `flags`.
 */
export interface Spoil extends SpoiledBody {
  /** High nibble of the first byte, 0 to 15. */
  readonly type?: number;
  /** Low nibble of the first byte, 0 to 15. */
  readonly flags?: number;
  /** Another Remaining Length than the body's: a number in its shortest form, or raw bytes (any number of them). */
  readonly remainingLength?: number | Uint8Array;
  /** Bytes of the body (behind the fixed header) to overwrite, e.g. the length prefix of a text. */
  readonly bodySet?: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  /** Keeps only so many bytes of the body. */
  readonly bodyCutTo?: number;
  /** Bytes behind the last field. */
  readonly bodyAppend?: Uint8Array;
  /** The connect flags, whatever fields the CONNECT has. */
  readonly connectFlags?: number;
  /** The acknowledge flags of a CONNACK. */
  readonly connackFlags?: number;
}

/** Shared: encoding is synchronous, and every packet is begun anew. */
const writer = new BodyWriter();

/**
 * Writes a packet. Nothing is validated: QoS 3, packet identifier 0 or none, wildcards in topic names, empty
 * subscription lists and ill-formed text (as bytes) are written as told. The result is a view of pooled memory,
 * as Node's own small Buffers are.
 *
 * @throws FieldbenchError `FB_WIRE_ENCODE` for what has no bytes at all: text above 65535 bytes, numbers beyond
 *   their field, a body above 268,435,455 bytes without `spoil.remainingLength`
 */
export function encode(packet: Packet<Text>, spoil?: Spoil): Uint8Array {
  writer.open();
  encodeBody(writer, packet, spoil);
  const first = packet.type === 'PUBLISH' ? FIRST_BYTE.PUBLISH | publishFlags(packet) : FIRST_BYTE[packet.type];
  return spoil === undefined ? writer.close(first) : closeSpoiled(first, spoil);
}

function closeSpoiled(first: number, spoil: Spoil): Uint8Array {
  for (const { at, bytes } of spoil.bodySet ?? []) writer.overwrite(at, bytes);
  if (spoil.bodyCutTo !== undefined) writer.cutTo(spoil.bodyCutTo);
  if (spoil.bodyAppend !== undefined) writer.raw(spoil.bodyAppend);
  const firstByte = (((spoil.type ?? first >> 4) & 0x0f) << 4) | ((spoil.flags ?? first) & 0x0f);
  const length = spoil.remainingLength;
  return writer.close(firstByte, typeof length === 'number' ? remainingLength(length) : length);
}
