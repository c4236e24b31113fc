// What the benchmark of fleets asks of each engine in it, whether it is ours or somebody else's.

/** What an engine may be able to do; connecting is always one. */
export type Feat = 'publish' | 'idle' | 'reconnect';

/** The connections that one broker gets; no process may hold more than its open files allow. */
export interface Share {
  readonly broker: { readonly host: string; readonly port: number };
  readonly connections: number;
  /** Begins every client id, and stands in every topic. */
  readonly name: string;
  /** Where local addresses are taken from: the first three bytes of them, e.g. `127.0.10`, for this share alone. */
  readonly source: string;
}

/** What is the same for all connections of a play. */
export interface Load {
  readonly qos: 1 | 2;
  readonly payloadB: number;
  /** 0: off. */
  readonly keepAliveS: number;
  /** Attempts to connect that are under way at a time, for each broker. */
  readonly window: number;
}

/** How much is published: so many messages in all, or as many as the time allows. */
export type Amount = { readonly messages: number } | { readonly seconds: number };

/** So many connections are online from this moment on, until the next step. */
export interface Step {
  /** CLOCK_MONOTONIC, which `process.hrtime` reads too: the same for every process of the machine. */
  readonly atS: number;
  readonly online: number;
}

/** One curve for each share, beginning with all of them online. */
export type Curves = readonly (readonly Step[])[];

/**
 * An engine in its processes, holding nothing yet. CPU time and memory of `pids` are read from outside between the
 * calls, so nothing may be put off: when a promise is kept, the work is done.
 */
export interface Competitor extends AsyncDisposable {
  /** Every process that the engine works in, its supervisors included. */
  readonly pids: readonly number[];
  /** Opens all connections; kept when each has its CONNACK 0. */
  connect(): Promise<void>;
  /** Each connection with one message in flight; kept when all of them are acknowledged. */
  publish(amount: Amount): Promise<{ readonly messages: number; readonly seconds: number }>;
  /** Nothing but keep alive for so long. */
  idle(seconds: number): Promise<{ readonly pings: number; readonly answers: number }>;
  /**
   * Kept when it is prepared to lose its brokers. `back` is kept when each connection was lost and all are online
   * again; each tries at once, without back-off, so many at a time as the load's window says.
   */
  watch(): Promise<{ readonly back: Promise<Curves> }>;
  /** Collects its garbage, where it makes some. */
  rest(): Promise<void>;
}

/** An engine of the benchmark: one file each. */
export interface Rival {
  readonly name: string;
  readonly feats: ReadonlySet<Feat>;
  /** What it is, with its version; fails where it cannot be had, saying what was tried. */
  describe(): Promise<string>;
  /** Each share gets a process of its own. */
  start(load: Load, shares: readonly Share[]): Promise<Competitor>;
}
