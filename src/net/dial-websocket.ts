// Opens a WebSocket for MQTT: the connection below, the handshake, and what came of it in the history.
import type { Socket } from 'node:net';
import { dialSocket } from './dial-socket.ts';
import { dialTimeoutMs, giveUp, type DialOptions } from './dial-tcp.ts';
import { Tap } from './tap.ts';
import { upgrade } from './websocket-handshake.ts';
import { webSocketOver, type WebSocketWire } from './websocket-wire.ts';
import { wireOver, type WebSocketEndpoint } from './wire.ts';

/** How to dial a WebSocket. */
export interface WebSocketDialOptions extends DialOptions {
  /** Subprotocols to offer, the preferred one first; default `mqtt` alone (MQTT-6.0.0-3). */
  readonly offer?: readonly string[];
}

/**
 * Dials over WebSocket. The history gets a mark `websocket-open` with the subprotocols that were offered and the one
 * that the server chose, empty when it named none: a choice that MQTT does not allow is for a judge, and no error here.
 * @throws FieldbenchError `FB_DIAL_REFUSED`, `FB_DIAL_TIMEOUT`, `FB_DIAL_TLS`, `FB_DIAL_WEBSOCKET`
 * @throws the signal's reason when aborted.
 */
export async function dialWebSocket(
  endpoint: WebSocketEndpoint,
  options: WebSocketDialOptions,
): Promise<WebSocketWire> {
  const { clock, signal, timeoutMs = dialTimeoutMs, offer = ['mqtt'] } = options;
  const beganMs = clock.nowMs();
  const connected = await dialSocket(endpoint, options);
  const { socket } = connected;
  const leftMs = Math.max(0, beganMs + timeoutMs - clock.nowMs());
  const chosen = await shaken(socket, () => upgrade(socket, endpoint, { clock, signal, timeoutMs: leftMs, offer }));
  const tap = options.tap && new Tap(options.tap);
  const wire = webSocketOver(wireOver(connected, { side: 'client', signal, halfOpen: true }), {
    side: 'client',
    subprotocols: { offered: offer, chosen },
    halfOpen: options.halfOpen ?? false,
    ...(tap && { tap }),
  });
  if (tap) wire.onMark((name, data) => tap.marked(name, data));
  return wire;
}

async function shaken(socket: Socket, handshake: () => Promise<string>): Promise<string> {
  try {
    return await handshake();
  } catch (error) {
    giveUp(socket);
    throw error;
  }
}
