// Listens for connections and hands each on as a wire; ends them all when it ends.
import { createServer, type Server } from 'node:net';
import { notBound } from './not-bound.ts';
import { Reception, type ReceptionOptions } from './reception.ts';
import type { Endpoint } from './wire.ts';

/** How to listen. */
export interface ListenOptions extends ReceptionOptions {
  /** Default 127.0.0.1: what the bench opens is for this machine only, unless somebody says otherwise. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Ends it and all its connections when aborted. */
  readonly signal?: AbortSignal;
}

/** A listening socket. Disposing ends it and every connection that it accepted. */
export interface Listener extends AsyncDisposable {
  /** Where to dial it. Over TLS the dialling side has to say what it trusts; over WebSocket every path is served. */
  readonly endpoint: Endpoint;
}

/**
 * Listens over TCP, and over what is to lie above it.
 * @throws FieldbenchError `FB_PORT_IN_USE` when the port is taken, `FB_LISTEN` when it cannot be had otherwise, or when
 *   a certificate or key cannot be used.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  options.signal?.throwIfAborted();
  const reception = new Reception(options);
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (it) => reception.take(it));
  const endpoint = await bound(server, options.host ?? '127.0.0.1', options.port ?? 0);
  const dispose = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await reception[Symbol.asyncDispose]();
    await closed;
  };
  const abort = (): void => void dispose();
  options.signal?.addEventListener('abort', abort, { once: true });
  const { webSocket, tls } = options.over ?? {};
  return {
    endpoint: { ...endpoint, ...(webSocket && { path: '/mqtt' }), ...(tls && { tls: {} }) },
    [Symbol.asyncDispose]() {
      options.signal?.removeEventListener('abort', abort);
      return dispose();
    },
  };
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
