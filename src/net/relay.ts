// Stands between clients and a server with a tap at either end; what happens in between is a passage's business.
import type { ConnectionId, History } from '../history/event.ts';
import { RecordingBudget } from '../history/recorder.ts';
import type { Clock } from './clock.ts';
import type { ConnectionIds } from './connection-ids.ts';
import { dial } from './dial.ts';
import { listen } from './listen.ts';
import { transparentPassage, type CreatePassage } from './passage.ts';
import { RelayedConnection } from './relayed-connection.ts';
import { Tap, type ConnectionNames } from './tap.ts';
import type { Endpoint, Wire } from './wire.ts';

/** What happens to a new connection: it goes through, is reset at once, or hangs without an answer. */
export type Admission = 'dial' | 'reset' | 'mute';

/** How a relay stands and what it does. */
export interface RelayOptions {
  readonly upstream: Endpoint;
  readonly names: ConnectionNames;
  readonly history: History;
  readonly connectionIds: ConnectionIds;
  readonly clock: Clock;
  /** Ends the relay and all its connections when aborted. */
  readonly signal: AbortSignal;
  /** Default 127.0.0.1, any free port. */
  readonly listenOn?: { readonly host?: string; readonly port?: number };
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
 * Accepts connections and dials the server for each.
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
    ...options.listenOn,
    halfOpen: true,
    signal: options.signal,
    onWire(client) {
      const connection = newConnection(client, options);
      open.add(connection);
      void connection.over.then(() => {
        open.delete(connection);
        options.onOver?.(connection.id);
      });
      void admit(connection, options, signal);
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

function newConnection(client: Wire, options: RelayOptions): RelayedConnection {
  const { history, names } = options;
  const shared = { history, names, connection: options.connectionIds.next(), budget: new RecordingBudget() };
  return new RelayedConnection(client, (seenAt) => new Tap({ ...shared, seenAt }));
}

/** Never rejects: whatever goes wrong ends the connection and stands in the history. */
async function admit(connection: RelayedConnection, options: RelayOptions, signal: AbortSignal): Promise<void> {
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
      ...bound,
    });
    connection.join(server, options.createPassage ?? transparentPassage);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    connection.refuse({ by: signal.aborted ? 'bench' : 'server', how: 'rst', detail });
  }
}
