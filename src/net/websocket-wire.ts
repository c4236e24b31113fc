// A WebSocket as a wire, client side: MQTT's bytes go out in binary frames and come in from them, however they are cut.
import type { Tap } from './tap.ts';
import { clientFrame, ServerFrameReader, type FrameSeen, type Opcode } from './websocket-frame.ts';
import { WireEnding } from './wire-ending.ts';
import type { EndHow, Wire, WireClosed } from './wire.ts';

/** A frame as a check wants it sent. */
export interface FrameShape {
  readonly opcode: Extract<Opcode, 'binary' | 'text' | 'continuation'>;
  /** Default true; false when continuation frames follow. */
  readonly isFinal?: boolean;
}

/**
 * A wire over WebSocket. A close frame counts as FIN, from either side. A text frame of the server is no MQTT: it gets
 * a mark `websocket-text-frame`, its bytes are not handed on, and the connection is closed (MQTT-6.0.0-1).
 */
export interface WebSocketWire extends Wire {
  /** The subprotocol that the server chose; '' when it named none. */
  readonly subprotocol: string;
  /** Sends these bytes in one frame as it is told; `send` uses one whole binary frame. */
  sendFrame(payload: Uint8Array, shape: FrameShape): Promise<void>;
}

/** How a WebSocket behaves. */
export interface WebSocketOptions {
  readonly subprotocol: string;
  readonly tap?: Tap;
  /** Keep our side open after the server's FIN; a close frame is always answered. */
  readonly halfOpen: boolean;
}

/** Status codes of a close frame, RFC 6455 section 7.4.1. */
const closeCodes = { normal: 1000, protocolError: 1002, unsupportedData: 1003 } as const;

/** Takes over a wire whose handshake is done; it must be half-open and without a tap. */
export function webSocketOver(below: Wire, options: WebSocketOptions): WebSocketWire {
  return new ClientWebSocket(below, options);
}

class ClientWebSocket implements WebSocketWire {
  readonly closed: Promise<WireClosed>;
  readonly subprotocol: string;
  readonly #below: Wire;
  readonly #tap: Tap | undefined;
  readonly #isHalfOpen: boolean;
  readonly #ending: WireEnding;
  readonly #reader = new ServerFrameReader();
  #onPeerEnd: (how: EndHow, detail?: string) => void = () => {};
  #peerEnded: Parameters<(how: EndHow, detail?: string) => void> | undefined;
  #isClosing = false;
  /** The server sent what no client takes: nothing of it is read any more. */
  #isDeaf = false;

  constructor(below: Wire, { subprotocol, tap, halfOpen }: WebSocketOptions) {
    this.subprotocol = subprotocol;
    this.#below = below;
    this.#tap = tap;
    this.#isHalfOpen = halfOpen;
    this.#ending = new WireEnding('client', tap);
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
    if (opcode === 'text') this.#markText('toServer', payload);
    this.#tap?.bytes(this.#ending.outward, payload);
    return this.#below.send(clientFrame(payload, opcode, isFinal));
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
        this.#markText('toClient', seen.payload);
        return this.#refuse(closeCodes.unsupportedData, 'a text frame from the server');
      case 'ping':
        if (this.isWritable) void this.#below.send(clientFrame(seen.payload, 'pong'));
        return;
      case 'close':
        this.#isDeaf = true;
        this.#peerEnds('fin', closeText(seen.payload));
        return this.end();
      case 'broken':
        return this.#refuse(closeCodes.protocolError, seen.why);
      default: // A pong answers nothing of ours.
    }
  }

  #markText(direction: 'toServer' | 'toClient', payload: Uint8Array): void {
    const firstBytes = Buffer.from(payload.subarray(0, 8)).toString('hex');
    this.#tap?.marked('websocket-text-frame', { direction, firstBytes });
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
    void this.#below.send(clientFrame(payload, 'close'));
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
