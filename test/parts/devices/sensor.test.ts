// Sensor and subscriber against a real broker: readings, alarm, presence, and a cut.
import { expect, test } from 'vitest';
import { startSensor } from '../../../src/parts/devices/sensor.ts';
import type { SensorOptions } from '../../../src/parts/devices/sensor.ts';
import type { Signal } from '../../../src/parts/devices/signals/signal.ts';
import { DeviceMemory } from '../../../src/parts/devices/device-memory.ts';
import { startSubscriber } from '../../../src/parts/devices/subscriber.ts';
import type { HistoryEvent } from '../../../src/history/event.ts';
import type { LiveHistory } from '../../../src/history/live-history.ts';
import { testBroker, testWorld } from '../world.ts';
import type { TestBroker } from '../world.ts';

const sensorAt = (broker: TestBroker, more: Partial<SensorOptions> = {}): SensorOptions => ({
  name: 'level-1',
  endpoint: broker.endpoint,
  server: 'broker',
  topic: 'tank/level-1',
  qos: 1,
  intervalMs: 5,
  unit: 'm',
  signal: { kind: 'walk', start: 5, step: 1, min: 0, max: 10, everyMs: 5 },
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
      sensorAt(broker, { intervalMs: 1, signal: { kind: 'walk', start: 5, step: 4, min: 4, max: 6, everyMs: 1 } }),
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
  const signal: Signal = { kind: 'constant', value: 9 };
  const alarms = [{ name: 'high', above: 8, hysteresis: 0, onDelayMs: 0, offDelayMs: 0 }];
  await using sensor = startSensor(sensorAt(broker, { alarms, qos: 0, signal }), world.context);
  await sensor.online;
  const alarm = await broker.next(({ topic }) => topic === 'tank/level-1/alarm');
  expect(alarm.qos).toBe(1);
  expect(JSON.parse(alarm.payload.toString())).toMatchObject({
    name: 'high',
    active: true,
    value: 9,
    limit: 8,
    seq: 1,
  });
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

/** What was published on a topic of the sensor. */
const payloadsOf = (broker: TestBroker, topic: string): Record<string, unknown>[] =>
  broker.taken
    .filter((it) => it.topic === `tank/level-1/${topic}`)
    .map(({ payload }) => JSON.parse(payload.toString()) as Record<string, unknown>);

test('measures what stimulates it until it is let go, within its range; its clock can be put forward', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const signal: Signal = { kind: 'constant', value: 5 };
  const options = sensorAt(broker, { intervalMs: 1, signal, range: { min: 0, max: 8 }, deadband: 0.5 });
  await using sensor = startSensor(options, world.context);
  const shows = (value: number) => broker.next(() => payloadsOf(broker, 'value').at(-1)?.['value'] === value);
  await shows(5);
  sensor.stimulate?.(7);
  await shows(7);
  sensor.stimulate?.(99);
  sensor.stepClock?.(3_600_000);
  await shows(8);
  sensor.stimulate?.(undefined);
  await broker.next(() => payloadsOf(broker, 'value').length === 4);
  expect(payloadsOf(broker, 'value')).toMatchObject([
    { value: 5, quality: 'good', seq: 1 },
    { value: 7, quality: 'good', seq: 2 },
    { value: 8, quality: 'uncertain', seq: 3 },
    { value: 5, quality: 'good', seq: 4 },
  ]);
  const [, second, third] = payloadsOf(broker, 'value').map((it) => Number(it['sourceTimeMs']));
  expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(3_600_000);
});

test('an alarm can be raised by hand, once, at a QoS of its own', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using sensor = startSensor(sensorAt(broker, { alarmQos: 2 }), world.context);
  await sensor.online;
  sensor.raiseAlarm?.(true);
  sensor.raiseAlarm?.(false);
  await broker.next(() => payloadsOf(broker, 'alarm').length === 2);
  expect(payloadsOf(broker, 'alarm')).toMatchObject([
    { name: 'alarm', active: true, seq: 1 },
    { name: 'alarm', active: false, seq: 2 },
  ]);
  expect(broker.taken.find((it) => it.topic.endsWith('/alarm'))?.qos).toBe(2);
});

function until(history: LiveHistory, fits: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const leave = history.watch(() => {
      if (!fits()) return;
      leave();
      resolve();
    });
  });
}

interface Dropped {
  readonly topic: string;
  readonly ordinal: number;
  readonly why: string;
}

const dropsOf = (events: readonly HistoryEvent[]): Dropped[] =>
  events.flatMap((it) => (it.kind === 'mark' && it.name === 'dropped' ? [it.data as unknown as Dropped] : []));

/** What the sensor meant to publish on a topic, by its ordinal there. */
const ordinalsOf = (events: readonly HistoryEvent[], topic: string): number[] =>
  events.flatMap((it) => (it.kind === 'intent' && it.topic.endsWith(topic) ? [it.ordinal] : []));

test.each(['oldest', 'newest'] as const)(
  'a full store drops the %s, and each drop stands in the history',
  async (drop) => {
    using world = testWorld();
    await using broker = await testBroker();
    const store = { limit: 3, drop, survivesPowerLoss: false };
    await using sensor = startSensor(sensorAt(broker, { intervalMs: 1, store, qos: 0 }), world.context);
    await broker.next(() => readingsOf(broker).length >= 1);
    await broker.close();
    await until(world.history, () => dropsOf(world.history.events).length >= 4);
    sensor.rest();
    broker.taken.splice(0);
    await broker.listenAgain();
    await broker.next((it) => it.topic.endsWith('/status') && it.payload.toString() === 'online');
    await sensor.stop();
    const { events } = world.history;
    const arrived = new Set(readingsOf(broker).map((it) => it.seq));
    const dropped = new Set(
      dropsOf(events)
        .filter((it) => it.topic.endsWith('/value'))
        .map((it) => it.ordinal),
    );
    const meant = ordinalsOf(events, '/value');
    expect([...arrived].filter((seq) => dropped.has(seq))).toEqual([]);
    const last = Math.max(...meant);
    expect((drop === 'oldest' ? arrived : dropped).has(last)).toBe(true);
    expect(dropsOf(events).every((it) => it.why === 'queue-full')).toBe(true);
  },
);

test.each([true, false])('over a loss of power the store keeps its messages: %s', async (survivesPowerLoss) => {
  using world = testWorld();
  await using broker = await testBroker();
  const memory = new DeviceMemory();
  const store = { limit: 100, drop: 'newest', survivesPowerLoss } as const;
  const options = sensorAt(broker, { intervalMs: 1, store, memory });
  const life = new AbortController();
  const first = startSensor(options, { ...world.context, signal: life.signal });
  await broker.next(() => readingsOf(broker).length >= 2);
  await broker.close();
  const before = ordinalsOf(world.history.events, '/value').length;
  await until(world.history, () => ordinalsOf(world.history.events, '/value').length >= before + 3);
  life.abort(new Error('no power'));
  await first.stop();
  const meant = ordinalsOf(world.history.events, '/value');
  await broker.listenAgain();
  await using second = startSensor(options, world.context);
  await second.online;
  const last = Math.max(...meant);
  await broker.next(() => readingsOf(broker).some(({ seq }) => seq > last));
  const arrived = new Set(readingsOf(broker).map(({ seq }) => seq));
  const dropped = dropsOf(world.history.events).filter((it) => it.topic.endsWith('/value'));
  expect(dropped.every((it) => it.why === 'power-loss')).toBe(true);
  const missing = meant.filter((seq) => !arrived.has(seq));
  const placed = new Set(dropped.map((it) => it.ordinal));
  expect(missing.every((seq) => placed.has(seq))).toBe(true);
  expect(missing.length > 0).toBe(!survivesPowerLoss);
  expect(new Set(ordinalsOf(world.history.events, '/value')).size).toBe(
    ordinalsOf(world.history.events, '/value').length,
  );
});
