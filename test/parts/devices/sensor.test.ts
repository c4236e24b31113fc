// Sensor and subscriber against a real broker: readings, alarm, presence, and a cut.
import { expect, test } from 'vitest';
import { startSensor } from '../../../src/parts/devices/sensor.ts';
import type { SensorOptions } from '../../../src/parts/devices/sensor.ts';
import { startSubscriber } from '../../../src/parts/devices/subscriber.ts';
import { testBroker, testWorld } from '../world.ts';
import type { TestBroker } from '../world.ts';

const sensorAt = (broker: TestBroker, more: Partial<SensorOptions> = {}): SensorOptions => ({
  name: 'level-1',
  endpoint: broker.endpoint,
  server: 'broker',
  topic: 'tank/level-1',
  qos: 1,
  intervalMs: 5,
  signal: { unit: 'm', start: 5, step: 1, min: 0, max: 10 },
  policy: { backOff: { baseMs: 5, capMs: 20 } },
  ...more,
});

const readingsOf = (broker: TestBroker): { value: number; seq: number }[] =>
  broker.taken
    .filter(({ topic }) => topic === 'tank/level-1/value')
    .map(({ payload }) => JSON.parse(payload.toString()) as { value: number; seq: number });

test('publishes a reading each interval, with sequence number, unit, quality and source time', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using sensor = startSensor(sensorAt(broker), world.context);
  await sensor.online;
  await broker.next(() => readingsOf(broker).length === 5);
  const readings = readingsOf(broker).slice(0, 5);
  expect(readings[0]).toEqual({ value: 5, unit: 'm', quality: 'good', seq: 1, sourceTimeMs: expect.any(Number) });
  expect(readings.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
});

test('the same seed gives the same signal, another seed another; it stays between its walls', async () => {
  await using broker = await testBroker();
  const walk = async (seed: number): Promise<number[]> => {
    using world = testWorld(seed);
    const before = readingsOf(broker).length;
    await using sensor = startSensor(
      sensorAt(broker, { intervalMs: 1, signal: { unit: 'm', start: 5, step: 4, min: 4, max: 6 } }),
      world.context,
    );
    await sensor.online;
    await broker.next(() => readingsOf(broker).length >= before + 10);
    return readingsOf(broker)
      .slice(before, before + 10)
      .map(({ value }) => value);
  };
  const first = await walk(1);
  expect(await walk(1)).toEqual(first);
  expect(await walk(2)).not.toEqual(first);
  expect(first.every((value) => value >= 4 && value <= 6)).toBe(true);
});

test('raises the alarm once when the value passes the threshold', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const signal = { unit: 'm', start: 9, step: 0.001, min: 0, max: 10 };
  await using sensor = startSensor(sensorAt(broker, { alarmAbove: 8, qos: 0, signal }), world.context);
  await sensor.online;
  const alarm = await broker.next(({ topic }) => topic === 'tank/level-1/alarm');
  expect(alarm.qos).toBe(1);
  expect(JSON.parse(alarm.payload.toString())).toMatchObject({ active: true, value: 9, limit: 8 });
  await broker.next(() => readingsOf(broker).length >= 4);
  expect(broker.taken.filter(({ topic }) => topic === 'tank/level-1/alarm')).toHaveLength(1);
});

test('says online, says offline when it leaves, and its will says so when it dies', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const status = (word: string) => broker.next((it) => it.topic.endsWith('/status') && it.payload.toString() === word);
  const sensor = startSensor(sensorAt(broker), world.context);
  expect(await status('online')).toMatchObject({ retain: true, qos: 1 });
  broker.cutOff();
  expect(await status('offline')).toMatchObject({ retain: true, qos: 1 }); // the will
  broker.taken.splice(0);
  await status('online');
  broker.taken.splice(0);
  await sensor.stop();
  expect(await status('offline')).toMatchObject({ retain: true });
});

test('at rest it publishes no more values and stays connected', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using sensor = startSensor(sensorAt(broker), world.context);
  await broker.next(() => readingsOf(broker).length >= 1);
  sensor.rest();
  const intents = world.history.events.filter(({ kind }) => kind === 'intent').length;
  await sensor.stop();
  const after = world.history.events.filter(({ kind }) => kind === 'intent').length;
  expect(after - intents).toBe(1); // offline
});

test('a subscriber is online when it is subscribed, counts, and subscribes again after a cut', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const counts: string[] = [];
  const delivered = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using hub = startSubscriber(
    {
      name: 'hub',
      endpoint: broker.endpoint,
      server: 'broker',
      filters: { 'tank/+/value': 1 },
      policy: { cleanSession: true, backOff: { baseMs: 5, capMs: 20 } },
      onDelivery: ({ payload }) => delivered[counts.push(Buffer.from(payload).toString()) - 1]?.resolve(),
    },
    world.context,
  );
  const publish = (payload: string) =>
    broker.aedes.publish(
      { cmd: 'publish', topic: 'tank/a/value', payload, qos: 1, retain: false, dup: false },
      () => {},
    );
  await hub.online;
  publish('before');
  await delivered[0]?.promise;
  const again = new Promise<void>((resolve) => broker.aedes.once('subscribe', () => resolve()));
  broker.cutOff();
  await again;
  publish('after');
  await delivered[1]?.promise;
  expect(counts).toEqual(['before', 'after']);
  expect(hub.received).toBe(2);
});

test('a refused subscription fails `online`; an illegal one never starts', async () => {
  using world = testWorld();
  await using broker = await testBroker({ authorizeSubscribe: (_client, _it, done) => done(null, null) });
  const options = { name: 'hub', endpoint: broker.endpoint, server: 'broker' };
  await using hub = startSubscriber({ ...options, filters: { 'a/#': 1 } }, world.context);
  await expect(hub.online).rejects.toMatchObject({ code: 'FB_DEVICE_NOT_GRANTED' });
  expect(() => startSubscriber({ ...options, filters: { 'a/#/b': 1 } }, world.context)).toThrow(
    expect.objectContaining({ code: 'FB_SESSION_INTENT' }),
  );
});
