// Opens a connection for MQTT as its endpoint wants it: over TCP or TLS, straight or over WebSocket.
import { dialSocket } from './dial-socket.ts';
import { dialWebSocket, type WebSocketDialOptions } from './dial-websocket.ts';
import { Tap } from './tap.ts';
import { wireOver, type Endpoint, type Wire } from './wire.ts';

export type { DialOptions } from './dial-tcp.ts';

/**
 * Dials over TCP, over TLS when the endpoint says so, and over WebSocket on either when it has a path.
 * @throws FieldbenchError `FB_DIAL_REFUSED` when nobody answers there, `FB_DIAL_TIMEOUT` when nothing does in time,
 *   `FB_DIAL_TLS` when no TLS connection comes about or its certificate is not to be trusted, `FB_DIAL_WEBSOCKET` when
 *   what answers there is no WebSocket.
 * @throws the signal's reason when aborted.
 */
export async function dial(endpoint: Endpoint, options: WebSocketDialOptions): Promise<Wire> {
  if (endpoint.path !== undefined) return dialWebSocket({ ...endpoint, path: endpoint.path }, options);
  return wireOver(await dialSocket(endpoint, options), {
    side: 'client',
    signal: options.signal,
    halfOpen: options.halfOpen ?? false,
    ...(options.tap && { tap: new Tap(options.tap) }),
  });
}
