// Large payloads are cut before they are kept, so that one video frame does not fill the journal.
import { payloadHash } from './payload-hash.ts';

/** What is kept of a packet. */
export interface Kept {
  readonly bytes: Uint8Array;
  /** Set where the payload was cut. */
  readonly cut?: { readonly omittedB: number; readonly payloadHash?: string };
}

/**
 * Keeps the header, topic and packet identifier of a PUBLISH and the first `payloadB` bytes of its payload.
 * Anything else, and a PUBLISH whose topic runs past its end, stays whole.
 */
export function cutPublish(bytes: Uint8Array, payloadB: number): Kept {
  const payloadAt = publishPayloadAt(bytes);
  if (payloadAt === undefined || bytes.length - payloadAt <= payloadB) return { bytes };
  const keptB = payloadAt + payloadB;
  return {
    bytes: bytes.subarray(0, keptB),
    cut: { omittedB: bytes.length - keptB, payloadHash: payloadHash(bytes.subarray(payloadAt)) },
  };
}

/** Keeps the first `keptB` bytes of bytes that belong to no packet. */
export function cutPiece(bytes: Uint8Array, keptB: number): Kept {
  if (bytes.length <= keptB) return { bytes };
  return { bytes: bytes.subarray(0, keptB), cut: { omittedB: bytes.length - keptB } };
}

function publishPayloadAt(bytes: Uint8Array): number | undefined {
  const first = bytes[0] ?? 0;
  if (first >> 4 !== 3) return undefined;
  let topicAt = 2;
  while (topicAt < 5 && ((bytes[topicAt - 1] ?? 0) & 0x80) !== 0) topicAt += 1;
  const topicB = ((bytes[topicAt] ?? 0) << 8) | (bytes[topicAt + 1] ?? 0);
  const packetIdB = (first & 0x06) === 0 ? 0 : 2;
  const payloadAt = topicAt + 2 + topicB + packetIdB;
  return payloadAt > bytes.length ? undefined : payloadAt;
}
