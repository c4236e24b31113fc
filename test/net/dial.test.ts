// Wires over real sockets: who closed, what is recorded, and the errors of dialling and listening.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { machineClock, type Clock } from '../../src/net/clock.ts';
import { dial, type DialOptions } from '../../src/net/dial.ts';
import { listen } from '../../src/net/listen.ts';
import type { Wire } from '../../src/net/wire.ts';
import { rawServer } from './loopback.ts';

const ping = Uint8Array.of(0xc0, 0);
const pong = Uint8Array.of(0xd0, 0);
const aborting = () => new AbortController();

function tapped(options: Partial<DialOptions> = {}) {
  const history = memoryHistory();
  const names = { client: 'probe', server: 'broker', check: 'ping' };
  const tap = { history, connection: 'c1', seenAt: 'wire', names } as const;
  return { history, options: { clock: machineClock(), signal: aborting().signal, tap, ...options } };
}

/** A clock whose timers fire at once. */
const hasty: Clock = {
  domain: 'test',
  nowMs: () => 0,
  after(_, fire) {
    queueMicrotask(fire);
    return () => {};
  },
};

describe('dialling', () => {
  test('gives a wire that records both directions and who closed', async () => {
    await using server = await rawServer((socket) => socket.once('data', () => socket.end(pong)));
    const { history, options } = tapped();
    await using wire = await dial(server.endpoint, options);
    const answer = new Promise<Uint8Array>((resolve) => wire.onBytes(resolve));
    await wire.send(ping);
    expect(Buffer.from(await answer).equals(pong)).toBe(true);
    expect(await wire.closed).toEqual({ by: 'peer', how: 'fin' });
    expect(history.events.map((it) => ('direction' in it ? it.direction : it.kind))).toEqual([
      'opened',
      'toServer',
      'toClient',
      'ended',
    ]);
    expect(history.events[0]).toMatchObject({ client: 'probe', server: 'broker', check: 'ping' });
    expect(history.events.at(-1)).toMatchObject({ by: 'server', how: 'fin' });
  });

  test('is refused in one sentence where nobody listens', async () => {
    const gone = await rawServer(() => {});
    const { endpoint } = gone;
    await gone[Symbol.asyncDispose]();
    const { history, options } = tapped();
    await expect(dial(endpoint, options)).rejects.toMatchObject({
      code: 'FB_DIAL_REFUSED',
      message: `no connection to 127.0.0.1:${endpoint.port}`,
    });
    expect(history.events).toEqual([]);
  });

  test('is bounded, and ends with the run', async () => {
    await using server = await rawServer(() => {});
    const { options } = tapped({ clock: hasty, timeoutMs: 40 });
    await expect(dial(server.endpoint, options)).rejects.toMatchObject({ code: 'FB_DIAL_TIMEOUT' });
    const run = aborting();
    const attempt = dial(server.endpoint, tapped({ signal: run.signal }).options);
    run.abort(new Error('the run is over'));
    await expect(attempt).rejects.toThrow('the run is over');
    await expect(dial(server.endpoint, tapped({ signal: run.signal }).options)).rejects.toThrow('the run is over');
  });
});

describe('a wire', () => {
  const closings: readonly (readonly [string, (wire: Wire) => void, object])[] = [
    ['end', (wire) => wire.end(), { by: 'client', how: 'fin' }],
    ['reset', (wire) => wire.reset(), { by: 'client', how: 'rst' }],
    ['disposal', (wire) => void wire[Symbol.asyncDispose](), { by: 'bench', how: 'fin' }],
  ];
  test.each(closings)('names us for our %s, and swallows what is sent later', async (_, close, ended) => {
    await using server = await rawServer((socket) => socket.on('end', () => socket.end()).resume());
    const { history, options } = tapped();
    await using wire = await dial(server.endpoint, options);
    wire.onBytes(() => {});
    close(wire);
    await wire.send(ping);
    await wire.closed;
    await wire.send(ping);
    wire.end();
    wire.reset();
    expect(history.events.map((it) => it.kind)).toEqual(['opened', 'ended']);
    expect(history.events.at(-1)).toMatchObject(ended);
  });

  test('is closed by a reset while its FIN is still under way', async () => {
    await using server = await rawServer((socket) => void socket.resume().end());
    const { options } = tapped();
    await using wire = await dial(server.endpoint, options);
    // The peer's FIN is answered with ours, and the reset comes in the same breath.
    wire.onPeerEnd(() => queueMicrotask(() => wire.reset()));
    wire.onBytes(() => {});
    expect(await wire.closed).toEqual({ by: 'peer', how: 'fin' });
  });

  test('tells of a RST of its peer, and of an unfinished packet before it', async () => {
    const accepted = Promise.withResolvers<Socket>();
    await using server = await rawServer((socket) => accepted.resolve(socket));
    const { history, options } = tapped();
    await using wire = await dial(server.endpoint, options);
    const got = new Promise((resolve) => wire.onBytes(resolve));
    const socket = await accepted.promise;
    socket.write(Uint8Array.of(0x40, 0x02));
    await got;
    socket.resetAndDestroy();
    expect(await wire.closed).toMatchObject({ by: 'peer', how: 'rst' });
    expect(history.events.map((it) => it.kind)).toEqual(['opened', 'packet', 'ended']);
  });

  test('is ended by the run, and named so', async () => {
    await using server = await rawServer((socket) => socket.resume());
    const run = aborting();
    const { history, options } = tapped({ signal: run.signal });
    await using wire = await dial(server.endpoint, options);
    run.abort();
    expect(await wire.closed).toMatchObject({ by: 'bench' });
    expect(history.events.at(-1)).toMatchObject({ by: 'bench' });
  });

  test('makes a fast sender wait for a slow reader', async () => {
    const accepted = Promise.withResolvers<Socket>();
    await using server = await rawServer((socket) => accepted.resolve(socket.pause()));
    await using wire = await dial(server.endpoint, { clock: machineClock(), signal: aborting().signal });
    const piece = new Uint8Array(1024 * 1024);
    let sent: Promise<void> = wire.send(piece);
    while (!wire.isFull) sent = wire.send(piece);
    const reader = await accepted.promise;
    reader.resume();
    await sent;
    expect(wire.isFull).toBe(false);
  });
});

describe('listening', () => {
  test('hands every connection on, and ends them all', async () => {
    const wires: Wire[] = [];
    const listener = await listen({
      onWire(wire) {
        wires.push(wire);
        wire.onBytes((chunk) => void wire.send(chunk));
      },
    });
    await using wire = await dial(listener.endpoint, { clock: machineClock(), signal: aborting().signal });
    const echoed = new Promise<Uint8Array>((resolve) => wire.onBytes(resolve));
    await wire.send(ping);
    expect(Buffer.from(await echoed).equals(ping)).toBe(true);
    await listener[Symbol.asyncDispose]();
    expect(await wire.closed).toMatchObject({ by: 'peer' });
    expect(wires).toHaveLength(1);
    await expect(dial(listener.endpoint, tapped().options)).rejects.toMatchObject({ code: 'FB_DIAL_REFUSED' });
  });

  test('says whose fault a taken port is, and what to do', async () => {
    await using first = await listen({ onWire() {} });
    const second = listen({ port: first.endpoint.port, onWire() {} });
    await expect(second).rejects.toMatchObject({
      code: 'FB_PORT_IN_USE',
      hint: expect.stringContaining('ss -tulnp') as string,
    });
  });

  test('ends with the run', async () => {
    const run = aborting();
    const { endpoint } = await listen({ signal: run.signal, onWire: (wire) => wire.onBytes(() => {}) });
    const clock = machineClock();
    await using wire = await dial(endpoint, { clock, signal: aborting().signal });
    wire.onBytes(() => {});
    const closed = once(run.signal, 'abort');
    run.abort();
    await closed;
    expect(await wire.closed).toMatchObject({ by: 'peer' });
    await expect(listen({ signal: run.signal, onWire() {} })).rejects.toThrow('aborted');
  });
});
