// Opens what MQTT or a WebSocket runs on: a TCP connection, and TLS on it where the endpoint wants that.
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { FieldbenchError } from '../error.ts';
import { dialTcp, dialTimeoutMs, giveUp, timedOut, type DialOptions } from './dial-tcp.ts';
import { placeOf, type Endpoint, type TlsDial } from './endpoint.ts';
import { Tap } from './tap.ts';
import { refusedBy, tlsRefusalOf } from './tls-refusal.ts';
import { casIn, tlsMinVersion } from './tls-settings.ts';
import type { ConnectedSocket } from './wire.ts';

const expected = 'a TLS handshake with a certificate to trust';

/**
 * Dials over TCP, and over TLS where the endpoint says so; the bound is for both together.
 * @throws FieldbenchError `FB_DIAL_REFUSED`, `FB_DIAL_TIMEOUT`, `FB_DIAL_TLS`
 * @throws the signal's reason when aborted.
 */
export async function dialSocket(endpoint: Endpoint, options: DialOptions): Promise<ConnectedSocket> {
  const beganMs = options.clock.nowMs();
  const under = await dialTcp(endpoint, options);
  if (endpoint.tls === undefined) return { socket: under };
  try {
    const socket = begun(under, endpoint, endpoint.tls);
    await secured(socket, endpoint, options, beganMs);
    return { socket, under };
  } catch (error) {
    giveUp(under);
    if (error instanceof FieldbenchError && error.code === 'FB_DIAL_TLS') noteRefusal(error, options);
    throw error;
  }
}

/** The connection stood, and ended within the handshake: who refused whom, and why, is for the history. */
function noteRefusal({ cause, actual = '' }: FieldbenchError, { tap: options }: DialOptions): void {
  if (options === undefined || !(cause instanceof Error)) return;
  const tap = new Tap(options);
  tap.opened();
  tap.ended({ by: refusedBy(cause), how: 'error', detail: `no TLS handshake: ${actual}` });
}

function begun(under: Socket, endpoint: Endpoint, tls: TlsDial): TLSSocket {
  const { host } = endpoint;
  try {
    return connect({
      socket: under,
      host,
      servername: tls.serverName ?? (isIP(host) ? '' : host),
      minVersion: tlsMinVersion,
      rejectUnauthorized: tls.insecure !== true,
      ...(tls.caPem !== undefined && { ca: [...casIn(tls.caPem)] }),
      cert: tls.certPem,
      key: tls.keyPem,
    });
  } catch (error) {
    throw notSecured(endpoint, error as Error);
  }
}

async function secured(
  socket: TLSSocket,
  endpoint: Endpoint,
  { clock, signal, timeoutMs = dialTimeoutMs }: DialOptions,
  beganMs: number,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leftMs = Math.max(0, beganMs + timeoutMs - clock.nowMs());
  const cancel = clock.after(leftMs, () => reject(timedOut(endpoint, timeoutMs, expected)));
  const abort = (): void => reject(signal.reason);
  // It stays: an error right behind the handshake must find a listener, until the wire's own is there.
  socket.on('error', (cause) => reject(notSecured(endpoint, cause))).once('secureConnect', resolve);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await promise;
    if (socket.destroyed) throw notSecured(endpoint, new Error('the connection broke right behind the handshake'));
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    cancel();
    signal.removeEventListener('abort', abort);
  }
}

function notSecured(endpoint: Endpoint, cause: Error): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DIAL_TLS',
    message: `no TLS connection to ${placeOf(endpoint)}`,
    expected,
    ...tlsRefusalOf(cause),
    cause,
  });
}
