// Makes a wire of a socket that was accepted, through the handshakes that lie between TCP and MQTT there.
import type { Socket } from 'node:net';
import { tlsAcceptor, type AcceptTls, type TlsListen } from './accept-tls.ts';
import { webSocketAcceptor, type AcceptWebSocket } from './accept-websocket.ts';
import type { Clock } from './clock.ts';
import type { Tap } from './tap.ts';
import { webSocketOver, type Subprotocols } from './websocket-wire.ts';
import { wireOver, type ConnectedSocket, type Wire } from './wire.ts';

/** What lies between TCP and MQTT on a listening socket; with both, WebSocket runs over TLS. */
export interface Layers {
  readonly tls?: TlsListen;
  readonly webSocket?: true;
  /** Bound on all handshakes of a connection together; default 10,000. */
  readonly handshakeTimeoutMs?: number;
}

const defaultTimeoutMs = 10_000;

/** What the handshakes gave. */
export interface Shaken extends ConnectedSocket {
  readonly subprotocols?: Subprotocols;
}

/** Does the handshakes of one accepted socket; gives words where they come to nothing, and never rejects. */
export type Shake = (accepted: Socket) => Promise<Shaken | string>;

/** @throws FieldbenchError `FB_LISTEN` for certificates or a key that cannot be used. */
export function handshakes({ tls, webSocket, handshakeTimeoutMs = defaultTimeoutMs }: Layers, clock: Clock): Shake {
  const acceptTls = tls && tlsAcceptor(tls);
  const acceptWebSocket = webSocket && webSocketAcceptor();
  return async (accepted) => {
    // An error within or right behind a handshake must find a listener, until the wire's own is there.
    accepted.on('error', () => {});
    let isLate = false;
    const cancel = clock.after(handshakeTimeoutMs, () => {
      isLate = true;
      accepted.destroy();
    });
    const shaken = await inTurn(accepted, acceptTls, acceptWebSocket);
    cancel();
    return isLate ? `no handshake within ${handshakeTimeoutMs} ms` : shaken;
  };
}

async function inTurn(
  accepted: Socket,
  acceptTls: AcceptTls | undefined,
  acceptWebSocket: AcceptWebSocket | undefined,
): Promise<Shaken | string> {
  const socket = acceptTls ? await acceptTls(accepted) : accepted;
  if (typeof socket === 'string') return socket;
  const subprotocols = acceptWebSocket && (await acceptWebSocket(socket));
  if (typeof subprotocols === 'string') return subprotocols;
  if (socket.destroyed) return 'the connection broke right behind the handshake';
  return { socket, ...(acceptTls && { under: accepted }), ...(subprotocols && { subprotocols }) };
}

/** The wire on what the handshakes gave. */
export function wireOn({ subprotocols, ...connected }: Shaken, halfOpen: boolean, tap: Tap | undefined): Wire {
  const tapped = tap ? { tap } : {};
  if (subprotocols === undefined) return wireOver(connected, { side: 'server', halfOpen, ...tapped });
  const below = wireOver(connected, { side: 'server', halfOpen: true });
  const wire = webSocketOver(below, { side: 'server', subprotocols, halfOpen, ...tapped });
  if (tap) wire.onMark((name, data) => tap.marked(name, data));
  return wire;
}
