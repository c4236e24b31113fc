// A connection as the bench uses it: bytes in, bytes out, and who closed it how; never an exception.
import type { Socket } from 'node:net';
import type { Marked } from '../history/event.ts';
import type { Tap } from './tap.ts';
import { WireEnding, type EndHow, type WireClosed } from './wire-ending.ts';

export type { Endpoint, TlsDial, WebSocketEndpoint } from './endpoint.ts';
export type { EndHow, WireClosed } from './wire-ending.ts';

/**
 * One end of a connection. Nothing here throws or rejects: what is sent on a closed wire goes nowhere, and `closed`
 * tells why. Disposing ends it at once.
 */
export interface Wire extends AsyncDisposable {
  /** Resolves when the kernel took the bytes or has room for more: wait for it, and memory stays bounded. */
  send(bytes: Uint8Array): Promise<void>;
  /** More waits to be sent than is wise: the last `send` has yet to resolve. */
  readonly isFull: boolean;
  /** Our side is open: what is sent goes somewhere. */
  readonly isWritable: boolean;
  /** Both sides are closed. */
  readonly isClosed: boolean;
  /**
   * Hands on what arrives; one listener. Until it is set, bytes wait in the socket, and an end behind them is not
   * seen.
   */
  onBytes(listener: (chunk: Uint8Array) => void): void;
  /** The peer closed its side (or the connection broke); one listener, called once, after the last bytes. */
  onPeerEnd(listener: (how: EndHow, detail?: string) => void): void;
  /** Stops or goes on reading, so that the peer feels back-pressure. */
  hold(isHeld: boolean): void;
  /** Closes our side with FIN, behind everything that was sent. */
  end(): void;
  /** Closes both sides at once with RST; unsent bytes are lost. */
  reset(): void;
  /** What is to be known of the connection and is no packet; one listener, which is told of the past at once. */
  onMark?(listener: (name: string, data: NonNullable<Marked['data']>) => void): void;
  /** Resolves when both sides are closed. */
  readonly closed: Promise<WireClosed>;
}

/** How a wire behaves. */
export interface WireOptions {
  /** Which side of the connection we are. */
  readonly side: 'client' | 'server';
  readonly tap?: Tap;
  /** Keep our side open after the peer's FIN (a relay must); by default it is answered with ours. */
  readonly halfOpen?: boolean;
  readonly signal?: AbortSignal;
}

/** A connected socket that was made with `allowHalfOpen` and is paused. */
export interface ConnectedSocket {
  readonly socket: Socket;
  /** The TCP socket below, where `socket` speaks TLS; a reset happens there. */
  readonly under?: Socket;
}

/**
 * Takes over a connected socket.
 *
 * Over TLS a FIN is a `close_notify` with the FIN behind it. What holds less there: a FIN without `close_notify` counts
 * as a FIN too; a peer that speaks TLS 1.2 answers ours by closing both sides, so that half-open holds over TLS 1.3
 * alone; and a server of TLS 1.3 that does not take our certificate says so only after the connection stood, as an
 * `error`. What is sent and seen are the bytes within TLS; its records and handshake are not counted.
 */
export function wireOver(connected: ConnectedSocket, options: WireOptions): Wire {
  return new SocketWire(connected, options);
}

class SocketWire implements Wire {
  readonly closed: Promise<WireClosed>;
  readonly #socket: Socket;
  /** The socket of the TCP connection itself. */
  readonly #tcp: Socket;
  readonly #options: WireOptions;
  readonly #ending: WireEnding;
  #onPeerEnd: (how: EndHow, detail?: string) => void = () => {};
  #peerEnded: Parameters<(how: EndHow, detail?: string) => void> | undefined;
  #drained: Promise<void> | undefined;

  constructor({ socket, under = socket }: ConnectedSocket, options: WireOptions) {
    this.#socket = socket;
    this.#tcp = under;
    this.#options = options;
    this.#ending = new WireEnding(options.side, options.tap);
    const { promise, resolve } = Promise.withResolvers<WireClosed>();
    this.closed = promise;
    socket.on('end', () => this.#peerEnds('fin'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#breaks(error));
    socket.once('close', () => resolve(this.#ending.finish()));
    const dispose = (): void => this.#dispose();
    options.signal?.addEventListener('abort', dispose, { once: true });
    void promise.then(() => options.signal?.removeEventListener('abort', dispose));
    options.tap?.opened();
  }

  send(bytes: Uint8Array): Promise<void> {
    if (!this.isWritable || bytes.length === 0) return Promise.resolve();
    this.#options.tap?.bytes(this.#ending.outward, bytes);
    if (this.#socket.write(bytes)) return Promise.resolve();
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** Shared by all that is sent meanwhile. */
  #drain(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done).off('close', done);
        this.#drained = undefined;
        resolve();
      };
      this.#socket.once('drain', done).once('close', done);
    });
  }

  get isWritable(): boolean {
    return this.#socket.writable;
  }

  get isClosed(): boolean {
    return this.#socket.closed;
  }

  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }

  onBytes(listener: (chunk: Uint8Array) => void): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#options.tap?.bytes(this.#ending.inward, chunk);
      listener(chunk);
    });
    this.#socket.resume();
  }

  onPeerEnd(listener: (how: EndHow, detail?: string) => void): void {
    this.#onPeerEnd = listener;
    if (this.#peerEnded) listener(...this.#peerEnded);
  }

  hold(isHeld: boolean): void {
    if (isHeld) this.#socket.pause();
    else this.#socket.resume();
  }

  end(): void {
    if (!this.isWritable) return;
    this.#ending.over(this.#ending.outward, { by: 'us', how: 'fin' });
    this.#socket.end();
  }

  reset(): void {
    if (this.#socket.destroyed) return;
    this.#ending.over(this.#ending.outward, { by: 'us', how: 'rst' });
    // While our FIN is under way the kernel refuses a reset, and Node would then never emit 'close'.
    if (this.#socket.writableEnded && !this.#socket.writableFinished) this.#socket.destroy();
    else this.#tcp.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#dispose();
    await this.closed;
  }

  #dispose(): void {
    if (this.#socket.destroyed) return;
    this.#ending.over(this.#ending.outward, { by: 'bench', how: 'fin' });
    this.#socket.destroy();
  }

  #peerEnds(how: EndHow, detail?: string): void {
    if (this.#peerEnded) return;
    this.#peerEnded = [how, detail];
    this.#ending.over(this.#ending.inward, { by: 'peer', how, ...(detail !== undefined && { detail }) });
    this.#onPeerEnd(how, detail);
    if (how === 'fin' && this.#options.halfOpen !== true) this.end();
  }

  #breaks(error: NodeJS.ErrnoException): void {
    const isReset = error.code === 'ECONNRESET' || error.code === 'EPIPE' || error.code === 'ECONNABORTED';
    this.#peerEnds(isReset ? 'rst' : 'error', textOf(error));
    // TLS leaves its socket open behind an error, and nothing more would come of it.
    this.#socket.destroy();
  }
}

/** OpenSSL's messages hold addresses in memory and places in its source; the reason in them is what tells. */
function textOf(error: Error): string {
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
}
