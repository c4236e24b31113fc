// Our own engine for the benchmark, one shard in one process: the same commands and answers as epoll-client.c.
import { setTimeout as pause } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Fleet } from '../../src/fleet/fleet.ts';
import { ShardReporter } from '../../src/fleet/shard-reporter.ts';
import type { Population } from '../../src/fleet/population.ts';
import { machineClock } from '../../src/net/clock.ts';

const { values } = parseArgs({
  options: {
    broker: { type: 'string', default: '' },
    connections: { type: 'string', default: '1' },
    name: { type: 'string', default: 'fieldbench' },
    /** Not used: each process of the engine has an address of its own. */
    source: { type: 'string', default: '' },
    qos: { type: 'string', default: '1' },
    'payload-bytes': { type: 'string', default: '64' },
    'keep-alive-s': { type: 'string', default: '0' },
    window: { type: 'string', default: '256' },
  },
});
const [host = '', port = ''] = values.broker.split(':');
const wanted = Number(values.connections);
const qos = values.qos === '2' ? 2 : 1;
/** How often progress is looked at; nothing is looked at for every message. */
const lookMs = 2;

const population: Population = {
  name: values.name,
  ordinal: 1,
  count: wanted,
  broker: { host, port: Number(port) },
  clientId: '{population}-{n}',
  columns: [],
  subscriptions: [],
  policy: {
    cleanSession: true,
    keepAliveS: Number(values['keep-alive-s']),
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
      payloadB: Number(values['payload-bytes']),
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
    connectWindow: Number(values.window),
    reportEveryMs: 1000,
  },
  { clock, pid: process.pid },
);
const reporter = new ShardReporter(fleet, 0, clock);
// A shard reports each second, and what that costs is its own.
setInterval(() => reporter.next(), 1000).unref();

const nowS = (): number => Number(process.hrtime.bigint()) / 1e9;

function say(at: string, more: object = {}): void {
  process.stdout.write(`${JSON.stringify({ at, ...more })}\n`);
}

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
  const curve: (readonly [number, number])[] = [[nowS(), fleet.online]];
  const { lostTransport } = fleet.tally.counts;
  const step = Math.floor(wanted / 200) + 1;
  let told = fleet.online;
  say('watching');
  for (;;) {
    await pause(lookMs);
    const { online } = fleet;
    const isBack = fleet.tally.counts.lostTransport - lostTransport >= wanted && online === wanted;
    if (Math.abs(online - told) >= step || isBack) curve.push([nowS(), (told = online)]);
    if (isBack) break;
  }
  say('done', { online: fleet.online, lost: wanted, curve });
}

async function obey(line: string): Promise<void> {
  const [verb, what, amount] = line.split(' ');
  if (verb === 'connect') await connectAll();
  else if (verb === 'publish' && what === 'messages') await publish(Number(amount), Infinity);
  else if (verb === 'publish' && what === 'seconds') await publish(Infinity, Number(amount));
  else if (verb === 'idle') await idle(Number(what));
  else if (verb === 'watch') await watch();
  else if (verb === 'rest') {
    globalThis.gc?.();
    say('rested');
  } else {
    process.stderr.write(`fieldbench-client: unknown command: ${line}\n`);
    process.exit(1);
  }
}

// stdin ends with whoever started this, kill -9 included.
process.stdin.once('end', () => process.exit(0)).once('close', () => process.exit(0));
globalThis.gc?.(); // What loading left behind is not what connections cost.
say('empty');
for await (const line of createInterface({ input: process.stdin })) await obey(line);
