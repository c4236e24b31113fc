// Receives the sockets that a listener accepts: who may come in, through which handshakes, and who is there.
import type { Socket } from 'node:net';
import { handshakes, wireOn, type Layers, type Shake, type Shaken } from './accept.ts';
import { plainAddress } from './allowed-addresses.ts';
import type { Clock } from './clock.ts';
import type { Tap } from './tap.ts';
import type { Wire } from './wire.ts';

/** Who has connected. */
export interface Caller {
  /** IP address; an IPv4 client of an IPv6 socket is named by its IPv4 address. */
  readonly address: string;
  /** Subprotocols that it offered, where it came over WebSocket. */
  readonly offered?: readonly string[];
}

/** Who is let in, and what becomes of them. */
export interface ReceptionOptions {
  /** TLS, WebSocket, or both below MQTT; the clock bounds their handshakes. Default: MQTT goes straight over TCP. */
  readonly over?: Layers & { readonly clock: Clock };
  /** Gets every connection that stands; call its `onBytes` to begin reading. */
  readonly onWire: (wire: Wire, caller: Caller) => void;
  /** Makes the tap of the next connection; without it nothing is seen. */
  readonly tapNext?: () => Tap;
  /** Keep our side of each connection open after the peer's FIN; default false. */
  readonly halfOpen?: boolean;
  /** Whoever it does not let in is reset at once; default: everybody may come. */
  readonly allow?: (remoteAddress: string) => boolean;
  /** Connections at a time, those within a handshake too; one more is reset at once. Default: no bound. */
  readonly maxConnections?: number;
  /** A connection came to nothing before it was a wire: not let in, one too many, or a handshake that failed. */
  readonly onRefused?: (why: string, remoteAddress: string) => void;
}

/** All connections of one listener. Disposing ends them. */
export class Reception implements AsyncDisposable {
  readonly #options: ReceptionOptions;
  readonly #shake: Shake | undefined;
  readonly #wires = new Set<Wire>();
  readonly #begun = new Set<Socket>();
  #isOver = false;

  /** @throws FieldbenchError `FB_LISTEN` for certificates or a key that cannot be used. */
  constructor(options: ReceptionOptions) {
    this.#options = options;
    this.#shake = options.over && handshakes(options.over, options.over.clock);
  }

  /** Takes a socket that was accepted half-open and paused. */
  take(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? 'unknown');
    const why = this.#whyRefused(address);
    if (why !== undefined) {
      socket.on('error', () => {}).resetAndDestroy();
      return this.#tell(why, address);
    }
    if (this.#shake === undefined) this.#begin({ socket }, address);
    else void this.#shakeHands(socket, this.#shake, address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const socket of this.#begun) socket.destroy();
    await Promise.all([...this.#wires].map((wire) => wire[Symbol.asyncDispose]()));
  }

  #whyRefused(address: string): string | undefined {
    const { allow, maxConnections = Infinity } = this.#options;
    if (allow?.(address) === false) return 'its address is not allowed';
    if (this.#wires.size + this.#begun.size >= maxConnections) return `there are ${maxConnections} connections already`;
    return undefined;
  }

  async #shakeHands(socket: Socket, shake: Shake, address: string): Promise<void> {
    this.#begun.add(socket);
    socket.once('close', () => this.#begun.delete(socket));
    const shaken = await shake(socket);
    if (typeof shaken === 'string') return this.#tell(shaken, address);
    this.#begun.delete(socket);
    this.#begin(shaken, address);
  }

  #begin(shaken: Shaken, address: string): void {
    const wire = wireOn(shaken, this.#options.halfOpen ?? false, this.#options.tapNext?.());
    this.#wires.add(wire);
    void wire.closed.then(() => this.#wires.delete(wire));
    this.#options.onWire(wire, { address, ...(shaken.subprotocols && { offered: shaken.subprotocols.offered }) });
  }

  #tell(why: string, address: string): void {
    if (!this.#isOver) this.#options.onRefused?.(why, address);
  }
}
