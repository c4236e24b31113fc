// Our WebSocket listener against real clients: what it agrees on, how it ends, and what it does with broken ones.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { machineClock } from '../../src/net/clock.ts';
import { listen, type ListenOptions } from '../../src/net/listen.ts';
import { Tap } from '../../src/net/tap.ts';
import type { Caller } from '../../src/net/reception.ts';
import type { Endpoint, Wire } from '../../src/net/wire.ts';
import { closed, rawClient } from './loopback.ts';

const ping = Buffer.of(0xc0, 0);
const clock = machineClock();

/** Listens over WebSocket; the first wire and refusal, and what the history gets. */
async function listenWebSocket(options: Partial<ListenOptions> = {}) {
  const history = memoryHistory();
  const come = Promise.withResolvers<{ wire: Wire; caller: Caller }>();
  const refused = Promise.withResolvers<string>();
  const names = { client: 'pump', server: 'broker', check: 'ping' };
  const listener = await listen({
    over: { clock, webSocket: true },
    tapNext: () => new Tap({ history, connection: 'c1', seenAt: 'wire', names }),
    onWire: (wire, caller) => come.resolve({ wire, caller }),
    onRefused: (why, address) => refused.resolve(`${address}: ${why}`),
    ...options,
  });
  return { ...listener, history, come: come.promise, refused: refused.promise };
}

const urlOf = ({ host, port, path = '' }: Endpoint): string => `ws://${host}:${port}${path}`;

async function client(endpoint: Endpoint, offer: string[] = ['mqtt']): Promise<WebSocket> {
  const socket = new WebSocket(urlOf(endpoint), offer);
  await once(socket, 'open');
  return socket.on('error', () => {});
}

const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const asking = `GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n${key}`;

async function rawText(socket: Socket): Promise<string> {
  return Buffer.concat(await socket.toArray()).toString();
}

describe('a client over WebSocket', () => {
  test('talks in binary frames, and is recorded as a connection like every other', async () => {
    await using listener = await listenWebSocket();
    const socket = await client(listener.endpoint);
    const { wire } = await listener.come;
    wire.onBytes((chunk) => void wire.send(chunk));
    socket.send(ping);
    const [answer, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
    expect([answer.equals(ping), isBinary]).toEqual([true, true]);
    socket.close(1000);
    expect(await wire.closed).toEqual({ by: 'peer', how: 'fin', detail: 'WebSocket close frame 1000' });
    expect(listener.history.events.map((it) => ('direction' in it ? it.direction : it.kind))).toEqual([
      'opened',
      'mark',
      'toServer',
      'toClient',
      'ended',
    ]);
    expect(listener.history.events[1]).toMatchObject({
      name: 'websocket-open',
      data: { offered: 'mqtt', chosen: 'mqtt' },
    });
    expect(listener.history.events.at(-1)).toMatchObject({ by: 'client', how: 'fin' });
  });

  test.each([
    [['mqtt'], 'mqtt'],
    [['foo', 'mqtt'], 'mqtt'],
    [['mqttv3.1', 'foo'], 'mqttv3.1'],
    [[], ''],
  ])('that offers %j gets %j', async (offer, chosen) => {
    await using listener = await listenWebSocket();
    const socket = await client(listener.endpoint, offer);
    expect(socket.protocol).toBe(chosen);
    const { caller } = await listener.come;
    expect(caller).toEqual({ address: '127.0.0.1', offered: offer });
    socket.terminate();
  });

  test('that pings is answered', async () => {
    await using listener = await listenWebSocket();
    const socket = await client(listener.endpoint);
    (await listener.come).wire.onBytes(() => {});
    socket.ping('alive');
    const [answer] = (await once(socket, 'pong')) as [Buffer];
    expect(answer.toString()).toBe('alive');
    socket.terminate();
  });

  test('that sends a text frame is noted and closed upon', async () => {
    await using listener = await listenWebSocket();
    const socket = await client(listener.endpoint);
    const { wire } = await listener.come;
    const come: Uint8Array[] = [];
    wire.onBytes((chunk) => come.push(chunk));
    socket.send('hello');
    socket.send(ping);
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1003);
    expect(await wire.closed).toEqual({ by: 'us', how: 'fin', detail: 'a text frame from the client' });
    expect(come).toEqual([]);
    expect(listener.history.events).toContainEqual(
      expect.objectContaining({
        name: 'websocket-text-frame',
        data: { direction: 'toServer', firstBytes: Buffer.from('hello').toString('hex') },
      }),
    );
  });

  test('that talks at once behind its request is heard', async () => {
    await using listener = await listenWebSocket();
    const raw = await rawClient(listener.endpoint);
    const frame = Buffer.of(0x82, 0x82, 1, 2, 3, 4, 0xc0 ^ 1, 0 ^ 2);
    raw.write(Buffer.concat([Buffer.from(`${asking}\r\n`), frame]));
    const { wire } = await listener.come;
    const heard = await new Promise<Uint8Array>((resolve) => wire.onBytes(resolve));
    expect(ping.equals(heard)).toBe(true);
    raw.destroy();
  });

  test('that does not mask is closed upon', async () => {
    await using listener = await listenWebSocket();
    const raw = await rawClient(listener.endpoint);
    raw.write(Buffer.concat([Buffer.from(`${asking}\r\n`), Buffer.of(0x82, 2), ping]));
    const { wire } = await listener.come;
    wire.onBytes(() => {});
    raw.on('end', () => raw.end()).resume();
    expect(await wire.closed).toEqual({ by: 'us', how: 'fin', detail: 'an unmasked frame from a client' });
  });

  test.each([
    ['reset', (wire: Wire) => wire.reset(), 1006],
    ['end', (wire: Wire) => wire.end(), 1000],
  ] as const)('sees our %s', async (_, end, code) => {
    await using listener = await listenWebSocket();
    const socket = await client(listener.endpoint);
    const { wire } = await listener.come;
    wire.onBytes(() => {});
    const close = once(socket, 'close');
    end(wire);
    expect((await close)[0]).toBe(code);
    expect(await wire.closed).toMatchObject({ by: 'us' });
  });

  test('that has closed still hears us, where our side is kept open, and gets its answer from our end', async () => {
    await using listener = await listenWebSocket({ halfOpen: true });
    const socket = await client(listener.endpoint);
    const { wire } = await listener.come;
    const ended = new Promise((resolve) => wire.onPeerEnd(resolve));
    wire.onBytes(() => {});
    socket.close(1001);
    expect(await ended).toBe('fin');
    const late = once(socket, 'message');
    await wire.send(ping);
    expect(ping.equals((await late)[0] as Buffer)).toBe(true);
    const close = once(socket, 'close');
    wire.end();
    await close;
    expect(await wire.closed).toEqual({ by: 'peer', how: 'fin', detail: 'WebSocket close frame 1001' });
  });
});

describe('a broken handshake', () => {
  test.each([
    ['MQTT at once', Buffer.of(0x10, 12, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 0), '400', 'Parse Error'],
    ['no upgrade', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', '426', 'a GET that asks for no upgrade'],
    ['another upgrade', asking.replace('Upgrade: websocket', 'Upgrade: h2c'), '400', 'an upgrade to something else'],
    ['another method', asking.replace('GET', 'PUT'), '400', 'a PUT'],
    ['another version', asking.replace('13', '8'), '426', 'another version than 13'],
    ['no key', asking.replace(key, ''), '400', 'no Sec-WebSocket-Key of 16 bytes'],
  ])('%s ends its own connection, and is told', async (_, request, status, why) => {
    await using listener = await listenWebSocket();
    const raw = await rawClient(listener.endpoint);
    raw.write(typeof request === 'string' && !request.endsWith('\r\n\r\n') ? `${request}\r\n` : request);
    expect(await rawText(raw)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    raw.destroy();
    const told = await listener.refused;
    expect(told).toContain('127.0.0.1: no WebSocket handshake: ');
    expect(told).toContain(why);
    const socket = await client(listener.endpoint);
    expect(socket.protocol).toBe('mqtt');
    socket.terminate();
  });

  test('of a client that asks in too many words is told', async () => {
    await using listener = await listenWebSocket();
    const raw = await rawClient(listener.endpoint);
    raw.write(`${asking}X: ${'x'.repeat(20_000)}`);
    await closed(raw.on('end', () => raw.end()).resume());
    expect(await listener.refused).toContain('Header overflow');
  });

  test('that a client leaves is told', async () => {
    await using listener = await listenWebSocket();
    const raw = await rawClient(listener.endpoint);
    raw.write(asking.slice(0, 40));
    raw.resetAndDestroy();
    expect(await listener.refused).toMatch(/^127.0.0.1: .*(ECONNRESET|ended within)/);
  });

  test('that never ends is ended in time', async () => {
    const bell = Promise.withResolvers<() => void>();
    const manual = {
      domain: 'test',
      nowMs: () => 0,
      after: (_: number, fire: () => void) => (bell.resolve(fire), () => {}),
    };
    await using listener = await listenWebSocket({
      over: { clock: manual, webSocket: true, handshakeTimeoutMs: 7000 },
    });
    const raw = await rawClient(listener.endpoint);
    raw.write(asking.slice(0, 40));
    (await bell.promise)();
    await closed(raw.resume());
    expect(await listener.refused).toBe('127.0.0.1: no handshake within 7000 ms');
  });
});
