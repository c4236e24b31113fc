// What a process saw on its connections, as bytes: written once, kept for a while, and sent to whoever merges it.
import { cutPublish } from '../history/cut.ts';
import type { Direction, Vantage } from '../history/event.ts';

/** One thing that was seen. */
export interface SeenRecord {
  readonly kind: 'opened' | 'packet' | 'ended';
  readonly device: number;
  /** Ordinal among the connections of the device, from 1. */
  readonly connection: number;
  readonly seenAt: Vantage;
  readonly tMs: number;
  readonly direction: Direction;
  /** Where the packet begins in its stream. */
  readonly offset: number;
  /** The packet; of an end, who and how in words. */
  readonly bytes: Buffer;
  readonly omittedB?: number;
  readonly payloadHash?: string;
  /** The bytes belong to no packet. */
  readonly unframed?: boolean;
}

/** Payload bytes that are kept of one PUBLISH, as everywhere in a history. */
const keptPayloadB = 4096;
const HEADER_B = 32;
const HASH_B = 16;
const KINDS = ['opened', 'packet', 'ended'] as const;
const VANTAGES: readonly Vantage[] = ['wire', 'clientEnd', 'serverEnd'];
const CUT = 0x80;
const TO_CLIENT = 0x40;
const UNFRAMED = 0x20;

/** A record that is to be written; its bytes are copied. */
export interface Draft extends Omit<SeenRecord, 'bytes' | 'omittedB' | 'payloadHash'> {
  readonly bytes: Uint8Array;
}

/** Writes records one behind the other into a buffer of its own. */
export class RecordWriter {
  readonly buffer: Buffer;
  /** Bytes that are written. */
  lengthB = 0;

  constructor(sizeB: number) {
    this.buffer = Buffer.allocUnsafeSlow(sizeB);
  }

  /** Gives false, and writes nothing, where the record does not fit. */
  write(it: Draft): boolean {
    const { bytes, cut } =
      it.kind === 'packet' && it.bytes.length > keptPayloadB
        ? cutPublish(it.bytes, keptPayloadB)
        : { bytes: it.bytes, cut: undefined };
    const needed = HEADER_B + bytes.length + (cut ? 4 + HASH_B : 0);
    const { buffer } = this;
    let at = this.lengthB;
    if (at + needed > buffer.length) return false;
    const flags = (cut ? CUT : 0) | (it.direction === 'toClient' ? TO_CLIENT : 0) | (it.unframed ? UNFRAMED : 0);
    buffer[at] = KINDS.indexOf(it.kind) | flags;
    buffer[at + 1] = VANTAGES.indexOf(it.seenAt);
    buffer.writeUInt32LE(it.device, at + 4);
    buffer.writeUInt32LE(it.connection, at + 8);
    buffer.writeDoubleLE(it.tMs, at + 12);
    buffer.writeDoubleLE(it.offset, at + 20);
    buffer.writeUInt32LE(bytes.length, at + 28);
    buffer.set(bytes, at + HEADER_B);
    at += HEADER_B + bytes.length;
    if (cut) {
      buffer.writeUInt32LE(cut.omittedB, at);
      buffer.write((cut.payloadHash ?? '').padEnd(HASH_B), at + 4, 'latin1');
    }
    this.lengthB += needed;
    return true;
  }
}

/** How large a record is on paper, at most. */
export const recordB = (bytes: Uint8Array): number => HEADER_B + bytes.length + 4 + HASH_B;

/** Reads records one behind the other; what it gives are views of the buffer. */
export class RecordReader {
  readonly #buffer: Buffer;
  #at: number;
  readonly #endB: number;

  constructor(buffer: Uint8Array, from = 0, endB = buffer.length) {
    this.#buffer = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length);
    this.#at = from;
    this.#endB = endB;
  }

  /** The next record; nothing behind the last one. */
  next(): SeenRecord | undefined {
    if (this.#at >= this.#endB) return undefined;
    const at = this.#at;
    const buffer = this.#buffer;
    const first = buffer[at] ?? 0;
    const lengthB = buffer.readUInt32LE(at + 28);
    const behind = at + HEADER_B + lengthB;
    const isCut = (first & CUT) !== 0;
    this.#at = behind + (isCut ? 4 + HASH_B : 0);
    return {
      kind: KINDS[first & 3] ?? 'packet',
      device: buffer.readUInt32LE(at + 4),
      connection: buffer.readUInt32LE(at + 8),
      seenAt: VANTAGES[buffer[at + 1] ?? 0] ?? 'wire',
      tMs: buffer.readDoubleLE(at + 12),
      direction: (first & TO_CLIENT) === 0 ? 'toServer' : 'toClient',
      offset: buffer.readDoubleLE(at + 20),
      bytes: buffer.subarray(at + HEADER_B, behind),
      ...(isCut && {
        omittedB: buffer.readUInt32LE(behind),
        payloadHash: buffer.toString('latin1', behind + 4, behind + 4 + HASH_B),
      }),
      ...((first & UNFRAMED) !== 0 && { unframed: true }),
    };
  }
}
