// Turns the bytes that a tap sees into packet events: framed, masked, cut to size, counted.
import { StreamDecoder } from '../wire/stream-decoder.ts';
import type { Frame } from '../wire/frame.ts';
import type { ConnectionId, Direction, History, Vantage } from './event.ts';
import { PasswordMask } from './mask.ts';
import { cutPiece, cutPublish } from './cut.ts';
import { senderOf } from './packet-of.ts';

/** How much of a connection a history keeps. */
export interface RecordingCaps {
  /** Payload bytes kept of one PUBLISH, the rest is counted and hashed; also of bytes that are in no packet. */
  readonly payloadB: number;
  /** Any other packet larger than this is a `gap`. */
  readonly packetB: number;
  /** A packet larger than this is not even held in memory, and a `gap`. */
  readonly heldB: number;
  /** Packets of one connection, both directions and all its taps together. */
  readonly packets: number;
}

/**
 * 4 KiB holds any field device's telegram; 256 KiB a SUBSCRIBE with thousands of filters; 16 MiB a firmware image;
 * 400,000 packets are a day of one message per second, acknowledged, with taps at both ends of a link.
 */
export const defaultCaps: RecordingCaps = {
  payloadB: 4096,
  packetB: 256 * 1024,
  heldB: 16 * 1024 * 1024,
  packets: 400_000,
};

/** What a connection may still record; shared by its recorders. */
export class RecordingBudget {
  readonly caps: RecordingCaps;
  #spent = 0;

  constructor(caps: RecordingCaps = defaultCaps) {
    this.caps = caps;
  }

  get isSpent(): boolean {
    return this.#spent > this.caps.packets;
  }

  /** `last` once: say that what follows is missing. */
  take(): 'record' | 'last' | 'spent' {
    if (this.isSpent) return 'spent';
    this.#spent += 1;
    return this.isSpent ? 'last' : 'record';
  }
}

/** Whose stream a recorder sees, and where. */
export interface RecordedStream {
  readonly history: History;
  readonly connection: ConnectionId;
  readonly direction: Direction;
  readonly seenAt: Vantage;
  readonly budget: RecordingBudget;
}

/** Records one direction of one connection as one tap sees it. Never changes the chunks it is given. */
export class StreamRecorder {
  readonly #stream: RecordedStream;
  readonly #decoder: StreamDecoder;
  readonly #mask: PasswordMask;
  /** The rest of a packet that is too large to hold is passing. */
  #skipping = false;
  #ended = false;

  constructor(stream: RecordedStream) {
    const sender = senderOf(stream.direction);
    this.#stream = stream;
    this.#decoder = new StreamDecoder(sender, { maxPacketB: stream.budget.caps.heldB });
    this.#mask = new PasswordMask(sender);
  }

  /** Takes bytes as they come; a packet is recorded when its last byte is there. */
  push(chunk: Uint8Array): void {
    if (this.#ended || this.#stream.budget.isSpent) return;
    for (const frame of this.#decoder.push(chunk)) this.#take(frame);
  }

  /** The stream is over: what came of an unfinished packet is recorded as it is. Calling it twice does nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#stream.budget.isSpent) return;
    for (const frame of this.#decoder.end()) this.#take(frame);
  }

  #take(frame: Frame): void {
    const isPiece = frame.unframed === true && frame.deviations.length === 0;
    const isTooLarge = frame.deviations.some((it) => it.code === 'packet-too-large');
    this.#skipping = isTooLarge || (this.#skipping && (isPiece || frame.bytes.length === 0));
    if (isTooLarge) this.#gap(`a packet of more than ${this.#stream.budget.caps.heldB} B`);
    else if (!this.#skipping) this.#record(frame, isPiece);
  }

  #record(frame: Frame, isPiece: boolean): void {
    const { history, connection, direction, seenAt, budget } = this.#stream;
    const room = budget.take();
    if (room === 'spent') return;
    if (room === 'last') {
      return history.record({ kind: 'truncated', connection, why: `more than ${budget.caps.packets} packets` });
    }
    const unframed = isPiece || this.#mask.hidesAll;
    const safe = this.#mask.apply(frame);
    const kept = unframed ? cutPiece(safe.bytes, budget.caps.payloadB) : cutPublish(safe.bytes, budget.caps.payloadB);
    if (kept.bytes.length > budget.caps.packetB) {
      return this.#gap(`${frame.packet?.type ?? 'a packet that cannot be read'} of ${frame.bytes.length} B`);
    }
    history.record({
      kind: 'packet',
      connection,
      direction,
      seenAt,
      offset: frame.offset,
      bytes: base64(kept.bytes),
      ...(safe.ranges.length > 0 && { masked: safe.ranges.filter(([start]) => start < kept.bytes.length) }),
      ...kept.cut,
      ...(unframed && { unframed: true }),
    });
  }

  #gap(what: string): void {
    const { history, connection, direction, seenAt } = this.#stream;
    history.record({ kind: 'gap', connection, direction, why: `${what} at ${seenAt} was not kept` });
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
