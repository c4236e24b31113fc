// Turns the bytes that a tap sees into packet events: framed, masked, cut to size, counted.
import { StreamDecoder } from '../wire/stream-decoder.ts';
import type { Frame } from '../wire/frame.ts';
import type { ConnectionId, Direction, History, Vantage } from './event.ts';
import { PasswordMask } from './mask.ts';
import { cutPublish } from './cut.ts';
import { senderOf } from './packet-of.ts';

/** How much of a connection a history keeps. */
export interface RecordingCaps {
  /** Payload bytes kept of one PUBLISH; the rest is counted, and hashed whole. */
  readonly payloadB: number;
  /** A packet without a payload (or bytes that are no packet) beyond this is a `gap`. */
  readonly packetB: number;
  /** Packets of one connection, both directions and all its taps together. */
  readonly packets: number;
}

/**
 * 4 KiB holds any field device's telegram; 256 KiB a SUBSCRIBE with thousands of filters; 200,000 packets are a day
 * of a message per second at both ends of a link.
 */
export const defaultCaps: RecordingCaps = { payloadB: 4096, packetB: 256 * 1024, packets: 200_000 };

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

/** Records one direction of one connection as one tap sees it. Never changes or keeps the chunks it is given. */
export class StreamRecorder {
  readonly #stream: RecordedStream;
  readonly #decoder: StreamDecoder;
  readonly #mask = new PasswordMask();
  #ended = false;

  constructor(stream: RecordedStream) {
    this.#stream = stream;
    this.#decoder = new StreamDecoder(senderOf(stream.direction));
  }

  /** Takes bytes as they come; a packet is recorded when its last byte is there. */
  push(chunk: Uint8Array): void {
    if (this.#ended || this.#stream.budget.isSpent) return;
    for (const frame of this.#decoder.push(chunk)) this.#record(frame);
  }

  /** The stream is over: what came of an unfinished packet is recorded as it is. Calling it twice does nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#stream.budget.isSpent) return;
    for (const frame of this.#decoder.end()) this.#record(frame);
  }

  #record(frame: Frame): void {
    const { history, connection, direction, seenAt, budget } = this.#stream;
    const room = budget.take();
    if (room === 'spent') return;
    if (room === 'last') {
      return history.record({ kind: 'truncated', connection, why: `more than ${budget.caps.packets} packets` });
    }
    const safe = this.#mask.apply(frame.bytes, frame.packet !== undefined);
    const kept = cutPublish(safe.bytes, budget.caps.payloadB);
    if (kept.bytes.length > budget.caps.packetB) {
      const why = `${frame.packet?.type ?? 'bytes that are no packet'}: ${frame.bytes.length} B at ${seenAt}, not kept`;
      return history.record({ kind: 'gap', connection, direction, why });
    }
    history.record({
      kind: 'packet',
      connection,
      direction,
      seenAt,
      offset: frame.offset,
      bytes: base64(kept.bytes),
      ...(safe.ranges.length > 0 && { masked: safe.ranges }),
      ...kept.cut,
    });
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
