// Cuts what arrives on thousands of connections into packets, with state only for those that stand inside one.
import { BodyReader } from '../wire/body-reader.ts';
import { frameOf } from '../wire/decode.ts';
import { packetLength } from '../wire/fixed-header.ts';
import type { Frame } from '../wire/frame.ts';
import type { Sender } from '../wire/packet.ts';
import { StreamDecoder } from '../wire/stream-decoder.ts';

/** Gets each packet; its bytes are only good until it returns. False: the rest of this chunk is of no interest. */
export type OnFrame = (device: number, frame: Frame) => boolean;

/**
 * One direction of many connections, by device number. Nearly always a chunk is whole packets, and then nothing is kept;
 * offsets of frames count from the beginning of their chunk.
 */
export class PacketCutter {
  readonly #sender: Sender;
  readonly #onFrame: OnFrame;
  readonly #reader = new BodyReader();
  /** Connections whose next byte is not the first of a packet. */
  readonly #begun = new Map<number, StreamDecoder>();

  constructor(sender: Sender, onFrame: OnFrame) {
    this.#sender = sender;
    this.#onFrame = onFrame;
  }

  /** Takes the first `lengthB` bytes of a buffer as the next of the device's stream. */
  push(device: number, buffer: Buffer, lengthB = buffer.length): void {
    if (this.#begun.size > 0) {
      const decoder = this.#begun.get(device);
      if (decoder) {
        this.#continue(device, decoder, buffer.subarray(0, lengthB));
        return;
      }
    }
    let at = 0;
    while (at < lengthB) {
      const total = packetLength(buffer, at, lengthB);
      if (total <= 0 || at + total > lengthB) {
        this.#continue(device, new StreamDecoder(this.#sender), buffer.subarray(at, lengthB));
        return;
      }
      if (!this.#onFrame(device, frameOf(this.#reader, buffer.subarray(at, at + total), this.#sender, at))) return;
      at += total;
    }
  }

  /** The connection is over; what was begun on it never ends. */
  forget(device: number): void {
    if (this.#begun.size > 0) this.#begun.delete(device);
  }

  #continue(device: number, decoder: StreamDecoder, chunk: Buffer): void {
    this.#begun.set(device, decoder);
    const frames = decoder.push(chunk);
    if (decoder.isBetweenPackets) this.#begun.delete(device);
    for (const frame of frames) if (!this.#onFrame(device, frame)) return;
  }
}
