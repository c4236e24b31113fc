// Where a sender's TCP would have cut its stream: known from the bytes alone, so that no draw depends on how they were read.
import { MALFORMED, INCOMPLETE, MALFORMED_HEADER_B, packetLength } from '../wire/fixed-header.ts';

/** Bytes that travel as one TCP segment, or as much of them as has come so far. */
export interface Segment {
  /** Offset of the segment's first byte in its stream: names its draws. */
  readonly n: number;
  /** Which segment of the stream it is, from 1. */
  readonly ordinal: number;
  /** It began in an earlier chunk; these bytes are more of it. */
  readonly isContinued: boolean;
  readonly bytes: Uint8Array;
}

/** What the stream holds: control packets, each sent on its own as devices do, or bytes that nobody can read. */
export type StreamContent = 'mqtt' | 'opaque';

/** Headers of IPv4 and of TCP with time stamps. */
export const headersB = 52;

/** Cuts one direction of one connection. A segment begins with each control packet, and again every `mssB` within it. */
export class Segmenter {
  readonly #mssB: number;
  #atB = 0;
  #startB = 0;
  /** End of the packet under way; undefined until its header is complete, Infinity where nothing more can be told. */
  #endB: number | undefined;
  #header = new Uint8Array();
  #ordinal = 0;

  constructor(mtuB: number, content: StreamContent = 'mqtt') {
    this.#mssB = mtuB - headersB;
    if (content === 'opaque') this.#endB = Infinity;
  }

  /** The segments, or parts of them, that these bytes are. */
  cut(bytes: Uint8Array): readonly Segment[] {
    const segments: Segment[] = [];
    for (let at = 0; at < bytes.length;) {
      this.#endB ??= this.#packetEnd(bytes, at);
      const n = this.#atB - ((this.#atB - this.#startB) % this.#mssB);
      const leftB = Math.min(n + this.#mssB, this.#endB ?? Infinity) - this.#atB;
      const piece = bytes.subarray(at, at + leftB);
      const isContinued = n !== this.#atB;
      if (!isContinued) this.#ordinal += 1;
      segments.push({ n, ordinal: this.#ordinal, isContinued, bytes: piece });
      this.#atB += piece.length;
      at += piece.length;
      if (this.#atB === this.#endB) this.#begin();
    }
    return segments;
  }

  /** So many bytes pass unseen: where packets begin behind them can no longer be told. */
  pass(lengthB: number): void {
    this.#atB += lengthB;
    this.#startB = this.#atB;
    this.#endB = Infinity;
  }

  #begin(): void {
    this.#startB = this.#atB;
    this.#endB = undefined;
    this.#header = new Uint8Array();
  }

  /** Where the packet under way ends, as soon as its fixed header tells. */
  #packetEnd(bytes: Uint8Array, at: number): number | undefined {
    const more = bytes.subarray(at, at + MALFORMED_HEADER_B - this.#header.length);
    const header = this.#header.length === 0 ? more : Buffer.concat([this.#header, more]);
    const lengthB = packetLength(header, 0, header.length);
    if (lengthB === MALFORMED) return Infinity;
    if (lengthB !== INCOMPLETE) return this.#startB + lengthB;
    this.#header = Uint8Array.from(header);
    return undefined;
  }
}
