// A WebSocket listener with one fault before a good one: frames and the handshake are broken, the MQTT inside is not.
import { once } from 'node:events';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { FieldbenchError } from '../../error.ts';
import type { WebSocketFault } from '../../faults/websocket-fault.ts';
import { dialWebSocket } from '../../net/dial-websocket.ts';
import type { WebSocketEndpoint } from '../../net/endpoint.ts';
import type { WebSocketWire } from '../../net/websocket-wire.ts';
import { StreamDecoder } from '../../wire/stream-decoder.ts';
import type { Endpoint, PartContext, StartedPart } from '../part.ts';

/** What stands before what. */
export interface WebSocketMutantOptions {
  readonly name: string;
  /** The good WebSocket listener. */
  readonly upstream: Endpoint;
  readonly fault: WebSocketFault;
}

/** A standing WebSocket listener. */
export interface WebSocketMutant extends StartedPart {
  readonly endpoint: WebSocketEndpoint;
}

const host = '127.0.0.1';

/**
 * Listens on a free port and opens a WebSocket to `upstream` for each client.
 * @throws FieldbenchError `FB_LISTEN`
 */
export async function startWebSocketMutant(
  { name, upstream, fault }: WebSocketMutantOptions,
  context: PartContext,
): Promise<WebSocketMutant> {
  const server = new WebSocketServer({ host, port: 0, handleProtocols: (offered) => chosen(offered, fault) });
  const ending = new AbortController();
  const world = { ...context, signal: AbortSignal.any([context.signal, ending.signal]) };
  server.on('connection', (client) => {
    client.on('error', () => client.terminate());
    void join(client, { ...upstream, path: upstream.path ?? '/' }, fault, world);
  });
  await once(server, 'listening');
  return {
    name,
    endpoint: { host, port: portOf(server), path: '/mqtt' },
    async [Symbol.asyncDispose]() {
      ending.abort();
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function chosen(offered: ReadonlySet<string>, fault: WebSocketFault): string | false {
  if (fault === 'no-subprotocol') return false;
  const [first = false] = offered;
  return fault === 'first-subprotocol' ? first : offered.has('mqtt') && 'mqtt';
}

/** Joins a client to the good listener; a client of a listener that is gone is dropped. */
async function join(
  client: WebSocket,
  upstream: WebSocketEndpoint,
  fault: WebSocketFault,
  { clock, signal }: PartContext,
): Promise<void> {
  client.pause();
  const wire = await dialWebSocket(upstream, { clock, signal }).catch(() => undefined);
  if (wire === undefined) return client.terminate();
  client.on('message', (data, isBinary) => pass(wire, bytesOf(data), isBinary, fault));
  client.on('close', (code) => (code === abnormal ? wire.reset() : wire.end()));
  wire.onBytes((chunk) => client.send(chunk, { binary: fault !== 'sends-text' }));
  wire.onPeerEnd((how) => (how === 'fin' ? client.close() : client.terminate()));
  if (client.readyState === client.CLOSED) wire.reset();
  else client.resume();
}

/** The code that stands for an end without a close frame. */
const abnormal = 1006;

function pass(wire: WebSocketWire, bytes: Uint8Array, isBinary: boolean, fault: WebSocketFault): void {
  if (!isBinary && fault === 'ignores-text') return;
  if (!isBinary && fault !== 'accepts-text') void wire.sendFrame(bytes, { opcode: 'text' });
  else if (fault === 'packet-per-frame') void wire.send(firstPacketOf(bytes));
  else void wire.send(bytes);
}

/** Of what one message holds the first packet, or nothing when that is not whole. */
function firstPacketOf(bytes: Uint8Array): Uint8Array {
  const [first] = new StreamDecoder('client').push(bytes);
  return first?.bytes ?? new Uint8Array();
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function portOf(server: WebSocketServer): number {
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address.port;
  throw new FieldbenchError({ code: 'FB_LISTEN', message: 'a WebSocket listener has no port', hint: 'try again' });
}
