// Listens for connections and hands each on as a wire; ends them all when it ends.
import { createServer, type Server, type Socket } from 'node:net';
import { FieldbenchError } from '../error.ts';
import { wireOver, type Endpoint, type Wire } from './wire.ts';
import type { Tap } from './tap.ts';

/** How to listen. */
export interface ListenOptions {
  /** Default 127.0.0.1: what the bench opens is for this machine only, unless somebody says otherwise. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Gets every accepted connection; call its `onBytes` to begin reading. */
  readonly onWire: (wire: Wire) => void;
  /** Makes the tap of the next connection; without it nothing is seen. */
  readonly tapNext?: () => Tap;
  /** Keep our side of each connection open after the peer's FIN; default false. */
  readonly halfOpen?: boolean;
  /** Ends it and all its connections when aborted. */
  readonly signal?: AbortSignal;
}

/** A listening socket. Disposing ends it and every connection that it accepted. */
export interface Listener extends AsyncDisposable {
  readonly endpoint: Endpoint;
}

/**
 * Listens over TCP.
 * @throws FieldbenchError `FB_PORT_IN_USE` when the port is taken, `FB_LISTEN` when it cannot be had otherwise.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  options.signal?.throwIfAborted();
  const wires = new Set<Wire>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => {
    const wire = accepted(socket, options);
    wires.add(wire);
    void wire.closed.then(() => wires.delete(wire));
    options.onWire(wire);
  });
  const endpoint = await bound(server, options.host ?? '127.0.0.1', options.port ?? 0);
  const dispose = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await Promise.all([...wires].map((wire) => wire[Symbol.asyncDispose]()));
    await closed;
  };
  const abort = (): void => void dispose();
  options.signal?.addEventListener('abort', abort, { once: true });
  return {
    endpoint,
    [Symbol.asyncDispose]() {
      options.signal?.removeEventListener('abort', abort);
      return dispose();
    },
  };
}

function accepted(socket: Socket, options: ListenOptions): Wire {
  const tap = options.tapNext?.();
  return wireOver(socket, { side: 'server', halfOpen: options.halfOpen ?? false, ...(tap && { tap }) });
}

async function bound(server: Server, host: string, port: number): Promise<Endpoint> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host, port }, resolve);
  try {
    await promise;
  } catch (error) {
    throw notBound(host, port, error as NodeJS.ErrnoException);
  }
  server.off('error', reject).on('error', () => {}); // Accepting failed for one connection: its client sees that.
  const address = server.address();
  return { host, port: typeof address === 'object' && address ? address.port : port };
}

function notBound(host: string, port: number, cause: NodeJS.ErrnoException): FieldbenchError {
  const isTaken = cause.code === 'EADDRINUSE';
  return new FieldbenchError({
    code: isTaken ? 'FB_PORT_IN_USE' : 'FB_LISTEN',
    message: isTaken ? `port ${port} on ${host} is in use` : `cannot listen on ${host}:${port}`,
    expected: 'an address of this machine with a free port',
    actual: cause.message,
    hint: isTaken
      ? `end what listens there (ss -ltnp 'sport = :${port}' names it), or name another port; 0 takes any free one`
      : 'name an address of this machine; ports below 1024 need rights of their own',
    cause,
  });
}
