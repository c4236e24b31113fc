// The opening handshake of a WebSocket, client side (RFC 6455, section 4.1), on a socket that is connected.
import { createHash, randomBytes } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FieldbenchError } from '../error.ts';
import type { Clock } from './clock.ts';
import { timedOut } from './dial-tcp.ts';
import { placeOf, type Endpoint, type WebSocketEndpoint } from './endpoint.ts';

/** Bounds of a handshake, and what it offers. */
export interface Upgrade {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly offer: readonly string[];
}

const acceptGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** The `Sec-WebSocket-Accept` that belongs to a `Sec-WebSocket-Key` (RFC 6455, section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}${acceptGuid}`).digest('base64');
}

const expected = 'an answer with status 101 that completes the WebSocket handshake';

/**
 * Asks for the upgrade and gives the subprotocol that the server chose, '' when it named none. The socket is paused
 * afterwards, and what came behind the answer waits in it.
 * @throws FieldbenchError `FB_DIAL_WEBSOCKET`, `FB_DIAL_TIMEOUT`; the signal's reason when aborted.
 */
export async function upgrade(socket: Socket, endpoint: WebSocketEndpoint, it: Upgrade): Promise<string> {
  const key = randomBytes(16).toString('base64');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const asking = request({
    createConnection: () => socket,
    host: endpoint.host,
    port: endpoint.port,
    path: endpoint.path,
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': key,
      ...(it.offer.length > 0 && { 'Sec-WebSocket-Protocol': it.offer.join(', ') }),
    },
  });
  const refuse = (actual: string, cause?: Error): void => reject(notUpgraded(endpoint, actual, cause));
  asking.once('socket', () => socket.resume());
  asking.once('upgrade', (answer, _socket, behind) => {
    socket.pause();
    if (behind.length > 0) socket.unshift(behind);
    const problem = problemOf(answer, key);
    if (problem === undefined) resolve(answer.headers['sec-websocket-protocol'] ?? '');
    else refuse(problem);
  });
  asking.once('response', ({ statusCode = 0 }) => refuse(`status ${statusCode}`));
  asking.on('error', (cause) => refuse(cause.message, cause));
  const cancel = it.clock.after(it.timeoutMs, () => reject(timedOut(endpoint, it.timeoutMs, expected)));
  const abort = (): void => reject(it.signal.reason);
  it.signal.addEventListener('abort', abort, { once: true });
  asking.end();
  try {
    return await promise;
  } finally {
    cancel();
    it.signal.removeEventListener('abort', abort);
  }
}

/** What keeps an answer with status 101 from completing the handshake. */
function problemOf({ statusCode = 0, headers }: IncomingMessage, key: string): string | undefined {
  if (statusCode !== 101) return `status ${statusCode}`;
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'status 101 without an upgrade to websocket';
  if (headers['sec-websocket-accept'] !== acceptOf(key))
    return 'status 101 with a Sec-WebSocket-Accept for another key';
  if (headers['sec-websocket-extensions'] !== undefined) return 'status 101 with an extension that was not offered';
  return undefined;
}

function notUpgraded(endpoint: Endpoint, actual: string, cause: Error | undefined): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DIAL_WEBSOCKET',
    message: `what answers at ${placeOf(endpoint)} is no WebSocket`,
    expected,
    actual,
    hint: 'is it a WebSocket listener, and is the path right?',
    ...(cause && { cause }),
  });
}
