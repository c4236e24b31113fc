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
}

/** How a connection ended, see {@link ConnectionEnded}. */
export type Ending = Pick<ConnectionEnded, 'by' | 'how' | 'detail'>;

/** One end of one connection. Chunks are read at once and never kept or changed. */
export class Tap {
  readonly #options: TapOptions;
  readonly #recorders: Readonly<Record<Direction, StreamRecorder>>;
  #ended = false;

  constructor(options: TapOptions) {
    this.#options = options;
    const budget = options.budget ?? new RecordingBudget();
    const { history, connection, seenAt } = options;
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
    const { history, connection, seenAt, names } = this.#options;
    history.record({ kind: 'opened', connection, seenAt, ...names });
  }

  /** Bytes that pass. */
  bytes(direction: Direction, chunk: Uint8Array): void {
    this.#recorders[direction].push(chunk);
  }

  /** What is to be known of the connection and is no packet. */
  marked(name: string, data: NonNullable<Marked['data']>): void {
    const { history, connection, names } = this.#options;
    history.record({ kind: 'mark', name, connection, data, ...(names.check !== undefined && { check: names.check }) });
  }

  /** Nothing more comes in this direction: an unfinished packet is recorded as it is. */
  directionOver(direction: Direction): void {
    this.#recorders[direction].end();
  }

  /** The first side closed; later calls do nothing. */
  ended(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    const { history, connection, seenAt } = this.#options;
    history.record({ kind: 'ended', connection, seenAt, ...ending });
  }
}
