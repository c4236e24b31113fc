// Cuts a byte stream into packets as it arrives, however it is segmented, and never loses a byte of it.
import { BodyReader } from './body-reader.ts';
import { asBuffer, frameOf, malformedFrame, oversizeFrame, truncatedFrame } from './decode.ts';
import { bodyStart, INCOMPLETE, MALFORMED, MALFORMED_HEADER_B, packetLength } from './fixed-header.ts';
import type { Deviation } from './deviation.ts';
import type { Frame } from './frame.ts';
import type { Sender } from './packet.ts';

/** The longest packet that the standard allows: 268,435,455 bytes behind five of header. */
const LONGEST_PACKET_B = 0xfffffff + 5;
/** First size of the buffer for a packet that spans chunks; it grows with what really comes, not with what is promised. */
const FIRST_HOLD_B = 4096;

const NO_DEVIATIONS: readonly Deviation[] = Object.freeze([]);

/** Limits of a {@link StreamDecoder}. */
export interface StreamDecoderOptions {
  /** Longer packets are not held in memory: their bytes pass in `unframed` pieces. Default: the standard's own maximum. */
  readonly maxPacketB?: number;
}

/**
 * Decodes one direction of one connection. Never throws, and the bytes of all frames, in order, are the bytes of
 * the stream. Packets and deviations do not depend on how the stream was cut into chunks; only the pieces of
 * bytes that belong to no packet (`unframed` frames without deviations) do.
 *
 * Frames are views of the chunks where possible: a chunk must not be changed after it was pushed.
 */
export class StreamDecoder {
  readonly #sender: Sender;
  readonly #maxPacketB: number;
  readonly #reader = new BodyReader();
  /** Offset of the next byte that no frame holds yet. */
  #offset = 0;
  /** Bytes that pass unread: the rest of a packet that is too large, or Infinity once framing is lost. */
  #passing = 0;
  /** The beginning of a packet that is not complete. */
  #held: Buffer = Buffer.alloc(0);
  #heldB = 0;
  /** Length of the packet in `#held`; INCOMPLETE while its header is. */
  #totalB = INCOMPLETE;

  constructor(sender: Sender, options: StreamDecoderOptions = {}) {
    this.#sender = sender;
    this.#maxPacketB = options.maxPacketB ?? LONGEST_PACKET_B;
  }

  /** Nothing is begun: the next byte is the first of a packet. */
  get isBetweenPackets(): boolean {
    return this.#heldB === 0 && this.#passing === 0;
  }

  /** Takes the next bytes of the stream and gives the packets that they complete. */
  push(chunk: Uint8Array): Frame[] {
    const bytes = asBuffer(chunk);
    const frames: Frame[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#passing > 0) at = this.#pass(bytes, at, frames);
      else if (this.#heldB > 0) at = this.#complete(bytes, at, frames);
      else at = this.#next(bytes, at, frames);
    }
    return frames;
  }

  /** The stream is over: gives what is left of it, as a frame with the deviation `truncated-packet`. */
  end(): Frame[] {
    const cutOff = this.#heldB > 0 || (this.#passing > 0 && this.#passing !== Infinity);
    if (!cutOff) return [];
    const bytes = this.#held.subarray(0, this.#heldB);
    const frame = truncatedFrame(this.#reader, bytes, this.#sender, this.#offset);
    this.#offset += bytes.length;
    this.#release();
    this.#passing = 0;
    return [frame];
  }

  /** No packet is begun: takes one from the chunk as a view of it, or begins to hold the rest of the chunk. */
  #next(bytes: Buffer, at: number, frames: Frame[]): number {
    const total = packetLength(bytes, at, bytes.length);
    if (total > 0 && total <= bytes.length - at && total <= this.#maxPacketB) {
      this.#emit(bytes.subarray(at, at + total), frames);
      return at + total;
    }
    if (total === MALFORMED || total > this.#maxPacketB) {
      const header = bytes.subarray(at, at + MALFORMED_HEADER_B);
      return at + this.#giveUp(total, header, frames);
    }
    this.#totalB = total;
    this.#hold(bytes, at, bytes.length - at);
    return bytes.length;
  }

  /** A packet is begun: adds what it lacks, byte by byte until its length is known. */
  #complete(bytes: Buffer, at: number, frames: Frame[]): number {
    if (this.#totalB === INCOMPLETE) {
      this.#hold(bytes, at, 1);
      this.#totalB = packetLength(this.#held, 0, this.#heldB);
      if (this.#totalB === MALFORMED || this.#totalB > this.#maxPacketB) {
        const header = this.#held.subarray(0, this.#heldB);
        const total = this.#totalB;
        this.#release();
        this.#giveUp(total, header, frames);
        return at + 1;
      }
      at += 1;
    }
    const wanted = this.#totalB === INCOMPLETE ? 0 : this.#totalB - this.#heldB;
    const taken = Math.min(wanted, bytes.length - at);
    this.#hold(bytes, at, taken);
    if (this.#heldB === this.#totalB) {
      const packet = this.#held.subarray(0, this.#totalB);
      this.#release();
      this.#emit(packet, frames);
    }
    return at + taken;
  }

  /** The packet cannot be read: emits its header and lets the rest pass; gives the header's length. */
  #giveUp(total: number, atLeastHeader: Buffer, frames: Frame[]): number {
    if (total === MALFORMED) {
      this.#passing = Infinity;
      frames.push(malformedFrame(this.#reader, atLeastHeader, this.#sender, this.#offset));
      this.#offset += atLeastHeader.length;
      return atLeastHeader.length;
    }
    const header = atLeastHeader.subarray(0, bodyStart(atLeastHeader));
    this.#passing = total - header.length;
    frames.push(oversizeFrame(this.#reader, header, this.#sender, this.#offset, this.#maxPacketB));
    this.#offset += header.length;
    return header.length;
  }

  #pass(bytes: Buffer, at: number, frames: Frame[]): number {
    const end = Math.min(bytes.length, at + this.#passing);
    frames.push({ offset: this.#offset, bytes: bytes.subarray(at, end), deviations: NO_DEVIATIONS, unframed: true });
    this.#offset += end - at;
    this.#passing -= end - at;
    return end;
  }

  #emit(packet: Buffer, frames: Frame[]): void {
    frames.push(frameOf(this.#reader, packet, this.#sender, this.#offset));
    this.#offset += packet.length;
  }

  /** Copies bytes behind those held, so that the chunk they came in can be freed. */
  #hold(bytes: Buffer, at: number, length: number): void {
    const needed = this.#heldB + length;
    if (needed > this.#held.length) {
      const roomy = Math.max(FIRST_HOLD_B, 2 * needed);
      const larger = Buffer.allocUnsafeSlow(this.#totalB > 0 ? Math.min(this.#totalB, roomy) : FIRST_HOLD_B);
      this.#held.copy(larger, 0, 0, this.#heldB);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#heldB, at, at + length);
    this.#heldB = needed;
  }

  /** Lets go of the held bytes; the frame that views them keeps them alive. */
  #release(): void {
    this.#held = Buffer.alloc(0);
    this.#heldB = 0;
    this.#totalB = INCOMPLETE;
  }
}
