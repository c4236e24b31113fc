// Opens a connection for MQTT as its endpoint wants it: straight over TCP, or over WebSocket.
import { dialTcp, type DialOptions } from './dial-tcp.ts';
import { dialWebSocket } from './dial-websocket.ts';
import { Tap } from './tap.ts';
import { wireOver, type Endpoint, type Wire } from './wire.ts';

export type { DialOptions } from './dial-tcp.ts';

/**
 * Dials over TCP, or over WebSocket when the endpoint has a path.
 * @throws FieldbenchError `FB_DIAL_REFUSED` when nobody answers there, `FB_DIAL_TIMEOUT` when nothing does in time,
 *   `FB_DIAL_WEBSOCKET` when what answers there is no WebSocket.
 * @throws the signal's reason when aborted.
 */
export async function dial(endpoint: Endpoint, options: DialOptions): Promise<Wire> {
  if (endpoint.path !== undefined) return dialWebSocket({ ...endpoint, path: endpoint.path }, options);
  const socket = await dialTcp(endpoint, options);
  return wireOver(socket, {
    side: 'client',
    signal: options.signal,
    halfOpen: options.halfOpen ?? false,
    ...(options.tap && { tap: new Tap(options.tap) }),
  });
}
