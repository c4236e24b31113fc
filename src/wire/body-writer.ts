// Writes packets into small shared slabs of memory, as Node's own Buffer pool does, so that encoding rarely allocates.
import { FieldbenchError } from '../error.ts';
import type { Text } from './packet.ts';

/** Small, because a packet that is kept for re-delivery keeps its slab. */
const SLAB_B = 8192;
/** Longest fixed header: one byte and four of Remaining Length. */
const HEADER_B = 5;
/** Up to here a loop over characters is faster than the call into Node's encoder. */
const SHORT_TEXT = 40;

function outOfRange(what: string, expected: string, actual: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_WIRE_ENCODE',
    message: `${what} cannot be written`,
    expected,
    actual,
    hint: 'spoil the encoded bytes instead: see Spoil in wire/encode.ts',
  });
}

/** Builds one packet at a time: {@link BodyWriter.open}, fields, {@link BodyWriter.close}. */
export class BodyWriter {
  #slab: Buffer = Buffer.allocUnsafe(SLAB_B);
  #start = 0;
  #at = HEADER_B;

  /** Begins a packet; a packet that was never closed is forgotten. */
  open(): void {
    if (this.#slab.length !== SLAB_B) {
      this.#slab = Buffer.allocUnsafe(SLAB_B);
      this.#start = 0;
    }
    this.#at = this.#start;
    this.#room(HEADER_B);
    this.#at += HEADER_B;
  }

  /** Writes one byte; throws `FB_WIRE_ENCODE` outside 0..255. */
  u8(value: number, what: string): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xff) throw outOfRange(what, '0 to 255', String(value));
    this.#room(1);
    this.#slab[this.#at++] = value;
  }

  /** Writes a big-endian 16-bit number; throws `FB_WIRE_ENCODE` outside 0..65535. */
  u16(value: number, what: string): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw outOfRange(what, '0 to 65535', String(value));
    this.#room(2);
    this.#slab[this.#at++] = value >> 8;
    this.#slab[this.#at++] = value & 0xff;
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#slab.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Writes bytes behind a 16-bit length; throws `FB_WIRE_ENCODE` above 65535 bytes. */
  field(bytes: Uint8Array, what: string): void {
    if (bytes.length > 0xffff) throw outOfRange(what, 'at most 65535 bytes', `${bytes.length} bytes`);
    this.u16(bytes.length, what);
    this.raw(bytes);
  }

  /** Writes text as UTF-8 behind a 16-bit length; lone surrogates become U+FFFD, raw bytes stay as they are. */
  text(text: Text, what: string): void {
    if (typeof text !== 'string') return this.field(text, what);
    const lengthB = text.length <= SHORT_TEXT ? this.#shortText(text) : this.#longText(text);
    if (lengthB > 0xffff) throw outOfRange(what, 'at most 65535 bytes', `${lengthB} bytes`);
    this.#slab[this.#at++] = lengthB >> 8;
    this.#slab[this.#at++] = lengthB & 0xff;
    this.#at += lengthB;
  }

  /** Writes bytes over the body, from index `at` of it on; throws `FB_WIRE_ENCODE` where they do not fit inside. */
  overwrite(at: number, bytes: Uint8Array): void {
    const bodyB = this.#at - this.#start - HEADER_B;
    if (at < 0 || at + bytes.length > bodyB) {
      throw outOfRange('spoiled bytes', `inside a body of ${bodyB} bytes`, `${bytes.length} bytes at ${at}`);
    }
    this.#slab.set(bytes, this.#start + HEADER_B + at);
  }

  /** Forgets the bytes of the body from `lengthB` on. */
  cutTo(lengthB: number): void {
    this.#at = Math.min(this.#at, this.#start + HEADER_B + lengthB);
  }

  /**
   * Puts the fixed header before the body and gives the packet. Without `lengthBytes` the Remaining Length is
   * the body's, and a body above 268,435,455 bytes throws `FB_WIRE_ENCODE`.
   */
  close(firstByte: number, lengthBytes?: Uint8Array): Uint8Array {
    const bodyAt = this.#start + HEADER_B;
    let from: number;
    if (lengthBytes === undefined) {
      from = this.#putRemainingLength(bodyAt, this.#at - bodyAt);
    } else if (lengthBytes.length >= HEADER_B) {
      return Buffer.concat([Uint8Array.of(firstByte), lengthBytes, this.#slab.subarray(bodyAt, this.#at)]);
    } else {
      from = bodyAt - lengthBytes.length;
      this.#slab.set(lengthBytes, from);
    }
    this.#slab[--from] = firstByte;
    this.#start = this.#at;
    return this.#slab.subarray(from, this.#at);
  }

  /** Writes Remaining Length so that it ends at `end`; gives the index of its first byte. */
  #putRemainingLength(end: number, length: number): number {
    if (length < 0x80) {
      this.#slab[end - 1] = length;
      return end - 1;
    }
    const bytes = remainingLength(length);
    this.#slab.set(bytes, end - bytes.length);
    return end - bytes.length;
  }

  #shortText(text: string): number {
    this.#room(2 + 3 * text.length);
    const from = this.#at + 2;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return this.#slab.write(text, from, 'utf8');
      this.#slab[from + i] = unit;
    }
    return text.length;
  }

  #longText(text: string): number {
    const lengthB = Buffer.byteLength(text, 'utf8');
    this.#room(2 + lengthB);
    this.#slab.write(text, this.#at + 2, 'utf8');
    return lengthB;
  }

  /** Makes room for `lengthB` more bytes; moves the open packet to a larger slab where the present one is full. */
  #room(lengthB: number): void {
    if (this.#at + lengthB <= this.#slab.length) return;
    const used = this.#at - this.#start;
    const larger = Buffer.allocUnsafe(Math.max(SLAB_B, 2 * used + lengthB));
    this.#slab.copy(larger, 0, this.#start, this.#at);
    this.#slab = larger;
    this.#start = 0;
    this.#at = used;
  }
}

/** Remaining Length of 0 to 268,435,455 in one to four bytes (MQTT311-NN-02); else throws `FB_WIRE_ENCODE`. */
export function remainingLength(length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 0 || length > 0xfffffff) {
    throw outOfRange('Remaining Length', '0 to 268435455', String(length));
  }
  const bytes: number[] = [];
  let rest = length;
  do {
    const low = rest % 0x80;
    rest = Math.floor(rest / 0x80);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}
