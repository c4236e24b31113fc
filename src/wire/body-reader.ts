// Walks over the body of one packet and collects what is wrong with it, so that reading goes on after a deviation.
import type { StatementId } from '../spec/statement.ts';
import type { DeviationCode } from './deviation-codes.ts';
import type { Deviation } from './deviation.ts';

const NONE: readonly Deviation[] = Object.freeze([]);

/** Two upper-case hexadecimal digits with `0x`, as deviations print bytes. */
export function hex(byte: number): string {
  return `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/**
 * A cursor over one packet. Positions are indices into `bytes`, the whole packet with its fixed header. One
 * reader serves many packets, one after the other ({@link BodyReader.open}): the hot path allocates nothing here.
 */
export class BodyReader {
  bytes: Buffer = Buffer.alloc(0);
  /** Next byte to read. */
  at = 0;
  /** Index behind the last byte of the packet. */
  end = 0;
  /** Offset of `bytes[0]` from the first byte of the stream. */
  base = 0;
  #deviations: Deviation[] | undefined;

  /** Begins a packet; `bodyStart` is the index of the first byte behind the fixed header. */
  open(bytes: Buffer, bodyStart: number, base: number): void {
    this.bytes = bytes;
    this.at = bodyStart;
    this.end = bytes.length;
    this.base = base;
    this.#deviations = undefined;
  }

  /** Number of bytes not read yet. */
  get left(): number {
    return this.end - this.at;
  }

  /** The byte at an index that the caller has checked; 0 outside. */
  peek(at: number): number {
    return this.bytes[at] ?? 0;
  }

  /** Reads one byte; the caller has checked that it is there. */
  u8(): number {
    return this.peek(this.at++);
  }

  /** Reads a big-endian 16-bit number; the caller has checked that it is there. */
  u16(): number {
    const value = (this.peek(this.at) << 8) | this.peek(this.at + 1);
    this.at += 2;
    return value;
  }

  /** Reads `length` bytes as a view of the packet. */
  view(length: number): Buffer {
    const start = this.at;
    this.at += length;
    return this.bytes.subarray(start, this.at);
  }

  /** Notes a deviation at `length` bytes from index `at` on. */
  deviate(
    code: DeviationCode,
    statement: StatementId | undefined,
    at: number,
    length: number,
    expected: string,
    actual: string,
    also?: readonly StatementId[],
  ): void {
    this.#deviations ??= [];
    this.#deviations.push({
      code,
      ...(statement === undefined ? {} : { statement }),
      ...(also === undefined || also.length === 0 ? {} : { also }),
      offset: this.base + at,
      length,
      expected,
      actual,
    });
  }

  /** Notes that the packet ends before or inside a field that starts at the cursor; nothing more can be read. */
  missing(field: string, statement: StatementId | undefined, also?: readonly StatementId[]): undefined {
    const actual = this.left === 0 ? 'the packet ends before it' : `the packet ends ${this.left} bytes into it`;
    this.deviate('missing-field', statement, this.end, 0, field, actual, also);
    this.at = this.end;
  }

  /** Notes bytes behind the last field, if there are any. */
  finish(statement?: StatementId): void {
    if (this.left === 0) return;
    this.deviate('trailing-bytes', statement, this.at, this.left, 'the end of the packet', `${this.left} more bytes`);
    this.at = this.end;
  }

  /** Number of deviations noted in this packet so far. */
  get noted(): number {
    return this.#deviations?.length ?? 0;
  }

  /** Forgets the deviations behind the first `count`. */
  forgetFrom(count: number): void {
    this.#deviations?.splice(count);
  }

  /** Hands over what was noted since {@link BodyReader.open}. */
  takeDeviations(): readonly Deviation[] {
    const taken = this.#deviations ?? NONE;
    this.#deviations = undefined;
    return taken;
  }
}
