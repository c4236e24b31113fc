// The client runtime on real sockets: against a broker, against nobody, and against servers that misbehave.
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { startClient } from '../../../src/parts/devices/client.ts';
import type { ClientOptions } from '../../../src/parts/devices/client.ts';
import { deadPort, testBroker, testWorld } from '../world.ts';
import type { TestBroker } from '../world.ts';

const backOff = { baseMs: 5, capMs: 20 };
const optionsFor = (broker: Pick<TestBroker, 'endpoint'>, name = 'client-1'): ClientOptions => ({
  name,
  role: 'device',
  endpoint: broker.endpoint,
  server: 'broker',
  identity: { clientId: name },
  policy: { backOff },
});
const message = (topic: string, text: string, qos: 0 | 1 | 2 = 1) => ({
  topic,
  payload: Buffer.from(text),
  qos,
  retain: false,
});

test('publishes and receives at every QoS', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const got: string[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const { promise: subscribed, resolve: subscribe } = Promise.withResolvers<void>();
  await using client = startClient(
    {
      ...optionsFor(broker),
      onEvent: ({ kind }) => kind === 'subscribed' && subscribe(),
      onDelivery: ({ topic, qos }) => {
        got.push(`${topic} ${qos}`);
        if (got.length === 3) resolve();
      },
    },
    world.context,
  );
  client.subscribe([{ filter: 'q/#', qos: 2 }]);
  await subscribed;
  for (const qos of [0, 1, 2] as const) client.publish(message(`q/${qos}`, 'x', qos));
  await all;
  expect(got.toSorted()).toEqual(['q/0 0', 'q/1 1', 'q/2 2']);
  expect(await client.drained(1000)).toBe(true);
});

test('records part states and intents, with ordinals per topic and the hash of the payload', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const client = startClient(optionsFor(broker), world.context);
  await client.online;
  for (const topic of ['a', 'a', 'b']) client.publish(message(topic, 'hello'));
  await client.drained(1000);
  await client.stop();
  const states = world.history.events.flatMap((it) => (it.kind === 'part' ? [it.state] : []));
  expect(states).toEqual(['starting', 'ready', 'stopped']);
  const intents = world.history.events.flatMap((it) => (it.kind === 'intent' ? [it] : []));
  expect(intents.map(({ topic, ordinal }) => `${topic} ${ordinal}`)).toEqual(['a 1', 'a 2', 'b 1']);
  expect(intents[0]).toMatchObject({ part: 'client-1', qos: 1, retain: false, payloadHash: '2cf24dba5fb0a30e' });
});

test('with connection names it taps as `wire`, intent before packet; without, it does not tap', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using seen = startClient({ ...optionsFor(broker, 'seen'), connections: connectionIds() }, world.context);
  await using unseen = startClient(optionsFor(broker, 'unseen'), world.context);
  await Promise.all([seen.online, unseen.online]);
  seen.publish(message('a', 'x'));
  unseen.publish(message('a', 'x'));
  await Promise.all([seen.drained(1000), unseen.drained(1000)]);
  const opened = world.history.events.filter((it) => it.kind === 'opened');
  expect(opened).toMatchObject([{ connection: 'c1', seenAt: 'wire', client: 'seen', server: 'broker' }]);
  const kinds = world.history.events.flatMap((it) => {
    if (it.kind === 'intent') return it.part === 'seen' ? ['intent'] : [];
    return it.kind === 'packet' ? [Buffer.from(it.bytes, 'base64').toString('hex', 0, 1)] : [];
  });
  expect(kinds).toEqual(['10', '20', 'intent', '32', '40']); // CONNECT, CONNACK, intent, PUBLISH, PUBACK
});

test('comes back after its connection was reset, and what was published meanwhile arrives', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const events: string[] = [];
  await using client = startClient(
    {
      ...optionsFor(broker),
      onEvent: (event) => {
        events.push(event.kind);
        if (event.kind === 'lost') client.publish(message('a', 'meanwhile'));
      },
    },
    world.context,
  );
  await client.online;
  broker.cutOff();
  await broker.next(({ payload }) => payload.toString() === 'meanwhile');
  expect(events.slice(0, 4)).toEqual(['connected', 'lost', 'retry', 'connected']);
});

test('keeps trying while nobody listens, and is there when somebody does', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await broker.close();
  const { promise: tried, resolve } = Promise.withResolvers<void>();
  let losses = 0;
  await using client = startClient(
    {
      ...optionsFor(broker),
      onEvent: ({ kind }) => {
        if (kind === 'lost' && (losses += 1) === 3) resolve();
      },
    },
    world.context,
  );
  await tried;
  expect(client.isConnected).toBe(false);
  await broker.listenAgain();
  await client.online;
  expect(client.isConnected).toBe(true);
});

test('a refusal for good fails `online`, and it does not try again', async () => {
  using world = testWorld();
  await using broker = await testBroker({
    authenticate: (_client, _user, _password, done) => done(Object.assign(new Error('no'), { returnCode: 5 }), null),
  });
  const events: string[] = [];
  await using client = startClient({ ...optionsFor(broker), onEvent: ({ kind }) => events.push(kind) }, world.context);
  await expect(client.online).rejects.toMatchObject({ code: 'FB_DEVICE_REFUSED', actual: 'CONNACK with code 5' });
  expect(events).toEqual(['refused', 'lost']);
});

test.each([
  ['accepts and stays mute', ''],
  ['floods', 'flood'],
  ['sends half a packet', '\x20\x02\x00'],
  ['sends a broken packet', '\x2f\x02\x00\x00'],
])('survives a server that %s, and stops within its bounds', async (_what, says) => {
  using world = testWorld();
  const connected = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume();
    if (says === 'flood') socket.write(Buffer.alloc(1_000_000, 0xff));
    else socket.write(Buffer.from(says, 'latin1'));
    connected.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { promise: lost, resolve } = Promise.withResolvers<string>();
  const client = startClient(
    {
      ...optionsFor({ endpoint: { host: '127.0.0.1', port } }),
      policy: { backOff, connectTimeoutMs: 50 },
      onEvent: (event) => event.kind === 'lost' && resolve(event.why),
    },
    world.context,
  );
  await connected.promise;
  expect(['connect-timeout', 'violation', 'transport']).toContain(await lost);
  await client.stop();
  await expect(client.online).rejects.toMatchObject({ code: 'FB_DEVICE_STOPPED' });
  await new Promise<void>((done) => server.close(() => done()));
});

test('nothing is left running: by stop, by disposal, by the end of the run', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const stopped = startClient(optionsFor(broker, 'a'), world.context);
  const disposed = startClient(optionsFor(broker, 'b'), world.context);
  const aborted = startClient(optionsFor(broker, 'c'), world.context);
  const nowhere = startClient(
    optionsFor({ endpoint: { host: '127.0.0.1', port: await deadPort() } }, 'd'),
    world.context,
  );
  await Promise.all([stopped.online, disposed.online, aborted.online]);
  await stopped.stop();
  await stopped.stop();
  await disposed[Symbol.asyncDispose]();
  world.abort();
  await Promise.all([aborted.stop(), nowhere.stop()]);
  expect(aborted.publish(message('a', 'late'))).toBe(1);
  const ends = world.history.events.filter((it) => it.kind === 'part' && it.state === 'stopped');
  expect(ends).toHaveLength(4);
  expect(broker.taken.some(({ payload }) => payload.toString() === 'late')).toBe(false);
});

test('refuses an illegal topic without an intent', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using client = startClient(optionsFor(broker), world.context);
  expect(() => client.publish(message('a/#', 'x'))).toThrow(expect.objectContaining({ code: 'FB_SESSION_INTENT' }));
  expect(world.history.events.some(({ kind }) => kind === 'intent')).toBe(false);
});
