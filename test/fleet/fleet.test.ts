// A fleet of a few on a real Mosquitto: everything that one device does, done by many on one set of buffers and timers.
import { describe, expect, test, vi } from 'vitest';
import { targetOf } from '../../src/bench/target/target.ts';
import { Fleet } from '../../src/fleet/fleet.ts';
import type { FleetHooks, LinkEnds, PacketWatch } from '../../src/fleet/hooks.ts';
import type { Shard } from '../../src/fleet/shard.ts';
import { machineClock } from '../../src/net/clock.ts';
import type { StartedBroker } from '../../src/parts/part.ts';
import { need } from '../support/needs.ts';
import { testWorld, type TestWorld } from '../parts/brokers/world.ts';
import { meters, ownTopic, shardOf } from './populations.ts';

const mosquitto = targetOf('process:mosquitto').driver;
const patience = { timeout: 20_000, interval: 5 };

function secured({ context }: TestWorld): Promise<StartedBroker> {
  if (!mosquitto.startSecured) throw new Error('Mosquitto starts with TLS');
  return mosquitto.startSecured('b', context);
}

function started(shard: Shard, hooks: FleetHooks = {}) {
  let untilMs = 0;
  const clock = machineClock();
  const fleet = new Fleet(shard, { clock, pid: process.pid, hooks });
  return Object.assign(fleet, {
    clock,
    whole: () => vi.waitUntil(() => fleet.online === fleet.devices, patience),
    done: () => vi.waitUntil(() => clock.nowMs() > untilMs && fleet.tally.unfinished === 0, patience),
    publishFor(durationMs: number) {
      untilMs = clock.nowMs() + durationMs;
      fleet.publish(clock.nowMs(), untilMs);
    },
    [Symbol.asyncDispose]: () => fleet.stop(),
  });
}

/** Hands on bytes in halves. */
const halving = (ends: LinkEnds) => ({
  opened() {},
  take(device: number, direction: 'toServer' | 'toClient', bytes: Uint8Array) {
    const [copy, half] = [Buffer.from(bytes), bytes.length >> 1];
    ends[direction](device, copy.subarray(0, half));
    ends[direction](device, copy.subarray(half));
  },
  closed() {},
  due() {},
});

describe('on Mosquitto', need('mosquitto'), () => {
  test.each([0, 1, 2] as const)(
    'what is published at QoS %i comes back once, and each time is measured',
    async (qos) => {
      using world = testWorld();
      await using broker = await mosquitto.start('b', world.context);
      const population = meters(broker.endpoint, {
        traffic: [ownTopic(20, qos)],
        birth: { topic: 'state/{n}', payload: 'here', qos: 1, retain: true },
      });
      await using fleet = started(shardOf(population, { connectWindow: 4 }));
      fleet.connect();
      await fleet.whole();
      await vi.waitUntil(() => fleet.tally.counts.subscribed === 20 && fleet.tally.counts.births === 20, patience);
      fleet.publishFor(300);
      await fleet.done();
      const { counts } = fleet.tally;
      await vi.waitUntil(() => counts.receivedOwn === counts.published, patience);
      expect(counts.intended).toBeGreaterThan(100);
      expect(counts).toMatchObject({ published: counts.intended, connected: 20, notConnected: 0, lostTransport: 0 });
      const { acknowledged, lateness, delivery, connect } = fleet.tally.times;
      expect(acknowledged.count).toBe(qos === 0 ? 0 : counts.published);
      expect([lateness.count, delivery.count, connect.count]).toEqual([counts.intended, counts.published, 20]);
      expect(delivery.quantileMs(1)).toBeGreaterThanOrEqual(lateness.quantileMs(0.01));
      await fleet.stop();
      expect(fleet.online).toBe(0);
      expect(counts.packetsReceived).toBeGreaterThan(0);
    },
  );

  test('over TLS too, with a certificate that is looked at', async () => {
    using world = testWorld();
    await using broker = await secured(world);
    const { tls } = broker.variants;
    if (!tls) throw new Error('this broker has no TLS listener');
    const population = meters(tls, { count: 5, traffic: [ownTopic(20)] });
    await using fleet = started(shardOf(population));
    fleet.connect();
    await fleet.whole();
    fleet.publishFor(200);
    await fleet.done();
    await vi.waitUntil(() => fleet.tally.counts.receivedOwn === fleet.tally.counts.published, patience);
    expect(fleet.tally.counts.published).toBeGreaterThan(20);
    const { caPem: _, ...trustsNobody } = tls.tls ?? {};
    await using strangers = started(shardOf(meters({ ...tls, tls: trustsNobody }, { count: 2 })));
    strangers.connect();
    await vi.waitUntil(() => strangers.tally.counts.notConnected > 1, patience);
    expect([...strangers.tally.failures.keys()][0]).toMatch(/^dial .*(CERT|SIGNATURE)/);
    expect(strangers.online).toBe(0);
  });

  test('a broker that is killed and comes back finds all of them again, and what they had kept', async () => {
    using world = testWorld();
    await using broker = await mosquitto.start('b', world.context);
    const population = meters(broker.endpoint, { traffic: [ownTopic(50)], policy: { queueLimit: 1000 } });
    await using fleet = started(shardOf(population));
    fleet.connect();
    await fleet.whole();
    fleet.publishFor(1500);
    await vi.waitUntil(() => fleet.tally.counts.published > 20, patience);
    await broker.kill();
    await vi.waitUntil(() => fleet.online === 0 && fleet.tally.unfinished > 20, patience);
    await broker.restart();
    await fleet.whole();
    await fleet.done();
    const { counts } = fleet.tally;
    expect(counts.lostTransport).toBe(20);
    expect(counts.connected).toBe(40);
    expect(counts.published).toBe(counts.intended);
    expect([...fleet.tally.failures.keys()].toSorted()).toContain('dial ECONNREFUSED');
    expect(fleet.tally.times.acknowledged.quantileMs(1)).toBeGreaterThan(
      fleet.tally.times.acknowledged.quantileMs(0.1),
    );
  });

  test('an offline store has its bound, and gives way as it was told', async () => {
    using world = testWorld();
    await using broker = await mosquitto.start('b', world.context);
    await broker.kill();
    const traffic = [ownTopic(10)];
    const policy = { queueLimit: 5, whenQueueFull: 'drop-oldest' as const };
    await using fleet = started(shardOf(meters(broker.endpoint, { count: 3, traffic, policy })));
    fleet.connect();
    fleet.publishFor(300);
    await vi.waitUntil(() => fleet.tally.counts.intended > 30, patience);
    expect(fleet.tally.unfinished).toBe(15);
    expect(fleet.tally.counts.droppedQueueFull).toBe(fleet.tally.counts.intended - 15);
  });

  test('closed traffic keeps its messages in flight, over the loss of a session too', async () => {
    using world = testWorld();
    await using broker = await mosquitto.start('b', world.context);
    const closed = { ...ownTopic(1), pace: { kind: 'closed' as const, inFlight: 2 } };
    const policy = { cleanSession: true };
    await using fleet = started(shardOf(meters(broker.endpoint, { count: 3, traffic: [closed], policy })));
    fleet.connect();
    await fleet.whole();
    fleet.publish(0, Infinity);
    await vi.waitUntil(() => fleet.tally.counts.published > 100, patience);
    expect(fleet.tally.unfinished).toBe(6);
    await broker.kill();
    await vi.waitUntil(() => fleet.tally.counts.droppedSessionEnded === 6, patience);
    await broker.restart();
    await fleet.whole();
    const { published } = fleet.tally.counts;
    await vi.waitUntil(() => fleet.tally.counts.published > published + 100, patience);
    fleet.stopPublishing();
    await vi.waitUntil(() => fleet.tally.unfinished === 0, patience);
    expect(fleet.tally.counts.published).toBe(fleet.tally.counts.intended - fleet.tally.counts.droppedSessionEnded);
  });

  test('two that take the same client id lose their connections to each other, and say so', async () => {
    using world = testWorld();
    await using broker = await mosquitto.start('b', world.context);
    await using fleet = started(shardOf(meters(broker.endpoint, { count: 2, clientId: 'same' })));
    fleet.connect();
    await vi.waitUntil(() => fleet.tally.counts.lostTransport > 2, patience);
    expect([...fleet.tally.failures.keys()]).toContain('lost FIN');
  });

  test('a watch sees every packet; with a link both ends of it do, the same bytes', async () => {
    using world = testWorld();
    await using broker = await mosquitto.start('b', world.context);
    const seen = new Map<string, string[]>();
    const watch: PacketWatch = {
      opened() {},
      packet(device, direction, seenAt, { bytes, packet }) {
        const key = `${device} ${direction} ${seenAt}`;
        seen.set(key, [...(seen.get(key) ?? []), `${packet?.type} ${Buffer.from(bytes).toString('hex')}`]);
      },
      ended() {},
    };
    const population = meters(broker.endpoint, { count: 3, traffic: [ownTopic(30, 2)] });
    await using fleet = started(shardOf(population), { watch, link: halving });
    fleet.connect();
    await fleet.whole();
    fleet.publishFor(200);
    await fleet.done();
    await vi.waitUntil(() => fleet.tally.counts.received === fleet.tally.counts.published, patience);
    await fleet.stop();
    for (const device of [0, 1, 2]) {
      for (const direction of ['toServer', 'toClient']) {
        const atDevice = seen.get(`${device} ${direction} clientEnd`) ?? [];
        expect(atDevice.length).toBeGreaterThan(10);
        expect(seen.get(`${device} ${direction} serverEnd`)).toEqual(atDevice);
      }
      expect(seen.get(`${device} toServer clientEnd`)?.[0]).toMatch(/^CONNECT /);
      expect(seen.get(`${device} toServer clientEnd`)?.at(-1)).toBe('DISCONNECT e000');
    }
  });
});
