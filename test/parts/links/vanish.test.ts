// A client that lost its power, behind a link: the server is told nothing, neither by a FIN nor by a reset.
import { expect, test } from 'vitest';
import { plainProfile } from '../../../src/faults/link-profile.ts';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { startEmbeddedLink } from '../../../src/parts/links/embedded.ts';
import { encode } from '../../../src/wire/encode.ts';
import { dialEnd, keepingServer, linkWorld } from './ends.ts';
import { manualClock } from './manual-clock.ts';

const ping = encode({ type: 'PINGREQ' });

test('connections vanish; the next one passes', async () => {
  using world = linkWorld(manualClock());
  await using server = await keepingServer();
  const options = { name: 'radio', client: 'pump', server: 'broker', profile: plainProfile, taps: true } as const;
  await using link = await startEmbeddedLink(
    { ...options, upstream: server.endpoint, connectionIds: connectionIds() },
    world.context,
  );
  const client = await dialEnd(link.endpoint);
  const there = await server.nth(1);
  client.send(ping);
  await there.has(ping.length);
  link.vanish?.();
  client.socket.resetAndDestroy();
  await world.recorded('ended', (it) => it.seenAt === 'clientEnd');
  const next = await dialEnd(link.endpoint);
  const nextThere = await server.nth(2);
  next.send(ping);
  await nextThere.has(ping.length);
  expect(there.ended()).toBeUndefined();
  there.send(ping);
  there.socket.end();
  await there.isEnded();
  expect(world.of('ended').map(({ seenAt, by, how }) => [seenAt, by, how])).toEqual([
    ['clientEnd', 'client', 'rst'],
    ['serverEnd', 'server', 'fin'],
  ]);
  next.socket.destroy();
});
