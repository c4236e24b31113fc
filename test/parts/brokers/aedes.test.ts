// The embedded broker is a real process: it serves, dies by kill -9, and comes back on its port.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { tryConnect } from '../../../src/parts/brokers/readiness.ts';
import { aedes } from '../../../src/parts/brokers/aedes.ts';
import { testWorld } from './world.ts';

test('starts, answers CONNECT, and tells its version', async () => {
  using world = testWorld();
  await using broker = await aedes.start('b', world.context);
  expect(await tryConnect(broker.endpoint, world.context)).toEqual({ kind: 'accepted' });
  expect(broker.version).toMatch(/^1\.\d+\.\d+$/);
  expect(world.owned.size).toBe(1);
});

test('is gone after kill -9 and serves again on the same port after a restart', async () => {
  using world = testWorld();
  await using broker = await aedes.start('b', world.context);
  const { port } = broker.endpoint;
  await broker.kill();
  expect(world.owned.size).toBe(0);
  expect(await tryConnect(broker.endpoint, world.context)).toMatchObject({ kind: 'refused' });
  await broker.restart();
  expect(broker.endpoint.port).toBe(port);
  expect(await tryConnect(broker.endpoint, world.context)).toEqual({ kind: 'accepted' });
  await broker.stop();
  expect(world.states('b')).toEqual([
    'starting',
    'ready',
    'stopping',
    'killed',
    'starting',
    'ready',
    'stopping',
    'stopped',
  ]);
});

test('is gone with its disposal, and stopping or killing it again does nothing', async () => {
  using world = testWorld();
  await using broker = await aedes.start('b', world.context);
  await broker[Symbol.asyncDispose]();
  await broker.kill();
  await broker.stop();
  expect(world.owned.size).toBe(0);
  expect(world.states('b')).toEqual(['starting', 'ready', 'stopping', 'stopped']);
});

test('what is asked for at the same time is done one after the other', async () => {
  using world = testWorld();
  await using broker = await aedes.start('b', world.context);
  await Promise.all([broker.kill(), broker.restart(), broker.stop()]);
  expect(world.states('b')).toEqual([
    'starting',
    'ready',
    'stopping',
    'killed',
    'starting',
    'ready',
    'stopping',
    'stopped',
  ]);
});

test('a broker that ends by itself is noted as exited, with how', async () => {
  using world = testWorld();
  await using broker = await aedes.start('b', world.context);
  const [pid] = world.owned;
  const noted = new Promise<string | undefined>((resolve) => {
    const record = world.context.history.record.bind(world.context.history);
    world.context.history.record = (draft) => {
      record(draft);
      if (draft.kind === 'part') resolve(draft.detail);
    };
  });
  process.kill(Number(pid), 'SIGKILL');
  expect(await noted).toBe('signal SIGKILL');
  expect(world.states('b')).toEqual(['starting', 'ready', 'exited']);
  await broker.restart();
  expect(world.states('b').slice(3)).toEqual(['starting', 'ready']);
});

test('a port that somebody else took meanwhile fails the restart with what the broker said last', async () => {
  using world = testWorld();
  await using broker = await aedes.start('b', world.context);
  await broker.kill();
  const squatter = createServer((socket) => socket.resume());
  squatter.listen(broker.endpoint.port, '127.0.0.1');
  await once(squatter, 'listening');
  await expect(broker.restart()).rejects.toMatchObject({
    code: 'FB_BROKER_START',
    actual: expect.stringContaining('EADDRINUSE') as string,
  });
  squatter.close();
  expect(world.states('b')).toEqual(['starting', 'ready', 'stopping', 'killed', 'starting', 'failed']);
  expect(world.owned.size).toBe(0);
});

test('an aborted run starts nothing', async () => {
  using world = testWorld();
  world.abort(new Error('stopped by the user'));
  await expect(aedes.start('b', world.context)).rejects.toThrow('stopped by the user');
  expect(world.owned.size).toBe(0);
});
