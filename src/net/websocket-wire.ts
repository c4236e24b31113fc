// A WebSocket as a wire, from either side: MQTT's bytes go out in binary frames and come in from them, however they are cut.
import type { Tap } from './tap.ts';
import { frameOf, FrameReader, type FrameSeen, type Opcode } from './websocket-frame.ts';
import { WireEnding } from './wire-ending.ts';
import type { EndHow, Wire, WireClosed } from './wire.ts';

/** A frame as a check wants it sent. */
export interface FrameShape {
  readonly opcode: Extract<Opcode, 'binary' | 'text' | 'continuation'>;
  /** Default true; false when continuation frames follow. */
  readonly isFinal?: boolean;
}

/** The subprotocols that the client offered, and the one that the server chose, '' when it named none. */
export interface Subprotocols {
  readonly offered: readonly string[];
  readonly chosen: string;
}

/**
 * A wire over WebSocket. A close frame counts as FIN, from either side. A text frame of the peer is no MQTT: it gets
 * a mark `websocket-text-frame`, its bytes are not handed on, and the connection is closed (MQTT-6.0.0-1). The first
 * mark is `websocket-open` with the subprotocols.
 */
export interface WebSocketWire extends Wire {
  /** The subprotocol that the server chose; '' when it named none. */
  readonly subprotocol: string;
  readonly onMark: NonNullable<Wire['onMark']>;
  /** Sends these bytes in one frame as it is told; `send` uses one whole binary frame. */
  sendFrame(payload: Uint8Array, shape: FrameShape): Promise<void>;
}

/** How a WebSocket behaves. */
export interface WebSocketOptions {
  /** Which side of the connection we are. */
  readonly side: 'client' | 'server';
  readonly subprotocols: Subprotocols;
  readonly tap?: Tap;
  /** Keep our side open after the peer's FIN or close frame, until `end` answers it. */
  readonly halfOpen: boolean;
}

/** Status codes of a close frame, RFC 6455 section 7.4.1. */
const closeCodes = { normal: 1000, protocolError: 1002, unsupportedData: 1003 } as const;

/** Takes over a wire whose handshake is done; it must be half-open and without a tap. */
export function webSocketOver(below: Wire, options: WebSocketOptions): WebSocketWire {
  return new WebSocketOverWire(below, options);
}

class WebSocketOverWire implements WebSocketWire {
  readonly closed: Promise<WireClosed>;
  readonly subprotocol: string;
  readonly #below: Wire;
  readonly #tap: Tap | undefined;
  readonly #isHalfOpen: boolean;
  readonly #ending: WireEnding;
  readonly #us: 'client' | 'server';
  readonly #them: 'client' | 'server';
  readonly #subprotocols: Subprotocols;
  readonly #reader: FrameReader;
  #onMark: Parameters<WebSocketWire['onMark']>[0] = () => {};
  #onPeerEnd: (how: EndHow, detail?: string) => void = () => {};
  #peerEnded: Parameters<(how: EndHow, detail?: string) => void> | undefined;
  #isClosing = false;
  /** The peer sent what we do not take, or that it is done: nothing of it is read any more. */
  #isDeaf = false;

  constructor(below: Wire, { side, subprotocols, tap, halfOpen }: WebSocketOptions) {
    this.#us = side;
    this.#them = side === 'client' ? 'server' : 'client';
    this.#subprotocols = subprotocols;
    this.subprotocol = subprotocols.chosen;
    this.#reader = new FrameReader(this.#them);
    this.#below = below;
    this.#tap = tap;
    this.#isHalfOpen = halfOpen;
    this.#ending = new WireEnding(side, tap);
    this.closed = below.closed.then((closed) => {
      // The run's signal ends the wire below; nobody has told us of it yet.
      this.#ending.over(this.#ending.outward, closed);
      return this.#ending.finish();
    });
    below.onPeerEnd((how, detail) => this.#peerEnds(how, detail));
    tap?.opened();
  }

  send(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return Promise.resolve();
    return this.sendFrame(bytes, { opcode: 'binary' });
  }

  sendFrame(payload: Uint8Array, { opcode, isFinal = true }: FrameShape): Promise<void> {
    if (!this.isWritable) return Promise.resolve();
    if (opcode === 'text') this.#markText(this.#ending.outward, payload);
    this.#tap?.bytes(this.#ending.outward, payload);
    return this.#below.send(frameOf(this.#us, payload, opcode, isFinal));
  }

  get isWritable(): boolean {
    return this.#below.isWritable && !this.#isClosing;
  }

  get isClosed(): boolean {
    return this.#below.isClosed;
  }

  get isFull(): boolean {
    return this.#below.isFull;
  }

  onBytes(listener: (chunk: Uint8Array) => void): void {
    this.#below.onBytes((chunk) => {
      for (const seen of this.#reader.push(chunk)) {
        if (!this.#isDeaf) this.#take(seen, listener);
      }
    });
  }

  onPeerEnd(listener: (how: EndHow, detail?: string) => void): void {
    this.#onPeerEnd = listener;
    if (this.#peerEnded) listener(...this.#peerEnded);
  }

  onMark(listener: Parameters<WebSocketWire['onMark']>[0]): void {
    this.#onMark = listener;
    const { offered, chosen } = this.#subprotocols;
    listener('websocket-open', { offered: offered.join(', '), chosen });
  }

  hold(isHeld: boolean): void {
    this.#below.hold(isHeld);
  }

  end(): void {
    this.#close(closeCodes.normal);
  }

  reset(): void {
    if (this.#below.isClosed) return;
    this.#ending.over(this.#ending.outward, { by: 'us', how: 'rst' });
    this.#below.reset();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#below[Symbol.asyncDispose]();
    await this.closed;
  }

  #take(seen: FrameSeen, listener: (chunk: Uint8Array) => void): void {
    switch (seen.kind) {
      case 'binary':
        this.#tap?.bytes(this.#ending.inward, seen.payload);
        return listener(seen.payload);
      case 'text':
        this.#markText(this.#ending.inward, seen.payload);
        return this.#refuse(closeCodes.unsupportedData, `a text frame from the ${this.#them}`);
      case 'ping':
        return this.#answer(seen.payload);
      case 'close':
        this.#isDeaf = true;
        return this.#peerEnds('fin', closeText(seen.payload));
      case 'broken':
        return this.#refuse(closeCodes.protocolError, seen.why);
      default: // A pong answers nothing of ours.
    }
  }

  /** Pings may be answered by the latest pong alone (RFC 6455, section 5.5.3): none waits for a peer that is slow. */
  #answer(ping: Uint8Array): void {
    if (this.isWritable && !this.isFull) void this.#below.send(frameOf(this.#us, ping, 'pong'));
  }

  #markText(direction: 'toServer' | 'toClient', payload: Uint8Array): void {
    const firstBytes = Buffer.from(payload.subarray(0, 8)).toString('hex');
    this.#onMark('websocket-text-frame', { direction, firstBytes });
  }

  #refuse(code: number, detail: string): void {
    this.#isDeaf = true;
    this.#close(code, detail);
  }

  /** Close frame, then FIN. */
  #close(code: number, detail?: string): void {
    if (!this.isWritable) return;
    this.#ending.over(this.#ending.outward, { by: 'us', how: 'fin', ...(detail !== undefined && { detail }) });
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    void this.#below.send(frameOf(this.#us, payload, 'close'));
    this.#isClosing = true;
    this.#below.end();
  }

  #peerEnds(how: EndHow, detail?: string): void {
    if (this.#peerEnded) return;
    this.#peerEnded = [how, detail];
    this.#ending.over(this.#ending.inward, { by: 'peer', how, ...(detail !== undefined && { detail }) });
    this.#onPeerEnd(how, detail);
    if (how === 'fin' && !this.#isHalfOpen) this.end();
  }
}

function closeText(payload: Uint8Array): string {
  const [high, low] = payload;
  return `WebSocket close frame ${high === undefined || low === undefined ? 'without a code' : high * 256 + low}`;
}
