// Lives of real devices before a real broker: cut from power, standing still, coming back.
import { expect, test } from 'vitest';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { DeviceLife } from '../../../src/parts/devices/device-life.ts';
import { startSensor } from '../../../src/parts/devices/sensor.ts';
import { startSubscriber } from '../../../src/parts/devices/subscriber.ts';
import type { PartContext } from '../../../src/parts/part.ts';
import { testBroker, testWorld, type TestBroker, type TestWorld } from '../world.ts';

const policy = { backOff: { baseMs: 5, capMs: 20 } };

function sensorLife(broker: TestBroker, { context }: TestWorld, qos: 0 | 1 | 2 = 1): DeviceLife {
  const ordinals = new Map<string, number>();
  const options = {
    name: 'level',
    endpoint: broker.endpoint,
    server: 'broker',
    connections: connectionIds(),
    topic: 'tank/level',
    qos,
    intervalMs: 5,
    unit: 'm',
    signal: { kind: 'walk', start: 5, step: 1, min: 0, max: 10, everyMs: 5 },
    policy,
    ordinals,
  } as const;
  const start = (world: PartContext) => startSensor(options, world);
  return new DeviceLife({ name: 'level', role: 'device', start }, context);
}

const states = ({ history }: TestWorld): readonly string[] =>
  history.events.flatMap((it) => (it.kind === 'part' ? [it.state] : []));

const isValue = ({ topic }: { readonly topic: string }): boolean => topic === 'tank/level/value';
/** What the broker does behind this message comes later: whatever was on its way before has arrived. */
async function barrier(broker: TestBroker, topic: string): Promise<void> {
  const arrived = broker.next((it) => it.topic === topic);
  broker.aedes.publish({ cmd: 'publish', qos: 0, dup: false, retain: false, topic, payload: '' }, () => {});
  await arrived;
}

test('killed, it says no goodbye; started again, it counts on', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using life = sensorLife(broker, world);
  await life.start();
  await broker.next(isValue);
  await life.kill();
  expect(life.device).toBeUndefined();
  // Its will speaks for it.
  await broker.next(({ topic, payload }) => topic === 'tank/level/status' && String(payload) === 'offline');
  expect(world.history.events.filter((it) => it.kind === 'ended')).toMatchObject([{ by: 'client', how: 'rst' }]);
  broker.taken.length = 0;
  await life.start();
  await broker.next(isValue);
  expect(states(world)).toEqual(['starting', 'ready', 'stopping', 'killed', 'starting', 'ready']);
  const values = world.history.events.flatMap((it) => (it.kind === 'intent' && isValue(it) ? [it.ordinal] : []));
  expect(values).toEqual(values.map((_, at) => at + 1));
});

test('stopped, it says goodbye itself; twice is once', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using life = sensorLife(broker, world);
  await Promise.all([life.start(), life.start()]);
  await broker.next(isValue);
  await Promise.all([life.stop(), life.stop(), life.kill()]);
  expect(states(world)).toEqual(['starting', 'ready', 'stopped']);
  expect(world.history.events.filter((it) => it.kind === 'ended')).toMatchObject([{ by: 'client', how: 'fin' }]);
});

test('paused, it publishes nothing and its connection stays; resumed, it goes on on the same one', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using life = sensorLife(broker, world);
  await life.start();
  await broker.next(isValue);
  await life.pause();
  await barrier(broker, 'one');
  await barrier(broker, 'two');
  broker.taken.length = 0;
  // Many of its intervals pass, on the clock that it does not hear.
  await new Promise<void>((resolve) => world.context.clock.after(100, resolve));
  await barrier(broker, 'three');
  expect(broker.taken.map((it) => it.topic)).toEqual(['three']);
  await life.resume();
  await broker.next(isValue);
  expect(states(world)).toEqual(['starting', 'ready', 'paused', 'resumed']);
  expect(world.history.events.filter((it) => it.kind === 'opened')).toHaveLength(1);
});

test('paused, it reads nothing: what was sent meanwhile is there when it is resumed', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const got: string[] = [];
  const { promise: both, resolve } = Promise.withResolvers<void>();
  const start = (context: PartContext) =>
    startSubscriber(
      {
        name: 'hub',
        endpoint: broker.endpoint,
        server: 'broker',
        filters: { 'a/#': 0 },
        policy,
        onDelivery: ({ topic }) => void (got.push(topic) === 2 && resolve()),
      },
      context,
    );
  await using life = new DeviceLife({ name: 'hub', role: 'device', start }, world.context);
  await life.start();
  await life.device?.online;
  await life.pause();
  await barrier(broker, 'a/1');
  await barrier(broker, 'a/2');
  expect(got).toEqual([]);
  await life.resume();
  await both;
  expect(got).toEqual(['a/1', 'a/2']);
});

test('a broker that closes on one that stands still is noticed when it goes on', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using life = sensorLife(broker, world);
  await life.start();
  await broker.next(isValue);
  await life.pause();
  broker.cutOff();
  await barrier(broker, 'one');
  expect(world.history.events.filter((it) => it.kind === 'opened')).toHaveLength(1);
  broker.taken.length = 0;
  await life.resume();
  await broker.next(isValue);
  expect(world.history.events.filter((it) => it.kind === 'opened')).toHaveLength(2);
});

test('a run that ends while it stands still does not wait for it', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const life = sensorLife(broker, world, 2);
  await life.start();
  await broker.next(isValue);
  await life.pause();
  await life[Symbol.asyncDispose]();
  expect(life.device).toBeUndefined();
});
