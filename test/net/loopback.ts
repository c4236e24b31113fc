// What the tests of net/ share: a raw server to relay to, raw clients, and waits for what is bound to come.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { ConnectionEnded, ConnectionOpened, HistoryEvent, Vantage } from '../../src/history/event.ts';
import type { LiveHistory } from '../../src/history/live-history.ts';
import { memoryHistory, type MemoryHistory } from '../../src/history/memory-history.ts';
import { machineClock } from '../../src/net/clock.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';
import { relay, type Relay, type RelayOptions } from '../../src/net/relay.ts';
import type { Endpoint } from '../../src/net/wire.ts';

/** A server whose every connection goes to `serve`; half-closed connections stay open. */
export async function rawServer(serve: (socket: Socket) => void): Promise<AsyncDisposable & { endpoint: Endpoint }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    endpoint: { host: '127.0.0.1', port },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A raw client, connected; half-closed connections stay open. */
export async function rawClient({ host, port }: Endpoint): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket.on('error', () => {});
}

/** Resolves when the socket is closed, however that came. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** Dials and waits until the connection is gone, even if it never stood. */
export function turnedAway({ host, port }: Endpoint): Promise<void> {
  const socket = connect({ host, port });
  socket.on('error', () => {});
  return closed(socket.resume());
}

/** A relay to `upstream` and the history that it writes. */
export async function relayTo(
  upstream: Endpoint,
  options: Partial<RelayOptions> = {},
): Promise<Relay & { history: MemoryHistory }> {
  const history = memoryHistory();
  const shared = { clock: machineClock(), signal: new AbortController().signal, connectionIds: connectionIds() };
  const names = { client: 'pump', server: 'broker', link: 'vsat' };
  return { ...(await relay({ upstream, history, names, ...shared, ...options })), history };
}

/** Resolves with the first event, past or to come, that fits. */
export function seen<E extends HistoryEvent>(
  history: LiveHistory & { events: readonly HistoryEvent[] },
  fits: (event: HistoryEvent) => event is E,
): Promise<E> {
  const past = history.events.find(fits);
  if (past) return Promise.resolve(past);
  return new Promise((resolve) => {
    const stop = history.watch((event) => {
      if (!fits(event)) return;
      stop();
      resolve(event);
    });
  });
}

export const openedAt =
  (seenAt: Vantage) =>
  (event: HistoryEvent): event is ConnectionOpened =>
    event.kind === 'opened' && event.seenAt === seenAt;

export const endedAt =
  (seenAt: Vantage) =>
  (event: HistoryEvent): event is ConnectionEnded =>
    event.kind === 'ended' && event.seenAt === seenAt;

/** Sockets and servers of this process that are still open. */
export function openHandles(): readonly string[] {
  return process.getActiveResourcesInfo().filter((it) => it.startsWith('TCP'));
}
