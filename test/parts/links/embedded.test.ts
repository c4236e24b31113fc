// The embedded link must delay, cut and restore without ever damaging a stream that survives, and tell what it did.
import { evenProfile } from '../../../src/faults/link-profile.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { startEmbeddedLink } from '../../../src/parts/links/embedded.ts';
import type { LinkOptions, StartedFaultyLink } from '../../../src/parts/links/link-options.ts';
import { encode } from '../../../src/wire/encode.ts';
import { dialEnd, keepingServer, knock, linkWorld, type End, type KeepingServer, type LinkWorld } from './ends.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';

const ping = encode({ type: 'PINGREQ' });
const pong = encode({ type: 'PINGRESP' });

interface Bench extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly world: LinkWorld;
  readonly server: KeepingServer;
  readonly link: StartedFaultyLink;
  /** Dials the link; gives both ends when the connection has gone through. */
  join(): Promise<{ client: End; server: End }>;
}

async function bench(options: Partial<LinkOptions> = {}): Promise<Bench> {
  const clock = manualClock();
  const world = linkWorld(clock);
  const server = await keepingServer();
  const link = await startEmbeddedLink(
    {
      name: 'sat',
      upstream: server.endpoint,
      client: 'pump',
      server: 'broker',
      profile: evenProfile({ delayMs: 0, jitterMs: 0 }),
      taps: true,
      connectionIds: connectionIds(),
      ...options,
    },
    world.context,
  );
  const clients: End[] = [];
  return {
    clock,
    world,
    server,
    link,
    async join() {
      const nth = server.ends.length + 1;
      const client = await dialEnd(link.endpoint);
      clients.push(client);
      // The handshake takes its round trip of time: let it go on until the connection is through.
      while (server.ends.length < nth) {
        await new Promise(setImmediate);
        clock.advance(1);
      }
      return { client, server: await server.nth(nth) };
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of clients) socket.destroy();
      await link[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      world[Symbol.dispose]();
    },
  };
}

const packetAt = (seenAt: 'clientEnd' | 'serverEnd', direction: 'toServer' | 'toClient') => (it: object) =>
  'seenAt' in it && it.seenAt === seenAt && 'direction' in it && it.direction === direction;

describe('delay', () => {
  test('lies between the two taps, one way each', async () => {
    await using on = await bench({ profile: evenProfile({ delayMs: 300, jitterMs: 0 }) });
    const { client, server } = await on.join();
    client.send(ping);
    await on.world.recorded('packet', packetAt('clientEnd', 'toServer'));
    on.clock.advance(299);
    expect(server.received()).toHaveLength(0);
    expect(on.world.of('packet').filter(packetAt('serverEnd', 'toServer'))).toHaveLength(0);
    on.clock.advance(1);
    expect(await server.has(ping.length)).toEqual(Buffer.from(ping));
    server.send(pong);
    await on.world.recorded('packet', packetAt('serverEnd', 'toClient'));
    on.clock.advance(300);
    expect(await client.has(pong.length)).toEqual(Buffer.from(pong));
  });

  test('can be changed while it runs, and the history says so', async () => {
    await using on = await bench({ profile: evenProfile({ delayMs: 300, jitterMs: 0 }) });
    const { client, server } = await on.join();
    await on.link.shape({ delayMs: 0 });
    client.send(ping);
    await server.has(ping.length);
    expect(on.world.of('link').map((it) => it.figures)).toEqual([
      { delayMs: 300, jitterMs: 0 },
      { delayMs: 0, jitterMs: 0 },
    ]);
    await expect(on.link.shape({ jitterMs: -1 })).rejects.toMatchObject({ code: 'FB_LINK_FIGURES' });
  });

  test('holds the end of a stream behind its last byte', async () => {
    await using on = await bench({ profile: evenProfile({ delayMs: 300, jitterMs: 0 }) });
    const { client, server } = await on.join();
    client.send(ping);
    client.socket.end();
    await on.world.recorded('ended', (it) => it.seenAt === 'clientEnd' && it.by === 'client');
    expect(server.ended()).toBeUndefined();
    on.clock.advance(300);
    expect(await server.isEnded()).toBe('fin');
    expect(server.received()).toEqual(Buffer.from(ping));
  });
});

describe('a cut that drops', () => {
  test('stops connections; after restore what was under way comes when TCP sends it again', async () => {
    await using on = await bench();
    const { client, server } = await on.join();
    await on.link.cut('drop');
    client.send(ping);
    server.send(pong);
    await on.world.recorded('packet', packetAt('clientEnd', 'toServer'));
    await on.world.recorded('packet', packetAt('serverEnd', 'toClient'));
    on.clock.advance(10_000);
    expect(on.world.of('packet')).toHaveLength(2);
    await on.link.restore();
    // Sent again after 0.2, 0.4, 0.8, 1.6, 3.2, 6.4 and 12.8 s.
    on.clock.advance(2700);
    expect(on.world.of('packet')).toHaveLength(2);
    on.clock.advance(200);
    expect(await server.has(ping.length)).toEqual(Buffer.from(ping));
    expect(await client.has(pong.length)).toEqual(Buffer.from(pong));
    expect(on.world.of('link').map((it) => it.state)).toEqual(['up', 'cut', 'up']);
  });

  test('keeps the end of a connection from the other side until restore', async () => {
    await using on = await bench();
    const { client, server } = await on.join();
    await on.link.cut('drop');
    server.socket.end();
    await on.world.recorded('ended', (it) => it.seenAt === 'serverEnd');
    expect(on.world.of('ended').filter((it) => it.seenAt === 'clientEnd')).toEqual([]);
    expect(client.ended()).toBeUndefined();
    await on.link.restore();
    on.clock.advance(1000);
    expect(await client.isEnded()).toBe('fin');
  });

  test('lets a new connection through only after restore', async () => {
    await using on = await bench();
    await on.link.cut('drop');
    const client = await dialEnd(on.link.endpoint);
    client.send(ping);
    await on.world.recorded('packet', packetAt('clientEnd', 'toServer'));
    expect(on.server.ends).toHaveLength(0);
    await on.link.restore();
    await new Promise(setImmediate);
    expect(on.server.ends).toHaveLength(0);
    on.clock.advance(1000); // The next SYN.
    const server = await on.server.nth(1);
    expect(await server.has(ping.length)).toEqual(Buffer.from(ping));
    server.send(pong);
    expect(await client.has(pong.length)).toEqual(Buffer.from(pong));
    client.socket.destroy();
  });

  test('and never one whose client has given up by then', async () => {
    await using on = await bench();
    await on.link.cut('drop');
    const hasty = await dialEnd(on.link.endpoint);
    hasty.send(ping);
    hasty.socket.end();
    await on.world.recorded('ended');
    await on.link.restore();
    const { client, server } = await on.join();
    client.send(pong);
    expect(await server.has(pong.length)).toEqual(Buffer.from(pong));
    expect(on.server.ends).toHaveLength(1);
  });
});

describe('a cut that resets', () => {
  test('resets both ends, and each new connection, until restore', async () => {
    await using on = await bench();
    const { client, server } = await on.join();
    await on.link.cut('rst');
    expect(await client.isEnded()).toBe('rst');
    expect(await server.isEnded()).toBe('rst');
    expect(on.world.of('ended')).toMatchObject([
      { by: 'link', how: 'rst' },
      { by: 'link', how: 'rst' },
    ]);
    expect(await knock(on.link.endpoint).isEnded()).toBe('rst');
    await on.link.restore();
    const again = await on.join();
    again.client.send(ping);
    expect(await again.server.has(ping.length)).toEqual(Buffer.from(ping));
  });

  test('also resets what a cut before it had frozen', async () => {
    await using on = await bench();
    const { client } = await on.join();
    await on.link.cut('drop');
    const waiting = await dialEnd(on.link.endpoint);
    await on.link.cut('rst');
    expect(await client.isEnded()).toBe('rst');
    expect(await waiting.isEnded()).toBe('rst');
  });
});

describe('half-open', () => {
  test.each([
    ['toServer', 'half-open-up'],
    ['toClient', 'half-open-down'],
  ] as const)('%s: only the other direction still passes', async (dead, state) => {
    await using on = await bench();
    const { client, server } = await on.join();
    const [from, to] = dead === 'toServer' ? [client, server] : [server, client];
    await on.link.halfOpen(dead);
    from.send(ping);
    to.send(pong);
    expect(await from.has(pong.length)).toEqual(Buffer.from(pong));
    await on.world.recorded('packet', packetAt(dead === 'toServer' ? 'clientEnd' : 'serverEnd', dead));
    expect(to.received()).toHaveLength(0);
    await on.link.restore();
    on.clock.advance(1000);
    expect(await to.has(ping.length)).toEqual(Buffer.from(ping));
    expect(on.world.of('link').map((it) => it.state)).toEqual(['up', state, 'up']);
  });
});

describe('endings', () => {
  test('pass one direction at a time', async () => {
    await using on = await bench();
    const { client, server } = await on.join();
    client.socket.end();
    await server.isEnded();
    server.send('last words');
    expect(String(await client.has(10))).toBe('last words');
    server.socket.end();
    expect(await client.isEnded()).toBe('fin');
  });

  test('a reset arrives as a reset', async () => {
    await using on = await bench();
    const { client, server } = await on.join();
    client.socket.resetAndDestroy();
    expect(await server.isEnded()).toBe('rst');
  });

  test('disposing ends the connections and gives the port back', async () => {
    const on = await bench();
    const { client } = await on.join();
    await on.link[Symbol.asyncDispose]();
    await client.isEnded();
    await expect(dialEnd(on.link.endpoint)).rejects.toThrow('ECONNREFUSED');
    await on[Symbol.asyncDispose]();
  });

  test('a server that is not there resets the client', async () => {
    await using on = await bench();
    await on.server[Symbol.asyncDispose]();
    expect(await knock(on.link.endpoint).isEnded()).toBe('rst');
  });
});

test('both taps name the connection, its parts and the link', async () => {
  await using on = await bench({ target: 'mosquitto', check: 'publish/x' });
  await on.join();
  const expected = {
    connection: 'c1',
    client: 'pump',
    server: 'broker',
    link: 'sat',
    target: 'mosquitto',
    check: 'publish/x',
  };
  await on.world.recorded('opened', (it) => it.seenAt === 'serverEnd');
  expect(on.world.of('opened')).toMatchObject([
    { ...expected, seenAt: 'clientEnd' },
    { ...expected, seenAt: 'serverEnd' },
  ]);
});

test('a link without taps shows only its faults, without names of connections that nobody knows', async () => {
  await using on = await bench({
    taps: false,
    faults: [{ id: 'deaf', when: { type: 'PINGREQ', nth: 1 }, action: { do: 'drop' }, times: 1 }],
  });
  const { client, server } = await on.join();
  client.send(ping);
  client.send(pong);
  await server.has(pong.length);
  expect(on.world.events.filter((it) => it.kind !== 'link')).toEqual([
    { kind: 'fault', link: 'sat', fault: 'deaf', did: 'application-level fault: dropped PINGREQ' },
  ]);
});

type Event =
  | { readonly say: 'client' | 'server'; readonly bytes: number }
  | { readonly wait: number }
  | 'cut'
  | 'half'
  | 'restore'
  | 'slow';

test('nothing that does not damage on purpose changes a byte', { timeout: 60_000 }, async () => {
  const event = fc.oneof<fc.Arbitrary<Event>[]>(
    fc.record({ say: fc.constantFrom('client', 'server'), bytes: fc.integer({ min: 1, max: 5000 }) }),
    fc.record({ wait: fc.nat(100) }),
    fc.constantFrom('cut', 'half', 'restore', 'slow'),
  );
  const watching = { id: 'watching', when: { topic: 'elsewhere' }, action: { do: 'drop' } } as const;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 12 }), fc.boolean(), async (events, isWatched) => {
      await using on = await bench({
        faults: isWatched ? [watching] : [],
        profile: evenProfile({ delayMs: 20, jitterMs: 15 }),
      });
      const ends = await on.join();
      const said = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
      for (const it of events) {
        if (it === 'cut') await on.link.cut('drop');
        else if (it === 'half') await on.link.halfOpen('toClient');
        else if (it === 'restore') await on.link.restore();
        else if (it === 'slow') await on.link.shape({ delayMs: 100 });
        else if ('wait' in it) on.clock.advance(it.wait);
        else {
          const bytes = Buffer.from(
            Uint8Array.from({ length: it.bytes }, (_, i) => (i * 31 + said.client.length) % 256),
          );
          said[it.say] = Buffer.concat([said[it.say], bytes]);
          ends[it.say].send(bytes);
        }
      }
      ends.client.socket.end();
      ends.server.socket.end();
      await on.world.recorded('ended', (end) => end.seenAt === 'clientEnd' && end.by === 'client');
      await on.world.recorded('ended', (end) => end.seenAt === 'serverEnd' && end.by === 'server');
      await on.link.restore();
      on.clock.advance(100_000);
      await Promise.all([ends.client.isEnded(), ends.server.isEnded()]);
      expect(ends.server.received().equals(said.client)).toBe(true);
      expect(ends.client.received().equals(said.server)).toBe(true);
    }),
    { numRuns: 40 },
  );
});
