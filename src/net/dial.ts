// Opens a connection within a bound, or says in one sentence why there is none.
import { connect, type Socket } from 'node:net';
import { FieldbenchError } from '../error.ts';
import type { Clock } from './clock.ts';
import { Tap, type TapOptions } from './tap.ts';
import { wireOver, type Endpoint, type Wire } from './wire.ts';

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

/**
 * Dials over TCP.
 * @throws FieldbenchError `FB_DIAL_REFUSED` when nobody answers there, `FB_DIAL_TIMEOUT` when nothing does in time.
 * @throws the signal's reason when aborted.
 */
export async function dial(endpoint: Endpoint, options: DialOptions): Promise<Wire> {
  options.signal.throwIfAborted();
  const socket = connect({ ...endpoint, allowHalfOpen: true, noDelay: options.noDelay ?? true });
  socket.pause();
  try {
    await connected(socket, endpoint, options);
  } catch (error) {
    socket.on('error', () => {}); // It is given up: whatever comes late is of no interest.
    socket.destroy();
    throw error;
  }
  return wireOver(socket, {
    side: 'client',
    signal: options.signal,
    halfOpen: options.halfOpen ?? false,
    ...(options.tap && { tap: new Tap(options.tap) }),
  });
}

async function connected(socket: Socket, endpoint: Endpoint, options: DialOptions): Promise<void> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancel = options.clock.after(timeoutMs, () => reject(timedOut(endpoint, timeoutMs)));
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

const placeOf = (endpoint: Endpoint): string => `${endpoint.host}:${endpoint.port}`;

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

function timedOut(endpoint: Endpoint, timeoutMs: number): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DIAL_TIMEOUT',
    message: `no connection to ${placeOf(endpoint)} within ${timeoutMs} ms`,
    expected: 'an accepted TCP connection',
    actual: 'no answer at all',
    hint: 'a firewall that drops packets looks like this; try the address from this machine by hand',
  });
}
