// Half-open and black hole on one connection: what arrives, what never does, and that no connection is left behind.
import { expect, test } from 'vitest';
import type { PacketAction, PacketFault } from '../../../src/faults/packet-fault.ts';
import { plainProfile } from '../../../src/faults/link-profile.ts';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { startEmbeddedLink } from '../../../src/parts/links/embedded.ts';
import { encode } from '../../../src/wire/encode.ts';
import type { Packet, Publish } from '../../../src/wire/packet.ts';
import { dialEnd, keepingServer, linkWorld, type End } from './ends.ts';
import { manualClock } from './manual-clock.ts';

const ping = encode({ type: 'PINGREQ' });
const pong = encode({ type: 'PINGRESP' });
const message: Publish = { type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 't', payload: Buffer.from('x') };
const bytes = (...packets: readonly Packet[]): Buffer => Buffer.concat(packets.map((it) => encode(it)));

async function bench(action: PacketAction, when: PacketFault['when'] = { type: 'PUBLISH' }) {
  await using starting = new AsyncDisposableStack();
  const clock = manualClock();
  const world = starting.use(linkWorld(clock));
  const server = starting.use(await keepingServer());
  const faults: readonly PacketFault[] = [{ id: 'silence', when, action, times: 1 }];
  const link = starting.use(
    await startEmbeddedLink(
      {
        name: 'sat',
        upstream: server.endpoint,
        client: 'pump',
        server: 'broker',
        profile: plainProfile,
        faults,
        taps: true,
        connectionIds: connectionIds(),
      },
      world.context,
    ),
  );
  const client = await dialEnd(link.endpoint);
  starting.defer(() => void client.socket.destroy());
  const running = starting.move();
  return {
    clock,
    world,
    client,
    server: await server.nth(1),
    /** Sends, and waits until the link has taken it. */
    async say(end: End, data: Uint8Array): Promise<void> {
      const seenAt = end === client ? 'clientEnd' : 'serverEnd';
      const inward = end === client ? 'toServer' : 'toClient';
      const seen = (): number =>
        world.of('packet').filter((it) => it.seenAt === seenAt && it.direction === inward).length;
      const before = seen();
      end.send(data);
      await world.recorded('packet', () => seen() > before);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

test('half-open: the server hears nothing more, not even the close, and the client hears the server', async () => {
  await using on = await bench({ do: 'half-open' });
  await on.say(on.client, ping);
  await on.server.has(ping.length);
  await on.say(on.client, bytes(message));
  await on.say(on.client, ping);
  await on.say(on.server, pong);
  expect(await on.client.has(pong.length)).toEqual(Buffer.from(pong));
  on.client.socket.end();
  await on.world.recorded('ended', (it) => it.seenAt === 'clientEnd');
  await on.say(on.server, pong);
  expect(await on.client.has(2 * pong.length)).toHaveLength(2 * pong.length);
  expect(on.server.received()).toEqual(Buffer.from(ping));
  expect(on.server.ended()).toBeUndefined();
  expect(on.world.of('fault')).toMatchObject([{ did: 'silencing fault: half-open from PUBLISH on', connection: 'c1' }]);
  expect(on.world.of('taint')).toEqual([]);
  on.server.socket.end();
  expect([await on.client.isEnded(), await on.server.isEnded()]).toEqual(['fin', 'fin']);
});

test('half-open the other way: the client hears nothing more, the server hears the client and its close', async () => {
  await using on = await bench({ do: 'half-open', dead: 'toClient' });
  await on.say(on.client, bytes(message));
  await on.say(on.server, pong);
  on.client.socket.end();
  expect(await on.server.isEnded()).toBe('fin');
  expect(on.server.received()).toEqual(bytes(message));
  expect(on.client.received()).toEqual(Buffer.alloc(0));
  on.server.socket.end();
  await on.client.isEnded();
});

test('half-open keeps a close by the server from the client', async () => {
  await using on = await bench({ do: 'half-open', dead: 'toClient' });
  await on.say(on.client, bytes(message));
  on.server.socket.resetAndDestroy();
  await on.world.recorded('ended', (it) => it.seenAt === 'serverEnd');
  await on.say(on.client, ping);
  expect(on.client.ended()).toBeUndefined();
});

test('black hole for a time: nothing passes, then all of it in order', async () => {
  await using on = await bench({ do: 'black-hole', forMs: 500 });
  await on.say(on.client, ping);
  await on.server.has(ping.length);
  await on.say(on.client, bytes(message));
  await on.say(on.client, ping);
  await on.say(on.server, pong);
  on.clock.advance(499);
  expect(on.world.of('packet').filter((it) => it.seenAt === 'serverEnd' && it.direction === 'toServer')).toHaveLength(
    1,
  );
  expect(on.client.received()).toHaveLength(0);
  on.clock.advance(1);
  const all = Buffer.concat([ping, bytes(message), ping]);
  expect(await on.server.has(all.length)).toEqual(all);
  expect(await on.client.has(pong.length)).toEqual(Buffer.from(pong));
});

test('black hole for ever: each side closes for itself, and the connection is over', async () => {
  await using on = await bench({ do: 'black-hole' });
  await on.say(on.client, bytes(message));
  await on.say(on.server, pong);
  on.clock.advance(3_600_000);
  on.client.socket.end();
  expect(await on.client.isEnded()).toBe('fin');
  expect(on.server.ended()).toBeUndefined();
  on.server.socket.end();
  expect(await on.server.isEnded()).toBe('fin');
  expect([on.client.received(), on.server.received()]).toEqual([Buffer.alloc(0), Buffer.alloc(0)]);
  expect(on.world.of('ended')).toMatchObject([{ by: 'client' }, { by: 'server' }]);
});

test.each<[PacketAction, Buffer]>([
  [{ do: 'corrupt', bytes: [0], xor: 0x06 }, Buffer.from('360400017478', 'hex')],
  [{ do: 'truncate', keepB: 3 }, Buffer.from('300400', 'hex')],
])('%j: the connection is tainted before the server sees what is left', async (action, left) => {
  await using on = await bench(action);
  await on.say(on.client, Buffer.concat([bytes(message), ping, ping]));
  expect(await on.server.has(left.length + 2 * ping.length)).toEqual(Buffer.concat([left, ping, ping]));
  const order = on.world.events.filter(
    (it) => it.kind === 'taint' || it.kind === 'fault' || (it.kind === 'packet' && it.seenAt === 'serverEnd'),
  );
  expect(order.slice(0, 2)).toMatchObject([
    { kind: 'fault' },
    { kind: 'taint', connection: 'c1', why: 'fault silence' },
  ]);
  expect(order.length).toBeGreaterThan(2);
});
