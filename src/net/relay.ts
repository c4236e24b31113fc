// Stands between clients and a server with a tap at either end; what happens in between is a passage's business.
import type { ConnectionId, History } from '../history/event.ts';
import { RecordingBudget } from '../history/recorder.ts';
import type { Clock } from './clock.ts';
import type { ConnectionIds } from './connection-ids.ts';
import { dial } from './dial.ts';
import type { Layers } from './accept.ts';
import { listen, type ListenOptions } from './listen.ts';
import { transparentPassage, type CreatePassage } from './passage.ts';
import type { Caller } from './reception.ts';
import { RelayedConnection } from './relayed-connection.ts';
import { Tap, type ConnectionNames } from './tap.ts';
import type { Endpoint, Wire } from './wire.ts';

/** What happens to a new connection: it goes through, is reset at once, or hangs without an answer. */
export type Admission = 'dial' | 'reset' | 'mute';

/** How a relay stands and what it does. */
export interface RelayOptions {
  readonly upstream: Endpoint;
  readonly names: ConnectionNames | ((connection: ConnectionId, remoteAddress: string) => ConnectionNames);
  readonly history: History;
  readonly connectionIds: ConnectionIds;
  readonly clock: Clock;
  /** Ends the relay and all its connections when aborted. */
  readonly signal: AbortSignal;
  /** Default 127.0.0.1, any free port, straight over TCP. */
  readonly listenOn?: { readonly host?: string; readonly port?: number; readonly over?: Layers };
  /** Whoever it does not let in is reset at once; default: everybody may come. */
  readonly allow?: (remoteAddress: string) => boolean;
  /** Connections at a time; one more is reset at once. Default: no bound. */
  readonly maxConnections?: number;
  /** A connection was not relayed: not let in, one too many, or a handshake with the client that failed. */
  readonly onRefused?: (why: string, remoteAddress: string) => void;
  /** Writes the address of each client into the history; default: not. */
  readonly recordsPeers?: true;
  /**
   * What passes is encrypted, or nobody is to read it for the reason given here: it is relayed as ever, and no packet
   * of it is recorded.
   */
  readonly opaque?: true | string;
  /** Bound on dialling the server; default as in `dial`. */
  readonly dialTimeoutMs?: number;
  /**
   * Default: every connection goes through. While a promise is pending the client can talk, and its bytes wait for
   * the server; if it gives up meanwhile, the server never hears of it.
   */
  readonly admit?: (connection: ConnectionId) => Admission | Promise<Admission>;
  /** Default: everything passes as it came. */
  readonly createPassage?: CreatePassage;
  /** A connection is over, also one that never went through. */
  readonly onOver?: (connection: ConnectionId) => void;
}

/** A standing relay. Disposing ends it and all its connections. */
export interface Relay extends AsyncDisposable {
  /** Dial this to get to the server. */
  readonly endpoint: Endpoint;
}

/**
 * Accepts connections and dials the server for each. Either side may be TCP, TLS or WebSocket for itself; over WebSocket
 * the server is offered what the client offered. TLS and frames end here: what passes is the MQTT within, byte for byte.
 *
 * The tap at the client's end sees bytes as they come from and leave to the client, the one at the server's end as
 * they leave to and come from the server; a transparent relay gives the same packets at both. The client's bytes are
 * read once the server has accepted; where it does not, the client is reset.
 *
 * @throws FieldbenchError as `listen` does.
 */
export async function relay(options: RelayOptions): Promise<Relay> {
  const open = new Set<RelayedConnection>();
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const endAll = (): void => open.forEach((connection) => connection.endByBench());
  signal.addEventListener('abort', endAll, { once: true });
  const listener = await listen({
    ...whereToListen(options),
    halfOpen: true,
    signal: options.signal,
    onWire(client, caller) {
      const connection = newConnection(client, caller, options);
      open.add(connection);
      void forgetOnceOver(connection, open, options);
      void admit(connection, caller, options, signal);
    },
  });
  return {
    endpoint: listener.endpoint,
    async [Symbol.asyncDispose]() {
      ending.abort();
      const over = [...open].map((connection) => connection.over);
      await listener[Symbol.asyncDispose]();
      await Promise.all(over);
    },
  };
}

function whereToListen({ listenOn = {}, clock, ...options }: RelayOptions): Omit<ListenOptions, 'onWire'> {
  const { over, ...where } = listenOn;
  const { allow, maxConnections, onRefused } = options;
  return {
    ...where,
    ...(over && { over: { ...over, clock } }),
    ...(allow && { allow }),
    ...(maxConnections !== undefined && { maxConnections }),
    ...(onRefused && { onRefused }),
  };
}

async function forgetOnceOver(
  connection: RelayedConnection,
  open: Set<RelayedConnection>,
  { onOver }: RelayOptions,
): Promise<void> {
  await connection.over;
  open.delete(connection);
  onOver?.(connection.id);
}

function newConnection(client: Wire, { address }: Caller, options: RelayOptions): RelayedConnection {
  const { history, recordsPeers, opaque } = options;
  const connection = options.connectionIds.next();
  const names = typeof options.names === 'function' ? options.names(connection, address) : options.names;
  const shared = { history, names, connection, budget: new RecordingBudget() };
  const atClient = {
    ...(recordsPeers && { peer: address }),
    ...(opaque && { opaque: 'told' as const, ...(opaque !== true && { why: opaque }) }),
  };
  const atServer = opaque ? { opaque: 'silent' as const } : {};
  return new RelayedConnection(
    client,
    (seenAt) => new Tap({ ...shared, seenAt, ...(seenAt === 'clientEnd' ? atClient : atServer) }),
  );
}

/** Never rejects: whatever goes wrong ends the connection and stands in the history. */
async function admit(
  connection: RelayedConnection,
  { offered }: Caller,
  options: RelayOptions,
  signal: AbortSignal,
): Promise<void> {
  const asked = options.admit?.(connection.id) ?? 'dial';
  const gaveUp = typeof asked === 'string' ? undefined : connection.standBy();
  const admission = await asked;
  if (gaveUp?.aborted) return;
  if (admission === 'reset') return connection.refuse({ by: 'link', how: 'rst' });
  if (admission === 'mute') return connection.mute();
  try {
    const { clock, dialTimeoutMs } = options;
    const bound = dialTimeoutMs === undefined ? {} : { timeoutMs: dialTimeoutMs };
    const server = await dial(options.upstream, {
      clock,
      signal: gaveUp ? AbortSignal.any([signal, gaveUp]) : signal,
      halfOpen: true,
      ...(offered && { offer: offered }),
      ...bound,
    });
    connection.join(server, options.createPassage ?? transparentPassage);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    connection.refuse({ by: signal.aborted ? 'bench' : 'server', how: 'rst', detail });
  }
}
