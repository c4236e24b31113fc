// Sees everything that passes one end of a connection and changes none of it.
import type { ConnectionEnded, ConnectionId, Direction, History, Marked, Vantage } from '../history/event.ts';
import { RecordingBudget, StreamRecorder } from '../history/recorder.ts';

/** Names of what a connection stands between, as far as the bench knows them. */
export interface ConnectionNames {
  readonly client: string;
  readonly server: string;
  readonly link?: string;
  readonly target?: string;
  readonly check?: string;
}

/** Where a tap sits and where it writes. */
export interface TapOptions {
  readonly history: History;
  readonly connection: ConnectionId;
  readonly seenAt: Vantage;
  readonly names: ConnectionNames;
  /** Shared by the taps of one connection; by default a tap has its own. */
  readonly budget?: RecordingBudget;
  /** IP address of the client, to be recorded. */
  readonly peer?: string;
  /**
   * What passes is encrypted and no packet can be seen: `told` records that as a gap, so that nobody judges what they
   * cannot see; `silent` leaves it to the other tap of the connection.
   */
  readonly opaque?: 'told' | 'silent';
  /** Why no packet can be seen, where it is not encryption. */
  readonly why?: string;
}

/** How a connection ended, see {@link ConnectionEnded}. */
export type Ending = Pick<ConnectionEnded, 'by' | 'how' | 'detail'>;

/** One end of one connection. Chunks are read at once and never kept or changed. */
export class Tap {
  readonly #options: TapOptions;
  /** None where there is nothing to be read. */
  readonly #recorders: Readonly<Record<Direction, StreamRecorder>> | undefined;
  #ended = false;
  #hasGap = false;

  constructor(options: TapOptions) {
    this.#options = options;
    const budget = options.budget ?? new RecordingBudget();
    const { history, connection, seenAt } = options;
    if (options.opaque !== undefined) return;
    this.#recorders = {
      toServer: new StreamRecorder({ history, connection, seenAt, budget, direction: 'toServer' }),
      toClient: new StreamRecorder({ history, connection, seenAt, budget, direction: 'toClient' }),
    };
  }

  get connection(): ConnectionId {
    return this.#options.connection;
  }

  /** The connection stands. */
  opened(): void {
    const { history, connection, seenAt, names, peer } = this.#options;
    history.record({ kind: 'opened', connection, seenAt, ...names, ...(peer !== undefined && { peer }) });
  }

  /** Bytes that pass. */
  bytes(direction: Direction, chunk: Uint8Array): void {
    this.#recorders?.[direction].push(chunk);
  }

  /** What is to be known of the connection and is no packet. */
  marked(name: string, data: NonNullable<Marked['data']>): void {
    const { history, connection, names } = this.#options;
    history.record({ kind: 'mark', name, connection, data, ...(names.check !== undefined && { check: names.check }) });
  }

  /**
   * Both ends of the connection have their tap, or never will: a tap that cannot see tells it now, once, so that it
   * counts at either end.
   */
  bothEndsSeen(): void {
    const { history, connection, opaque, why = 'encrypted: link timeline only' } = this.#options;
    if (opaque !== 'told' || this.#hasGap) return;
    this.#hasGap = true;
    history.record({ kind: 'gap', connection, why });
  }

  /** Nothing more comes in this direction: an unfinished packet is recorded as it is. */
  directionOver(direction: Direction): void {
    this.#recorders?.[direction].end();
  }

  /** The first side closed; later calls do nothing. */
  ended(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.bothEndsSeen();
    const { history, connection, seenAt } = this.#options;
    history.record({ kind: 'ended', connection, seenAt, ...ending });
  }
}
