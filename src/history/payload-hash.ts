// The identity of a message whose payload is not ours to write into.
import { createHash } from 'node:crypto';

/** First 16 hex digits of the payload's SHA-256. */
export function payloadHash(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex').slice(0, 16);
}
