// A web server that keeps what it gets by MQTT, and a device that asks it: every message once, over one connection.
import { expect, test } from 'vitest';
import { startHttpPoller } from '../../../src/parts/http/http-poller.ts';
import { startWebServer } from '../../../src/parts/http/web-server.ts';
import { testBroker, testWorld, type TestWorld } from '../world.ts';

/** What so many marks of this name hold, as soon as there are so many. */
function marks({ history }: TestWorld, name: string, count: number): Promise<readonly unknown[]> {
  const { promise, resolve } = Promise.withResolvers<readonly unknown[]>();
  const look = (): void => {
    const found = history.events.flatMap((it) => (it.kind === 'mark' && it.name === name ? [it.data] : []));
    if (found.length >= count) resolve(found);
  };
  history.watch(look);
  look();
  return promise;
}

test('what the broker gave the server reaches who asks, once and in order', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const { endpoint } = broker;
  await using web = await startWebServer(
    { name: 'web', server: 'broker', endpoint, filters: { 'chat/#': 1 } },
    world.context,
  );
  await web.online;
  await using poller = startHttpPoller({ name: 'browser', endpoint: web.endpoint, intervalMs: 5 }, world.context);
  await poller.online;
  for (const n of [1, 2, 3]) {
    const message = { cmd: 'publish', topic: 'chat/a', payload: `${n}`, qos: 1, dup: false, retain: false } as const;
    await new Promise<void>((resolve) => broker.aedes.publish(message, () => resolve()));
  }
  const came = await marks(world, 'polled', 3);
  expect(came).toMatchObject([1, 2, 3].map((n) => ({ part: 'browser', topic: 'chat/a', n })));
});

test('the server answers what is new, and nothing else', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const { endpoint } = broker;
  await using web = await startWebServer(
    { name: 'web', server: 'broker', endpoint, filters: { 'chat/#': 1 } },
    world.context,
  );
  await web.online;
  const { host, port } = web.endpoint;
  const statusOf = async (path: string): Promise<number> => (await fetch(`http://${host}:${port}${path}`)).status;
  expect(await (await fetch(`http://${host}:${port}/messages?after=0`)).json()).toEqual([]);
  expect(await Promise.all(['/other', '/messages?after=x', '/messages?after=-1'].map(statusOf))).toEqual([
    404, 404, 404,
  ]);
});

test('a server that is away is asked again', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const web = await startWebServer(
    { name: 'web', server: 'broker', endpoint: broker.endpoint, filters: { 'chat/#': 1 } },
    world.context,
  );
  await web[Symbol.asyncDispose]();
  await using poller = startHttpPoller({ name: 'browser', endpoint: web.endpoint, intervalMs: 5 }, world.context);
  expect(await marks(world, 'poll-failed', 2)).toMatchObject([{ part: poller.name }, { part: poller.name }]);
});
