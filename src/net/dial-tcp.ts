// Opens a TCP connection within a bound, or says in one sentence why there is none.
import { connect, type Socket } from 'node:net';
import { FieldbenchError } from '../error.ts';
import type { Clock } from './clock.ts';
import { placeOf, type Endpoint } from './endpoint.ts';
import type { TapOptions } from './tap.ts';

/** How to dial. */
export interface DialOptions {
  readonly clock: Clock;
  /** Ends the attempt, and later the connection. */
  readonly signal: AbortSignal;
  /** Bound on the attempt; default 10,000. */
  readonly timeoutMs?: number;
  /** Records the connection; without it nothing is seen. */
  readonly tap?: TapOptions;
  /** Nagle's algorithm off; default true, so that packets leave when they are sent. */
  readonly noDelay?: boolean;
  /** Keep our side open after the server's FIN; default false. */
  readonly halfOpen?: boolean;
}

/** The bound of {@link DialOptions} where none is given. */
export const dialTimeoutMs = 10_000;

/**
 * A connected socket that is paused and allows half-open connections, as `wireOver` wants it.
 * @throws FieldbenchError `FB_DIAL_REFUSED` when nobody answers there, `FB_DIAL_TIMEOUT` when nothing does in time.
 * @throws the signal's reason when aborted.
 */
export async function dialTcp(endpoint: Endpoint, options: DialOptions): Promise<Socket> {
  options.signal.throwIfAborted();
  const { host, port } = endpoint;
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: options.noDelay ?? true });
  socket.pause();
  try {
    await connected(socket, endpoint, options);
  } catch (error) {
    giveUp(socket);
    throw error;
  }
  return socket;
}

/** Whatever comes late on it is of no interest. */
export function giveUp(socket: Socket): void {
  socket.on('error', () => {});
  socket.destroy();
}

async function connected(socket: Socket, endpoint: Endpoint, options: DialOptions): Promise<void> {
  const timeoutMs = options.timeoutMs ?? dialTimeoutMs;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancel = options.clock.after(timeoutMs, () =>
    reject(timedOut(endpoint, timeoutMs, 'an accepted TCP connection')),
  );
  const abort = (): void => reject(options.signal.reason);
  const refuse = (cause: Error): void => reject(refused(endpoint, cause));
  socket.once('connect', resolve).once('error', refuse);
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    await promise;
  } finally {
    cancel();
    socket.off('error', refuse);
    options.signal.removeEventListener('abort', abort);
  }
}

function refused(endpoint: Endpoint, cause: Error): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DIAL_REFUSED',
    message: `no connection to ${placeOf(endpoint)}`,
    expected: 'something that accepts TCP connections there',
    actual: cause.message,
    hint: 'is it running, and is the address right?',
    cause,
  });
}

/** The error `FB_DIAL_TIMEOUT`. */
export function timedOut(endpoint: Endpoint, timeoutMs: number, expected: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DIAL_TIMEOUT',
    message: `no connection to ${placeOf(endpoint)} within ${timeoutMs} ms`,
    expected,
    actual: 'no answer at all',
    hint: 'a firewall that drops packets looks like this; try the address from this machine by hand',
  });
}
