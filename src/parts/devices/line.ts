// One client's connections, one after another: bytes to packets and back, and never an event of a connection given up.
import type { ConnectionIds } from '../../net/connection-ids.ts';
import { dial } from '../../net/dial.ts';
import type { Wire } from '../../net/wire.ts';
import { encode } from '../../wire/encode.ts';
import type { Frame } from '../../wire/frame.ts';
import type { Packet } from '../../wire/packet.ts';
import { StreamDecoder } from '../../wire/stream-decoder.ts';
import type { SessionIdentity } from '../../session/identity.ts';
import type { Endpoint, Login, PartContext } from '../part.ts';
import type { DeviceMemory } from './device-memory.ts';

/** How long a server may take to answer our FIN before the connection is reset. */
const FIN_PATIENCE_MS = 1000;

/** Where a client connects to. */
export interface LineOptions {
  /** Name of the part, for the history. */
  readonly name: string;
  /** Of the broker, or of the link in front of it. */
  readonly endpoint: Endpoint;
  /** Name of the broker. */
  readonly server: string;
  /**
   * Names of connections. Given: this end records its connections as seen on the `wire`. Leave it out where a link
   * stands between, whose taps see them.
   */
  readonly connections?: ConnectionIds;
  /** Longest wait for a TCP connection; default 10,000. */
  readonly dialTimeoutMs?: number;
  /** What the broker asks of everybody. */
  readonly login?: Login;
  /** Messages so far by topic, where earlier lives of the same part have counted. */
  readonly ordinals?: Map<string, number>;
  /** From earlier lives of the same part; what its store did not keep is recorded as dropped. */
  readonly memory?: DeviceMemory;
}

/** A login as a session says it. */
export function identityOf({ login }: Pick<LineOptions, 'login'>): Pick<SessionIdentity, 'userName' | 'password'> {
  return login === undefined ? {} : { userName: login.userName, password: Buffer.from(login.password) };
}

/** What happens on a line; nothing comes from a connection after its `closed`, or after `close`. */
export interface LineEvents {
  opened(): void;
  packet(packet: Packet): void;
  /** Bytes that break the standard. */
  violation(detail: string): void;
  /** The connection is over, or did not come about; `ordinal` counts the connections of this line, from 1. */
  closed(detail: string, ordinal: number): void;
}

/** One try to have a connection. */
interface Attempt {
  readonly ordinal: number;
  readonly aborting: AbortController;
  wire?: Wire;
}

/** Opens a connection when told to, one at a time. Disposing closes what is left, within a bound. */
export class Line implements AsyncDisposable {
  readonly #options: LineOptions;
  readonly #context: PartContext;
  readonly #events: LineEvents;
  /** Wires that are not closed yet, also those given up. */
  readonly #wires = new Set<Wire>();
  #current: Attempt | undefined;
  #dialling: Promise<void> = Promise.resolve();
  #ordinal = 0;
  /** What happened while the device was paused: it learns of it when it is resumed. */
  readonly #unheard: (() => void)[] = [];
  readonly #unfollow: (() => void) | undefined;

  constructor(options: LineOptions, context: PartContext, events: LineEvents) {
    this.#options = options;
    this.#context = context;
    this.#events = events;
    this.#unfollow = context.power?.follow(() => this.#followPower());
  }

  /** Dials; `opened` or `closed` follows. */
  open(): void {
    const attempt: Attempt = { ordinal: (this.#ordinal += 1), aborting: new AbortController() };
    this.#current = attempt;
    this.#dialling = this.#dial(attempt);
  }

  /** Sends on the current connection; without one it does nothing. */
  send(packet: Packet): void {
    void this.#current?.wire?.send(encode(packet)); // never rejects; the keep alive ends a line that takes nothing
  }

  /** Ends the current connection (`end`: FIN behind what was sent; `reset`: at once) and says `closed`. */
  close(how: 'end' | 'reset'): void {
    const attempt = this.#current;
    if (!attempt) return;
    if (!attempt.wire) attempt.aborting.abort(new Error('given up'));
    else if (how === 'reset') attempt.wire.reset();
    else this.#endPolitely(attempt.wire);
    this.#over(attempt, 'closed by the client');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unfollow?.();
    this.#current?.aborting.abort(new Error('stopped'));
    this.#current = undefined;
    await this.#dialling;
    await Promise.all([...this.#wires].map((wire) => wire.closed));
  }

  async #dial(attempt: Attempt): Promise<void> {
    const { endpoint, dialTimeoutMs, connections } = this.#options;
    const { clock, signal } = this.#context;
    try {
      const wire = await dial(endpoint, {
        clock,
        signal: AbortSignal.any([signal, attempt.aborting.signal]),
        ...(dialTimeoutMs !== undefined && { timeoutMs: dialTimeoutMs }),
        ...(connections && { tap: this.#tap(connections) }),
      });
      this.#opened(attempt, wire);
    } catch (error) {
      this.#hear(() => this.#over(attempt, error instanceof Error ? error.message : String(error)));
    }
  }

  /** At once; while the device is paused, when it is resumed. */
  #hear(news: () => void): void {
    if (this.#context.power?.isPaused === true) this.#unheard.push(news);
    else news();
  }

  /** Paused, nobody reads, and the window of each connection fills; without power they are gone without a FIN. */
  #followPower(): void {
    const { isCut, isPaused } = this.#context.power ?? {};
    if (isCut === true) for (const wire of this.#wires) wire.reset();
    else if (isPaused === true) for (const wire of this.#wires) wire.hold(true);
    else {
      for (const news of this.#unheard.splice(0)) news(); // A new connection is listened to before it is read.
      for (const wire of this.#wires) wire.hold(false);
    }
  }

  #tap(connections: ConnectionIds) {
    const { name, server } = this.#options;
    const connection = connections.next();
    return { history: this.#context.history, connection, seenAt: 'wire', names: { client: name, server } } as const;
  }

  #opened(attempt: Attempt, wire: Wire): void {
    this.#wires.add(wire);
    attempt.wire = wire;
    void this.#watchEnd(attempt, wire);
    this.#hear(() => this.#begin(attempt, wire));
  }

  #begin(attempt: Attempt, wire: Wire): void {
    if (attempt !== this.#current) {
      wire.reset(); // given up in the moment it opened
      return;
    }
    this.#events.opened();
    wire.onPeerEnd((how, detail) => this.#hear(() => this.#over(attempt, detail ?? `${how} by the server`)));
    const decoder = new StreamDecoder('server');
    wire.onBytes((chunk) => this.#received(attempt, decoder.push(chunk)));
  }

  async #watchEnd(attempt: Attempt, wire: Wire): Promise<void> {
    const { by, how, detail } = await wire.closed;
    this.#wires.delete(wire);
    this.#hear(() => this.#over(attempt, detail ?? `${how} by ${by}`));
  }

  #received(attempt: Attempt, frames: readonly Frame[]): void {
    for (const { packet, deviations } of frames) {
      if (attempt !== this.#current) return;
      const flaw = deviations[0];
      if (packet && !flaw) this.#events.packet(packet);
      else this.#events.violation(flaw ? `${flaw.code}: ${flaw.actual}` : 'bytes that are no packet');
    }
  }

  #endPolitely(wire: Wire): void {
    wire.end();
    const cancel = this.#context.clock.after(FIN_PATIENCE_MS, () => wire.reset());
    void wire.closed.then(cancel);
  }

  #over(attempt: Attempt, detail: string): void {
    if (attempt !== this.#current) return;
    this.#current = undefined;
    this.#events.closed(detail, attempt.ordinal);
  }
}
