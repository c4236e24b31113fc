// What a fleet's messages say of themselves, so that whoever receives one knows whose it is and how late it comes.
import { Buffer } from 'node:buffer'; // The global one is a getter, called for every message.

/** Who a message is. */
export interface MessageIdentity {
  /** Ordinal of the population. */
  readonly population: number;
  /** Number of the device within its population, from 1. */
  readonly device: number;
  /** Place of the topic among the population's traffic. */
  readonly lane: number;
  /** Ordinal among the device's messages on this topic, from 1. */
  readonly ordinal: number;
  /** When it was due, in the run's clock. */
  readonly intendedMs: number;
}

const MAGIC = 0xf1b;
/** Bytes of an identity; shorter payloads carry none. */
export const IDENTITY_B = 24;
const FILLING = 0x2e;
/** Up to here a loop is faster than a call. */
const SHORT_B = 256;
/** Where identities are put together. */
const written = new DataView(new ArrayBuffer(IDENTITY_B));
const writtenBytes = new Uint8Array(written.buffer);

/** A payload of `lengthB` bytes: the identity, where it fits, and filling. */
export function writePayload(lengthB: number, run: number, it: MessageIdentity): Uint8Array {
  const payload = Buffer.allocUnsafe(lengthB);
  const from = lengthB < IDENTITY_B ? 0 : IDENTITY_B;
  if (lengthB > SHORT_B) payload.fill(FILLING, from);
  else for (let at = from; at < lengthB; at++) payload[at] = FILLING;
  if (from === 0) return payload;
  written.setUint16(0, (MAGIC << 4) | (it.lane & 0xf));
  written.setUint16(2, it.population);
  written.setUint32(4, run);
  written.setUint32(8, it.device);
  written.setUint32(12, it.ordinal);
  written.setFloat64(16, it.intendedMs);
  payload.set(writtenBytes);
  return payload;
}

/** The identity in a payload; nothing where it is not of this run. */
export function readPayload(payload: Uint8Array, run: number): MessageIdentity | undefined {
  if (payload.length < IDENTITY_B) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, IDENTITY_B);
  const first = view.getUint16(0);
  if (first >> 4 !== MAGIC || view.getUint32(4) !== run) return undefined;
  return {
    population: view.getUint16(2),
    device: view.getUint32(8),
    lane: first & 0xf,
    ordinal: view.getUint32(12),
    intendedMs: view.getFloat64(16),
  };
}
