// MQTT over WebSocket against a real WebSocket server: bytes, ends, what the history learns, and the errors of dialling.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { machineClock } from '../../src/net/clock.ts';
import { dial } from '../../src/net/dial.ts';
import { dialWebSocket, type WebSocketDialOptions } from '../../src/net/dial-websocket.ts';
import type { Wire } from '../../src/net/wire.ts';
import { rawServer } from './loopback.ts';

const ping = Uint8Array.of(0xc0, 0);
const pong = Uint8Array.of(0xd0, 0);

async function webSocketServer(serve: (socket: WebSocket, below: Socket) => void, options: ServerOptions = {}) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'mqtt', ...options });
  server.on('connection', (socket, request) =>
    serve(
      socket.on('error', () => {}),
      request.socket,
    ),
  );
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    endpoint: { host: '127.0.0.1', port, path: '/mqtt' },
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function tapped(options: Partial<WebSocketDialOptions> = {}) {
  const history = memoryHistory();
  const names = { client: 'probe', server: 'broker', check: 'ping' };
  const tap = { history, connection: 'c1', seenAt: 'wire', names } as const;
  return { history, options: { clock: machineClock(), signal: new AbortController().signal, tap, ...options } };
}

/** Resolves with the first `length` bytes that come. */
function bytesOf(wire: Wire, length: number): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  let come = Buffer.alloc(0);
  wire.onBytes((chunk) => {
    come = Buffer.concat([come, chunk]);
    if (come.length >= length) resolve(come);
  });
  return promise;
}

const echo = (socket: WebSocket): void =>
  void socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));

describe('an open WebSocket', () => {
  test('carries packets in binary frames, and is recorded as a connection like every other', async () => {
    const frames: boolean[] = [];
    await using server = await webSocketServer((socket) =>
      socket.on('message', (_, isBinary) => {
        frames.push(isBinary);
        socket.send(pong);
      }),
    );
    const { history, options } = tapped();
    await using wire = await dial(server.endpoint, options);
    const answer = bytesOf(wire, 2);
    await wire.send(ping);
    expect(Buffer.from(pong).equals(await answer)).toBe(true);
    wire.end();
    expect(await wire.closed).toEqual({ by: 'us', how: 'fin' });
    expect(frames).toEqual([true]);
    expect(history.events.map((it) => ('direction' in it ? it.direction : it.kind))).toEqual([
      'opened',
      'mark',
      'toServer',
      'toClient',
      'ended',
    ]);
    expect(history.events[1]).toMatchObject({
      name: 'websocket-open',
      check: 'ping',
      connection: 'c1',
      data: { offered: 'mqtt', chosen: 'mqtt' },
    });
  });

  test('hands on what comes right behind the handshake', async () => {
    await using server = await webSocketServer((socket) => socket.send(pong));
    await using wire = await dial(server.endpoint, tapped().options);
    expect((await bytesOf(wire, 2)).equals(pong)).toBe(true);
  });

  test('gives the same bytes in any frames', { timeout: 30_000 }, async () => {
    await using server = await webSocketServer((socket) => echo(socket));
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.infiniteStream(fc.boolean()), async (payloads, finals) => {
        await using wire = await dialWebSocket(server.endpoint, tapped().options);
        const sent = Buffer.concat(payloads);
        const come = bytesOf(wire, sent.length);
        let isWithin = false;
        for (const [i, payload] of payloads.entries()) {
          const isFinal = i === payloads.length - 1 || finals.next().value === true;
          await wire.sendFrame(payload, { opcode: isWithin ? 'continuation' : 'binary', isFinal });
          isWithin = !isFinal;
        }
        expect((await come).equals(sent)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('a text frame of the server is noted, not handed on, and closed upon', async () => {
    const codes: number[] = [];
    await using server = await webSocketServer((socket) => {
      socket.on('close', (code) => codes.push(code)).send(Buffer.from(pong), { binary: false });
      socket.send(pong);
    });
    const { history, options } = tapped();
    await using wire = await dial(server.endpoint, options);
    const come: Uint8Array[] = [];
    wire.onBytes((chunk) => come.push(chunk));
    expect(await wire.closed).toEqual({ by: 'us', how: 'fin', detail: 'a text frame from the server' });
    expect(come).toEqual([]);
    expect(codes).toEqual([1003]);
    expect(history.events).toContainEqual(
      expect.objectContaining({
        name: 'websocket-text-frame',
        connection: 'c1',
        data: { direction: 'toClient', firstBytes: 'd000' },
      }),
    );
  });

  test('a ping of the server is answered', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    await using server = await webSocketServer((socket) =>
      socket.on('pong', (data) => resolve(data.toString())).ping('alive'),
    );
    await using wire = await dial(server.endpoint, tapped().options);
    wire.onBytes(() => {});
    expect(await promise).toBe('alive');
  });
});

describe('the end', () => {
  test.each([
    ['a close frame', (socket: WebSocket) => socket.close(1001), 'fin', 'WebSocket close frame 1001'],
    ['a FIN without one', (_: WebSocket, below: Socket) => void below.end(), 'fin', undefined],
    ['a RST', (_: WebSocket, below: Socket) => void below.resetAndDestroy(), 'rst', 'read ECONNRESET'],
    [
      'something that is no frame',
      (_: WebSocket, below: Socket) => void below.write(Uint8Array.of(0x83, 0)),
      'fin',
      'a frame with the reserved opcode 3',
    ],
  ])('by %s', async (_, end, how, detail) => {
    await using server = await webSocketServer(end);
    const { history, options } = tapped();
    await using wire = await dial(server.endpoint, options);
    wire.onBytes(() => {});
    expect(await wire.closed).toMatchObject({ how, ...(detail !== undefined && { detail }) });
    expect(history.events.at(-1)).toMatchObject({ kind: 'ended', how });
  });

  test('our reset is a RST of the socket below', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    await using server = await webSocketServer((socket) => socket.on('close', resolve));
    await using wire = await dial(server.endpoint, tapped().options);
    wire.reset();
    expect(await wire.closed).toEqual({ by: 'us', how: 'rst' });
    expect(await promise).toBe(1006);
  });

  test('the run ends it', async () => {
    const run = new AbortController();
    await using server = await webSocketServer(() => {});
    const { history, options } = tapped({ signal: run.signal });
    await using wire = await dial(server.endpoint, options);
    run.abort();
    expect(await wire.closed).toMatchObject({ by: 'bench' });
    expect(history.events.at(-1)).toMatchObject({ kind: 'ended', by: 'bench' });
  });
});

describe('the handshake', () => {
  test.each([
    ['none', false, ''],
    ['the first', 'foo', 'foo'],
  ] as const)('tells of a server that chooses %s', async (_, chosen, seen) => {
    await using server = await webSocketServer(() => {}, { handleProtocols: () => chosen });
    const { history, options } = tapped({ offer: ['foo', 'mqtt'] });
    await using wire = await dialWebSocket(server.endpoint, options);
    expect(wire.subprotocol).toBe(seen);
    expect(history.events).toContainEqual(
      expect.objectContaining({ name: 'websocket-open', data: { offered: 'foo, mqtt', chosen: seen } }),
    );
  });

  test.each([
    ['HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', 'status 404'],
    ['HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n', 'status 101 without an upgrade to websocket'],
    [
      'HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n',
      'status 101 with a Sec-WebSocket-Accept for another key',
    ],
  ])('is refused by %j', async (answer, actual) => {
    await using server = await rawServer((socket) => socket.on('data', () => socket.write(answer)));
    const endpoint = { ...server.endpoint, path: '/x' };
    await expect(dial(endpoint, tapped().options)).rejects.toMatchObject({
      code: 'FB_DIAL_WEBSOCKET',
      message: `what answers at 127.0.0.1:${endpoint.port}/x is no WebSocket`,
      actual,
    });
  });

  test.each([
    ['closes', ''],
    ['speaks MQTT', ' \x02\0\0'],
  ])('is refused by a server that %s', async (_, answer) => {
    await using server = await rawServer((socket) => socket.on('data', () => socket.end(answer)));
    const dialling = dial({ ...server.endpoint, path: '/' }, tapped().options);
    await expect(dialling).rejects.toMatchObject({ code: 'FB_DIAL_WEBSOCKET' });
  });

  test('that is never answered ends in time, or with the run', async () => {
    await using server = await rawServer((socket) => socket.resume());
    const endpoint = { ...server.endpoint, path: '/' };
    const soon = tapped({ timeoutMs: 50 }).options;
    await expect(dial(endpoint, soon)).rejects.toMatchObject({ code: 'FB_DIAL_TIMEOUT' });
    const run = new AbortController();
    const dialling = dial(endpoint, tapped({ signal: run.signal }).options);
    run.abort(new Error('over'));
    await expect(dialling).rejects.toThrow('over');
  });
});
