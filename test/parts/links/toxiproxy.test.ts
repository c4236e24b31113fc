// A link over Toxiproxy must show both ends of a connection, cut as it says, and refuse what it cannot do.
import { evenProfile, plainProfile } from '../../../src/faults/link-profile.ts';
import { describe, expect, test } from 'vitest';
import { need } from '../../support/needs.ts';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import type { LinkOptions, StartedFaultyLink } from '../../../src/parts/links/link-options.ts';
import { startToxiproxyLink } from '../../../src/parts/links/toxiproxy.ts';
import { encode } from '../../../src/wire/encode.ts';
import { dialEnd, keepingServer, knock, linkWorld, type End, type KeepingServer, type LinkWorld } from './ends.ts';

const ping = encode({ type: 'PINGREQ' });
const pong = encode({ type: 'PINGRESP' });

interface Bench extends AsyncDisposable {
  readonly world: LinkWorld;
  readonly server: KeepingServer;
  readonly link: StartedFaultyLink;
  join(): Promise<{ client: End; server: End }>;
}

const optionsFor = (server: KeepingServer, more: Partial<LinkOptions> = {}): LinkOptions => ({
  name: 'sat',
  upstream: server.endpoint,
  client: 'pump',
  server: 'broker',
  profile: evenProfile({ delayMs: 0, jitterMs: 0 }),
  taps: true,
  connectionIds: connectionIds(),
  ...more,
});

async function bench(more: Partial<LinkOptions> = {}): Promise<Bench> {
  await using starting = new AsyncDisposableStack();
  const world = starting.use(linkWorld());
  const server = starting.use(await keepingServer());
  const link = starting.use(await startToxiproxyLink(optionsFor(server, more), world.context));
  const running = starting.move();
  return {
    world,
    server,
    link,
    async join() {
      const nth = server.ends.length + 1;
      const client = await dialEnd(link.endpoint);
      running.defer(() => void client.socket.destroy());
      return { client, server: await server.nth(nth) };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

describe('over a Toxiproxy server', need('toxiproxy'), () => {
  test('bytes pass both ways, and both taps know the connection', async () => {
    await using on = await bench();
    const { client, server } = await on.join();
    client.send(ping);
    expect(await server.has(ping.length)).toEqual(Buffer.from(ping));
    server.send(pong);
    expect(await client.has(pong.length)).toEqual(Buffer.from(pong));
    await on.world.recorded('packet', (it) => it.seenAt === 'clientEnd' && it.direction === 'toClient');
    const seen = (at: string) => on.world.events.filter((it) => 'seenAt' in it && it.seenAt === at);
    for (const at of ['clientEnd', 'serverEnd']) {
      expect(seen(at)).toMatchObject([
        { kind: 'opened', connection: 'c1', client: 'pump', server: 'broker', link: 'sat' },
        { kind: 'packet', connection: 'c1', direction: 'toServer' },
        { kind: 'packet', connection: 'c1', direction: 'toClient' },
      ]);
    }
  });

  test('a large stream arrives as it was, through latency with jitter', async () => {
    await using on = await bench({ profile: evenProfile({ delayMs: 5, jitterMs: 5 }) });
    const { client, server } = await on.join();
    const stream = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251));
    client.send(stream);
    expect((await server.has(stream.length)).equals(stream)).toBe(true);
  });

  test('a slow connection is overtaken by one that was made later, after the link was shaped', async () => {
    await using slow = await bench({ profile: evenProfile({ delayMs: 2000, jitterMs: 0 }) });
    await using quick = await bench({ profile: evenProfile({ delayMs: 2000, jitterMs: 0 }) });
    const [slowEnds, quickEnds] = [await slow.join(), await quick.join()];
    await quick.link.shape({ delayMs: 0 });
    slowEnds.client.send(ping);
    await slow.world.recorded('packet');
    quickEnds.client.send(ping);
    await quickEnds.server.has(ping.length);
    expect(slowEnds.server.received()).toHaveLength(0);
    await slowEnds.server.has(ping.length);
  });

  test('the client ends: so does the server side, and the next connection is another one', async () => {
    await using on = await bench();
    const { client, server } = await on.join();
    client.socket.end();
    expect(await server.isEnded()).toBe('fin');
    server.socket.end();
    await client.isEnded();
    const again = await on.join();
    again.client.send(ping);
    await again.server.has(ping.length);
    expect(on.world.of('opened').map((it) => it.connection)).toEqual(['c1', 'c1', 'c2', 'c2']);
  });

  test('a cut that drops lets nothing pass, no end either; restore ends what was cut, by the link', async () => {
    await using on = await bench();
    const { client, server } = await on.join();
    await on.link.cut('drop');
    client.send(ping);
    await on.world.recorded('packet');
    server.socket.end();
    await on.world.recorded('ended', (it) => it.seenAt === 'serverEnd');
    expect(client.ended()).toBeUndefined();
    await on.link.restore();
    await client.isEnded();
    expect(server.received()).toHaveLength(0);
    expect(await on.world.recorded('ended', (it) => it.seenAt === 'clientEnd')).toMatchObject({ by: 'link' });
    expect(on.world.of('link').map((it) => it.state)).toEqual(['up', 'cut', 'up']);
  });

  test('a new connection during a cut goes through after restore', async () => {
    await using on = await bench();
    await on.link.cut('drop');
    const client = await dialEnd(on.link.endpoint);
    client.send(ping);
    await on.world.recorded('packet');
    expect(on.server.ends).toHaveLength(0);
    await on.link.restore();
    const server = await on.server.nth(1);
    expect(await server.has(ping.length)).toEqual(Buffer.from(ping));
    client.socket.destroy();
  });

  test('a cut that resets does so to both ends, and to new connections', async () => {
    await using on = await bench();
    const { client, server } = await on.join();
    await on.link.cut('rst');
    expect(await client.isEnded()).toBe('rst');
    expect(await server.isEnded()).toBe('rst');
    expect(await knock(on.link.endpoint).isEnded()).toBe('rst');
    await on.link.restore();
    const again = await on.join();
    again.client.send(ping);
    await again.server.has(ping.length);
  });

  test.each(['toServer', 'toClient'] as const)('half-open: %s is dead, the other way lives', async (dead) => {
    await using on = await bench();
    const { client, server } = await on.join();
    await on.link.halfOpen(dead);
    const [from, to] = dead === 'toServer' ? [client, server] : [server, client];
    from.send(ping);
    await on.world.recorded('packet');
    to.send(pong);
    expect(await from.has(pong.length)).toEqual(Buffer.from(pong));
    expect(to.received()).toHaveLength(0);
  });

  test('a server that is not there ends the client', async () => {
    await using on = await bench();
    await on.server[Symbol.asyncDispose]();
    const client = knock(on.link.endpoint);
    await client.isEnded();
    expect(client.received()).toHaveLength(0);
  });

  test('disposing in the middle of a cut leaves nothing behind', async () => {
    const on = await bench();
    const { client } = await on.join();
    await on.link.cut('drop');
    client.send(ping);
    await on.link[Symbol.asyncDispose]();
    await client.isEnded();
    const parts = on.world.of('part').map((it) => it.state);
    expect(parts.filter((it) => it !== 'stopped')).toEqual([]);
    await on[Symbol.asyncDispose]();
  });
});

describe('what Toxiproxy cannot do is refused before anything starts', () => {
  const fault = { id: 'f', when: {}, action: { do: 'drop' } } as const;
  test.each<[string, Partial<LinkOptions>]>([
    ['does not know MQTT packets', { faults: [fault] }],
    ['does not know MQTT packets', { needs: ['packet-faults'] }],
    ['throws bytes away', { needs: ['release-after-cut'] }],
    ['cannot be repeated from a seed', { needs: ['seeded-jitter'] }],
    ['passes every close on as FIN', { needs: ['endings'] }],
    ['damages it', { profile: { ...plainProfile, up: { ...plainProfile.up, loss: { model: 'nth', every: 9 } } } }],
    [
      'needs nat, connect-delay',
      { profile: { ...plainProfile, nat: { tcpIdleS: 1, onExpiry: 'rst' }, connectDelayMs: 5 } },
    ],
    ['carries single messages', { profile: { ...plainProfile, carries: 'messages' } }],
    ['parts of a unit', { profile: { ...plainProfile, up: { ...plainProfile.up, rateBitPerS: 9600 } } }],
    ['parts of a unit', { profile: evenProfile({ delayMs: 0.5, jitterMs: 0 }) }],
  ])('%s', async (why, more) => {
    await using server = await keepingServer();
    using world = linkWorld();
    await expect(startToxiproxyLink(optionsFor(server, more), world.context)).rejects.toMatchObject({
      code: 'FB_LINK_CAPABILITY',
      message: expect.stringContaining(why),
    });
    expect(world.events).toEqual([]);
  });
});
