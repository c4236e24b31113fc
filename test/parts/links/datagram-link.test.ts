// Datagrams over the embedded link: real sockets on either side, and a clock that the test moves.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { plainProfile, type LinkProfile } from '../../../src/faults/link-profile.ts';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { startEmbeddedDatagramLink, type StartedDatagramLink } from '../../../src/parts/links/datagram-link.ts';
import { happenings, linkWorld, type LinkWorld } from './ends.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';

interface Peer {
  readonly socket: Socket;
  readonly port: number;
  readonly received: string[];
  has(count: number): Promise<readonly string[]>;
  /** Port of whoever sent last. */
  from(): number;
}

async function peer(): Promise<Peer> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { happened, until } = happenings();
  const received: string[] = [];
  let from = 0;
  socket.on('message', (datagram, { port }) => {
    received.push(String(datagram));
    from = port;
    happened();
  });
  return {
    socket,
    port: socket.address().port,
    received,
    async has(count) {
      await until(() => received.length >= count);
      return received;
    },
    from: () => from,
  };
}

interface Bed extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly world: LinkWorld;
  readonly link: StartedDatagramLink;
  readonly server: Peer;
  readonly client: Peer;
  /** Sends, and waits until the link has it. */
  say(text: string): Promise<void>;
  answer(text: string): Promise<void>;
}

async function bed(changes: Partial<LinkProfile>): Promise<Bed> {
  const clock = manualClock();
  const world = linkWorld(clock);
  const [server, client] = [await peer(), await peer()];
  const link = await startEmbeddedDatagramLink(
    {
      name: 'sat',
      upstream: { host: '127.0.0.1', port: server.port },
      client: 'rtu',
      server: 'hub',
      profile: { ...plainProfile, ...changes },
      taps: true,
      connectionIds: connectionIds(),
    },
    world.context,
  );
  const total = (): number =>
    Object.values(link.usage()).reduce((sum, it: { sent: number; refused: number }) => sum + it.sent + it.refused, 0);
  const taken = async (send: () => void): Promise<void> => {
    const before = total();
    send();
    while (total() === before) await new Promise(setImmediate);
  };
  return {
    clock,
    world,
    link,
    server,
    client,
    say: (text) => taken(() => client.socket.send(text, link.endpoint.port, '127.0.0.1')),
    answer: (text) => taken(() => server.socket.send(text, server.from(), '127.0.0.1')),
    async [Symbol.asyncDispose]() {
      await link[Symbol.asyncDispose]();
      server.socket.close();
      client.socket.close();
      world[Symbol.dispose]();
    },
  };
}

const { up, down } = plainProfile;

test('each datagram takes its delay, there and back', async () => {
  await using on = await bed({ up: { ...up, delayMs: 300 }, down: { ...down, delayMs: 100 } });
  await on.say('a');
  on.clock.advance(299);
  expect(on.server.received).toEqual([]);
  on.clock.advance(1);
  expect(await on.server.has(1)).toEqual(['a']);
  await on.answer('b');
  on.clock.advance(100);
  expect(await on.client.has(1)).toEqual(['b']);
  expect(on.link.usage()).toMatchObject({ up: { sent: 1, ipB: 29 }, down: { sent: 1, ipB: 29 } });
});

test('what the loss takes never comes, and is counted', async () => {
  await using on = await bed({ up: { ...up, loss: { model: 'nth', every: 2 } } });
  for (const text of ['a', 'b', 'c']) await on.say(text);
  expect(await on.server.has(2)).toEqual(['a', 'c']);
  expect(on.link.usage().up).toMatchObject({ sent: 3, lost: 1 });
});

describe('a cut', () => {
  test('takes what is sent meanwhile', async () => {
    await using on = await bed({});
    await on.link.cut('drop');
    await on.say('a');
    await on.link.restore();
    await on.say('b');
    expect(await on.server.has(1)).toEqual(['b']);
  });
});

test('a full queue drops, and says so', async () => {
  await using on = await bed({ up: { ...up, rateBitPerS: 8000, queue: { maxMs: 50 } } });
  for (const text of ['a', 'b', 'c']) await on.say(text.repeat(30)); // 58 ms each
  on.clock.advance(1000);
  expect(await on.server.has(1)).toEqual(['a'.repeat(30)]);
  expect(on.link.usage().up).toMatchObject({ sent: 1, refused: 2 });
  expect(on.world.of('fault')).toMatchObject([{ did: 'the queue is full: 58 ms' }, {}]);
});

test('a message that is too long for its service is refused, and two keep their distance', async () => {
  await using on = await bed({ carries: 'messages', message: { maxUpB: 10, maxDownB: 10, spacingMs: 40_000 } });
  await on.say('x'.repeat(11));
  await on.say('a');
  await on.say('b');
  expect(await on.server.has(1)).toEqual(['a']);
  on.clock.advance(40_000);
  expect(await on.server.has(2)).toEqual(['a', 'b']);
  expect(on.world.of('fault')).toMatchObject([{ did: '11 B are more than the 10 B of a message' }]);
});

test('a translator forgets a silent client until it speaks again', async () => {
  await using on = await bed({ nat: { udpIdleS: 30, onExpiry: 'silent' } });
  await on.say('a');
  await on.server.has(1);
  on.clock.advance(29_000);
  await on.answer('in time');
  on.clock.advance(31_000);
  await on.answer('too late');
  await on.say('b');
  await on.server.has(2);
  await on.answer('again');
  expect(await on.client.has(2)).toEqual(['in time', 'again']);
});
