// The datagram relay on real sockets: each datagram whole and to whom it belongs, and clients that come, go and are too many.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { machineClock, type Clock } from '../../src/net/clock.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';
import type { DatagramEnds } from '../../src/net/datagram-passage.ts';
import { datagramRelay, type DatagramRelayOptions } from '../../src/net/datagram-relay.ts';
import { endedAt, seen } from './loopback.ts';

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A bound UDP socket that goes away with its scope. */
async function udp(onMessage: (socket: Socket, datagram: Buffer, from: RemoteInfo) => void = () => {}) {
  const socket = createSocket('udp4').on('error', () => {});
  socket.on('message', (datagram, from) => onMessage(socket, datagram, from));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const endpoint = { host: '127.0.0.1', port: socket.address().port };
  return {
    socket,
    endpoint,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

const echoing = () => udp((socket, datagram, from) => socket.send(datagram, from.port, from.address));

const names = (connection: string, address: string) => ({ client: `${connection} of ${address}`, server: 'gateway' });

async function relayTo(upstream: Endpoint, options: Partial<DatagramRelayOptions> = {}) {
  const history = memoryHistory();
  const shared = { clock: machineClock(), signal: new AbortController().signal, connectionIds: connectionIds() };
  return { ...(await datagramRelay({ upstream, names, history, ...shared, ...options })), history };
}

/** Sends one datagram and gives the next that comes. */
function ask({ socket }: { readonly socket: Socket }, { host, port }: Endpoint, datagram: Uint8Array): Promise<Buffer> {
  const answer = new Promise<Buffer>((resolve) => socket.once('message', resolve));
  socket.send(datagram, port, host);
  return answer;
}

describe('datagrams', () => {
  test('pass whole and unaltered, of any size', async () => {
    await using server = await echoing();
    await using link = await relayTo(server.endpoint);
    await using client = await udp();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (datagram) => {
        expect((await ask(client, link.endpoint, datagram)).equals(datagram)).toBe(true);
      }),
      { numRuns: 50 },
    );
    const large = Buffer.alloc(60_000, 7);
    expect((await ask(client, link.endpoint, large)).equals(large)).toBe(true);
  });

  test('come back to whom they belong, each client from a port of its own', async () => {
    const ports = new Set<number>();
    await using server = await udp((socket, datagram, from) => {
      ports.add(from.port);
      socket.send(datagram, from.port, from.address);
    });
    await using link = await relayTo(server.endpoint);
    const answers = Array.from({ length: 50 }, async (_, i) => {
      await using client = await udp();
      return (await ask(client, link.endpoint, Buffer.from(`from ${i}`))).toString();
    });
    expect(await Promise.all(answers)).toEqual(answers.map((_, i) => `from ${i}`));
    expect(ports.size).toBe(50);
  });

  test('of somebody else than the server do not reach the client', async () => {
    const met = Promise.withResolvers<RemoteInfo>();
    await using server = await udp((socket, datagram, from) => {
      met.resolve(from);
      if (datagram.toString() === 'again') socket.send('true', from.port, from.address);
    });
    await using stranger = await udp();
    await using link = await relayTo(server.endpoint);
    await using client = await udp();
    client.socket.send('first', link.endpoint.port, link.endpoint.host);
    const { port } = await met.promise;
    await new Promise<void>((resolve) => stranger.socket.send('false', port, '127.0.0.1', () => resolve()));
    expect((await ask(client, link.endpoint, Buffer.from('again'))).toString()).toBe('true');
  });

  test('are delayed, dropped or doubled as the passage wants it', async () => {
    await using server = await echoing();
    const made: DatagramEnds[] = [];
    let over = 0;
    const link = await relayTo(server.endpoint, {
      createPassage(ends) {
        made.push(ends);
        let held: Uint8Array | undefined;
        return {
          fromClient(datagram) {
            if (held) for (const it of [datagram, held, held]) ends.toServer(it);
            held = datagram;
          },
          fromServer: (datagram) => ends.toClient(datagram),
          over: () => void (over += 1),
        };
      },
    });
    await using client = await udp();
    const come: string[] = [];
    const three = new Promise<void>((resolve) =>
      client.socket.on('message', (it) => void (come.push(it.toString()) === 3 && resolve())),
    );
    for (const it of ['one', 'two']) client.socket.send(it, link.endpoint.port, link.endpoint.host);
    await three;
    expect(come).toEqual(['two', 'one', 'one']);
    await link[Symbol.asyncDispose]();
    expect(over).toBe(1);
    made[0]?.toServer(Buffer.from('late'));
    made[0]?.toClient(Buffer.from('late'));
    expect(link.history.events.filter((it) => it.kind === 'ended')).toMatchObject(
      ['clientEnd', 'serverEnd'].map((seenAt) => ({
        seenAt,
        connection: 'c1',
        by: 'bench',
        detail: 'the relay ended; 3 datagrams (9 B) to the server, 3 datagrams (9 B) to the client',
      })),
    );
  });

  test('to a server that is not there are lost, and nothing else happens', async () => {
    const gone = await udp();
    await gone[Symbol.asyncDispose]();
    const ids = connectionIds();
    await using server = await echoing();
    await using lost = await relayTo(gone.endpoint, { connectionIds: ids });
    await using link = await relayTo(server.endpoint, { connectionIds: ids });
    await using client = await udp();
    for (const it of ['a', 'b', 'c']) client.socket.send(it, lost.endpoint.port, lost.endpoint.host);
    expect((await ask(client, link.endpoint, Buffer.from('x'))).toString()).toBe('x');
  });
});

describe('a client', () => {
  test('is opened and ended at both ends, with its names and address, and no packet', async () => {
    await using server = await echoing();
    const link = await relayTo(server.endpoint, { recordsPeers: true });
    await using client = await udp();
    await ask(client, link.endpoint, Buffer.from('x'));
    await link[Symbol.asyncDispose]();
    const { events } = link.history;
    expect(events.map((it) => it.kind)).toEqual(['opened', 'opened', 'ended', 'ended']);
    expect(events[0]).toMatchObject({ seenAt: 'clientEnd', client: 'c1 of 127.0.0.1', peer: '127.0.0.1' });
    expect(events[1]).toMatchObject({ seenAt: 'serverEnd', client: 'c1 of 127.0.0.1' });
    expect(events[1]).not.toHaveProperty('peer');
  });

  test('that is silent for long is over, and comes back as a new one', async () => {
    const timers: { dueMs: number; fire: () => void }[] = [];
    let nowMs = 0;
    const manual: Clock = {
      domain: 'test',
      nowMs: () => nowMs,
      after(delayMs, fire) {
        const timer = { dueMs: nowMs + delayMs, fire };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), 1);
      },
    };
    const turnTo = (ms: number): void => {
      nowMs = ms;
      for (const it of timers.filter(({ dueMs }) => dueMs <= ms)) {
        timers.splice(timers.indexOf(it), 1);
        it.fire();
      }
    };
    await using server = await echoing();
    await using link = await relayTo(server.endpoint, { clock: manual, idleMs: 1000 });
    await using client = await udp();
    await ask(client, link.endpoint, Buffer.from('x'));
    nowMs = 600;
    await ask(client, link.endpoint, Buffer.from('y'));
    turnTo(1000);
    expect(link.history.events.some((it) => it.kind === 'ended')).toBe(false);
    turnTo(1600);
    expect(await seen(link.history, endedAt('clientEnd'))).toMatchObject({
      by: 'link',
      how: 'fin',
      detail: expect.stringContaining('nothing passed for 1000 ms; 2 datagrams (2 B)') as string,
    });
    await ask(client, link.endpoint, Buffer.from('z'));
    expect(link.history.events.at(-1)).toMatchObject({ kind: 'opened', connection: 'c2' });
  });

  test('that is one too many is dropped and told once, and so is one that is not allowed', async () => {
    const told: string[] = [];
    await using server = await echoing();
    const onRefused = (why: string, address: string): void => void told.push(`${address}: ${why}`);
    await using one = await relayTo(server.endpoint, { maxClients: 1, onRefused });
    await using none = await relayTo(server.endpoint, { allow: () => false, onRefused });
    await using first = await udp();
    await using second = await udp();
    await ask(first, one.endpoint, Buffer.from('x'));
    second.socket.on('message', () => told.push('an answer'));
    for (const { host, port } of [one.endpoint, one.endpoint, none.endpoint, none.endpoint]) {
      await new Promise<void>((resolve) => second.socket.send('y', port, host, () => resolve()));
    }
    // What was sent to one socket before is read before; to the other, nothing is behind but its own.
    await ask(first, one.endpoint, Buffer.from('x'));
    while (told.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(['127.0.0.1: there are 1 clients already', '127.0.0.1: its address is not allowed']);
    expect(one.history.events.filter((it) => it.kind === 'opened')).toHaveLength(2);
    expect(none.history.events).toEqual([]);
  });
});

describe('the relay', () => {
  test('ends with the run, and its port is free again', async () => {
    await using server = await echoing();
    const run = new AbortController();
    const link = await relayTo(server.endpoint, { signal: run.signal });
    await using client = await udp();
    await ask(client, link.endpoint, Buffer.from('x'));
    const taken = relayTo(server.endpoint, { listenOn: { port: link.endpoint.port } });
    await expect(taken).rejects.toMatchObject({ code: 'FB_PORT_IN_USE' });
    run.abort();
    await link[Symbol.asyncDispose]();
    await link[Symbol.asyncDispose]();
    await using again = await relayTo(server.endpoint, { listenOn: { port: link.endpoint.port } });
    expect(again.endpoint).toEqual(link.endpoint);
    await expect(relayTo(server.endpoint, { signal: run.signal })).rejects.toThrow('aborted');
  });

  test('says when the server has no address', async () => {
    const upstream = { host: 'x'.repeat(300), port: 1 };
    await expect(relayTo(upstream)).rejects.toMatchObject({ code: 'FB_DIAL_REFUSED' });
  });
});
