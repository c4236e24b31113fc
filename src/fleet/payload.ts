// What a fleet's messages say of themselves, so that whoever receives one knows whose it is and how late it comes.

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

/** A payload of `lengthB` bytes: the identity, where it fits, and filling. */
export function writePayload(lengthB: number, run: number, it: MessageIdentity): Uint8Array {
  const payload = Buffer.allocUnsafe(lengthB);
  if (lengthB < IDENTITY_B) return payload.fill(FILLING);
  payload.writeUInt16BE((MAGIC << 4) | (it.lane & 0xf), 0);
  payload.writeUInt16BE(it.population, 2);
  payload.writeUInt32BE(run, 4);
  payload.writeUInt32BE(it.device, 8);
  payload.writeUInt32BE(it.ordinal, 12);
  payload.writeDoubleBE(it.intendedMs, 16);
  return payload.fill(FILLING, IDENTITY_B);
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
