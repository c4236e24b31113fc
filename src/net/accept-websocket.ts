// The server's half of a WebSocket handshake (RFC 6455, section 4.2) on a socket that was accepted.
import { createServer, STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { acceptOf } from './websocket-handshake.ts';
import type { Subprotocols } from './websocket-wire.ts';

/** Gives what was agreed on, with the socket paused, or words for why nothing was; never rejects. */
export type AcceptWebSocket = (accepted: Socket) => Promise<Subprotocols | string>;

/** Real clients ask in some hundred bytes; cookies and tokens have room too. */
const requestMaxB = 8192;

/** One for a whole listener. */
export function webSocketAcceptor(): AcceptWebSocket {
  const waiting = new WeakMap<Duplex, (outcome: Subprotocols | string) => void>();
  const settle = (socket: Duplex, outcome: Subprotocols | string): void => waiting.get(socket)?.(outcome);
  const refuse = (socket: Duplex, status: number, why: string): void => {
    settle(socket, `no WebSocket handshake: ${why}`);
    socket.end(refusal(status), () => socket.destroy());
  };
  const server = createServer({ maxHeaderSize: requestMaxB, headersTimeout: 0, requestTimeout: 0 });
  server.on('upgrade', (request, socket, behind: Buffer) => {
    const problem = problemOf(request);
    if (problem !== undefined) return refuse(socket, problem.includes('version') ? 426 : 400, problem);
    const subprotocols = agreedOn(request);
    socket.pause();
    if (behind.length > 0) socket.unshift(behind);
    socket.write(answer(request, subprotocols));
    settle(socket, subprotocols);
  });
  server.on('request', ({ socket, method = '' }) => refuse(socket, 426, `a ${method} that asks for no upgrade`));
  server.on('clientError', (error, socket) => refuse(socket, 400, error.message));
  return (accepted) =>
    new Promise((resolve) => {
      const gone = (): void => resolve('the connection ended within the WebSocket handshake');
      waiting.set(accepted, (outcome) => {
        accepted.off('close', gone);
        resolve(outcome);
      });
      accepted.once('close', gone);
      server.emit('connection', accepted);
      accepted.resume();
    });
}

/** What keeps a request from opening a WebSocket. */
function problemOf({ method, headers }: IncomingMessage): string | undefined {
  if (method !== 'GET') return `a ${method}`;
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'an upgrade to something else';
  if (headers['sec-websocket-version'] !== '13') return 'another version than 13';
  const key = headers['sec-websocket-key'] ?? '';
  if (!/^[A-Za-z0-9+/]{22}==$/.test(key)) return 'no Sec-WebSocket-Key of 16 bytes';
  return undefined;
}

/** Takes `mqtt` where it is offered (MQTT-6.0.0-4), else the first that is. */
function agreedOn({ headers }: IncomingMessage): Subprotocols {
  const listed = headers['sec-websocket-protocol']?.split(',').map((it) => it.trim()) ?? [];
  const offered = listed.filter((it) => it !== '');
  return { offered, chosen: offered.includes('mqtt') ? 'mqtt' : (offered[0] ?? '') };
}

function answer({ headers }: IncomingMessage, { chosen }: Subprotocols): string {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptOf(headers['sec-websocket-key'] ?? '')}`,
    ...(chosen === '' ? [] : [`Sec-WebSocket-Protocol: ${chosen}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function refusal(status: number): string {
  const asksFor = status === 426 ? 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' : '';
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${asksFor}Connection: close\r\nContent-Length: 0\r\n\r\n`;
}
