// Our own engine for the benchmark, one shard in one process: the same commands and answers as epoll-client.c.
import { setTimeout as pause } from 'node:timers/promises';
import { Fleet } from '../../src/fleet/fleet.ts';
import { ShardReporter } from '../../src/fleet/shard-reporter.ts';
import type { Population } from '../../src/fleet/population.ts';
import { machineClock } from '../../src/net/clock.ts';
import { nowS } from './now.ts';
import { clientOptions, Curve, obeyStdin, say } from './told-client.ts';

/** `source` is not used: each process of the engine has an address of its own. */
const { host, port, connections: wanted, name, qos, payloadB, keepAliveS, window } = clientOptions();
/** How often progress is looked at; nothing is looked at for every message. */
const lookMs = 2;

const population: Population = {
  name,
  ordinal: 1,
  count: wanted,
  broker: { host, port },
  clientId: '{population}-{n}',
  columns: [],
  subscriptions: [],
  policy: {
    cleanSession: true,
    keepAliveS,
    pingTimeoutMs: 10_000,
    connectTimeoutMs: 60_000,
    // Off, but for what keeps thousands that are refused at once from doing nothing but asking.
    backOff: { baseMs: 20, capMs: 20 },
    window: 20,
    queueLimit: 1000,
    whenQueueFull: 'drop-newest',
    queueQos0: false,
  },
  traffic: [
    {
      topic: 'bench/{population}/{n}',
      qos,
      retain: false,
      payloadB,
      pace: { kind: 'closed', inFlight: 1 },
    },
  ],
};
const clock = machineClock();
const fleet = new Fleet(
  {
    shard: 0,
    seed: 1,
    run: 1,
    zeroNs: '0',
    slices: [{ population, from: 1, to: wanted, rows: [] }],
    connectWindow: window,
    reportEveryMs: 1000,
  },
  { clock, pid: process.pid },
);
const reporter = new ShardReporter(fleet, 0, clock);
// A shard reports each second, and what that costs is its own.
setInterval(() => reporter.next(), 1000).unref();

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(lookMs);
}

async function connectAll(): Promise<void> {
  const beganS = nowS();
  fleet.connect();
  await until(() => fleet.online === wanted);
  say('online', { online: fleet.online, seconds: nowS() - beganS });
}

async function publish(limit: number, seconds: number): Promise<void> {
  const beganS = nowS();
  const before = fleet.tally.counts.published;
  fleet.publish(clock.nowMs(), clock.nowMs() + seconds * 1000);
  await until(() => nowS() - beganS >= seconds || fleet.tally.counts.published - before >= limit);
  fleet.stopPublishing();
  await until(() => fleet.tally.counts.published === fleet.tally.counts.intended);
  say('done', { online: fleet.online, seconds: nowS() - beganS, messages: fleet.tally.counts.published - before });
}

async function idle(seconds: number): Promise<void> {
  const { packetsSent, packetsReceived } = fleet.tally.counts;
  await pause(seconds * 1000);
  const { tally, online } = fleet;
  const { counts } = tally;
  say('done', { online, pings: counts.packetsSent - packetsSent, answers: counts.packetsReceived - packetsReceived });
}

async function watch(): Promise<void> {
  const curve = new Curve(wanted, fleet.online);
  const { lostTransport } = fleet.tally.counts;
  say('watching');
  for (let isBack = false; !isBack;) {
    await pause(lookMs);
    const { online } = fleet;
    isBack = fleet.tally.counts.lostTransport - lostTransport >= wanted && online === wanted;
    curve.note(online, isBack);
  }
  say('done', { online: fleet.online, lost: wanted, curve: curve.steps });
}

await obeyStdin({ connect: connectAll, publish, idle, watch });
