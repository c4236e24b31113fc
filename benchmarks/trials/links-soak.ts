// Ten minutes of everything a link can do to 200 connections that does not damage on purpose: no byte may change, nothing may be left.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { draw } from '../../src/faults/draw.ts';
import { plainProfile, type LinkProfile, type Outage } from '../../src/faults/link-profile.ts';
import { machineClock, pause } from '../../src/net/clock.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';
import { startEmbeddedLink } from '../../src/parts/links/embedded.ts';
import type { StartedFaultyLink } from '../../src/parts/links/link-options.ts';
import { writeTrial } from '../trial-record.ts';

const minutes = Number(process.argv[2] ?? 10);
const connections = 200;
const links = 10;
const clock = machineClock();
const context = {
  clock,
  history: { record: () => {} },
  owns: { ownProcess() {}, ownContainer() {}, ownPath() {}, release() {}, labels: {}, scratch: '' },
  signal: new AbortController().signal,
};

/** The byte at this offset of the nth stream: what was sent can be told from the offset alone. */
const byteAt = (stream: number, offset: number): number =>
  (Math.imul(offset ^ (stream * 0x9e3779b1), 0x85ebca6b) >>> 24) & 0xff;

const fill = (stream: number, offset: number, length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, at) => byteAt(stream, offset + at)));

/** Counts the bytes of a stream, and those that are not what was sent. */
class Checker {
  wrong = 0;
  received = 0;
  readonly #stream: number;

  constructor(stream: number) {
    this.#stream = stream;
  }

  take(chunk: Buffer): void {
    for (const byte of chunk) if (byte !== byteAt(this.#stream, this.received++)) this.wrong += 1;
  }
}

/** One connection over a link: both sides send all the time, in pieces and at times that the seed says. */
interface Pair {
  readonly client: Socket;
  readonly atServer: Checker;
  readonly atClient: Checker;
  server: Socket | undefined;
  sentUp: number;
  sentDown: number;
}

const chance = (seed: number, n: number): number =>
  draw({ seed, link: 'soak', connection: 1, direction: 'toServer', purpose: 'signal', n });

/** Links that lose, delay, slow down, sleep and go out, each by its own seed. */
function profileOf(seed: number): LinkProfile {
  const at = (n: number): number => chance(seed, n);
  const direction = (n: number): LinkProfile['up'] => ({
    delayMs: Math.round(at(n) * 200),
    jitterMs: Math.round(at(n + 1) * 40),
    jitterDistribution: (['uniform', 'normal', 'pareto'] as const)[Math.floor(at(n + 2) * 3)] ?? 'uniform',
    rateBitPerS: 200_000 + at(n + 3) * 2_000_000,
    loss:
      at(n + 4) < 0.5
        ? { model: 'bernoulli', lossPct: at(n + 5) * 8 }
        : { model: 'gilbert-elliott', meanGoodS: 5, meanBadS: 0.3, lossGoodPct: 0.2, lossBadPct: 50 },
  });
  const outages: readonly Outage[] = [
    { kind: 'renewal', meanUpS: 25, meanDownS: 1.5, mode: at(40) < 0.5 ? 'drop' : 'freeze' },
    { kind: 'handover', everyS: 15, gapMs: 200, extraDelayMs: 30, burstS: 1, burstLossPct: 20, mode: 'drop' },
    { kind: 'fade', meanClearS: 40, rampS: 4, meanOutS: 2, floorPct: 20, mode: 'freeze' },
  ];
  return {
    ...plainProfile,
    name: `soak-${seed}`,
    up: direction(0),
    down: direction(10),
    outages,
    connectDelayMs: Math.round(at(30) * 100),
    ...(at(31) < 0.3 && { halfDuplex: { turnaroundMs: 2 } }),
    ...(at(32) < 0.3 && { idleWake: { afterS: 1, extraMs: 50 } }),
    ...(at(33) < 0.3 && { sharedCapacity: { id: 'beam', upBitPerS: 4_000_000, downBitPerS: 4_000_000 } }),
  };
}

async function openPairs(link: StartedFaultyLink, server: Server, first: number, count: number): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let n = 0; n < count; n++) {
    const stream = first + n;
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect({ ...link.endpoint, noDelay: true });
    const pair: Pair = {
      client,
      atServer: new Checker(stream),
      atClient: new Checker(stream + 10_000),
      server: undefined,
      sentUp: 0,
      sentDown: 0,
    };
    client.on('data', (chunk: Buffer) => pair.atClient.take(chunk)).on('error', () => {});
    const [socket] = await accepted;
    pair.server = socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => pair.atServer.take(chunk)).on('error', () => {});
    pairs.push(pair);
  }
  return pairs;
}

function talk(pair: Pair, stream: number, n: number): void {
  const up = 1 + Math.floor(chance(stream, 2 * n) ** 4 * 6000);
  const down = 1 + Math.floor(chance(stream, 2 * n + 1) ** 4 * 6000);
  if (pair.client.writableLength < 200_000) {
    pair.client.write(fill(stream, pair.sentUp, up));
    pair.sentUp += up;
  }
  if (pair.server && pair.server.writableLength < 200_000) {
    pair.server.write(fill(stream + 10_000, pair.sentDown, down));
    pair.sentDown += down;
  }
}

/** A hand that plays on every link now and then. */
async function play(link: StartedFaultyLink, seed: number, n: number): Promise<void> {
  const what = Math.floor(chance(seed, 1000 + n) * 6);
  if (what === 0) await link.cut('drop');
  else if (what === 1) await link.halfOpen('toServer');
  else if (what === 2) await link.halfOpen('toClient');
  else await link.restore();
}

const open = (): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const it of process.getActiveResourcesInfo()) counts[it] = (counts[it] ?? 0) + 1;
  return counts;
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What the process holds once nothing is left that could be thrown away. */
function heldMiB(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

const before = open();
const heldBefore = heldMiB();
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const servers: Server[] = [];
const all: { readonly link: StartedFaultyLink; readonly pairs: readonly Pair[]; readonly seed: number }[] = [];
for (let n = 0; n < links; n++) {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server has no port');
  const link = await startEmbeddedLink(
    {
      name: `soak-${n}`,
      upstream: { host: '127.0.0.1', port: address.port },
      client: 'client',
      server: 'server',
      profile: profileOf(seed + n),
      taps: true,
      connectionIds: connectionIds(),
    },
    { ...context, seed: seed + n },
  );
  all.push({ link, pairs: await openPairs(link, server, n * 1000, connections / links), seed: seed + n });
}

const memory: number[] = [];
const beganMs = clock.nowMs();
for (let n = 0; clock.nowMs() - beganMs < minutes * 60_000; n++) {
  for (const { link, pairs, seed: own } of all) {
    pairs.forEach((pair, at) => talk(pair, (own - seed) * 1000 + at, n));
    if (n % 20 === 0) await play(link, own, n);
  }
  await pause(clock, 100);
  if (n % 100 === 0) memory.push(process.memoryUsage().rss / 2 ** 20);
}

// Everything is let out: links are restored, and TCP's longest waits are over within some minutes.
for (const { link } of all) {
  await link.restore();
  await link.shape({ profile: { ...plainProfile, up: { ...plainProfile.up, delayMs: 1 } } });
}
const pairs = all.flatMap((it) => it.pairs);
const missing = (): number =>
  pairs.reduce((sum, it) => sum + it.sentUp - it.atServer.received + it.sentDown - it.atClient.received, 0);
const restoredMs = clock.nowMs();
for (let waited = 0; missing() > 0 && waited < 300; waited++) await pause(clock, 1000);
const drainedAfterS = Math.round((clock.nowMs() - restoredMs) / 1000);
const wrong = pairs.reduce((sum, it) => sum + it.atServer.wrong + it.atClient.wrong, 0);
const moved = pairs.reduce((sum, it) => sum + it.atServer.received + it.atClient.received, 0);
const resentB = all.reduce(
  (sum, { link }) => sum + (link.usage?.().up.resentB ?? 0) + (link.usage?.().down.resentB ?? 0),
  0,
);
const missingB = missing();

for (const { client, server } of pairs) {
  client.destroy();
  server?.destroy();
}
for (const { link } of all) await link[Symbol.asyncDispose]();
for (const server of servers) await new Promise((resolve) => server.close(resolve));
await pause(clock, 500);
const after = open();
const left = Object.entries(after).filter(([kind, count]) => count > (before[kind] ?? 0) && kind !== 'Timeout');
const leftTimers = (after['Timeout'] ?? 0) - (before['Timeout'] ?? 0);
all.length = 0;
servers.length = 0;
const heldAfter = heldMiB();
const settled = memory.slice(Math.floor(memory.length / 4));
const figures = {
  seed: `${seed}`,
  minutes: `${minutes}`,
  connections: `${connections} over ${links} links, each with a profile of its own`,
  'bytes that came': `${moved}`,
  'bytes that were wrong, or out of order': `${wrong}`,
  'bytes that never came': `${missingB}`,
  'all was there after the links were restored for': `${drainedAfterS} s (a retransmission timer waits up to 120 s)`,
  'bytes that TCP sent again, by the model': `${resentB}`,
  'left behind': left.length === 0 && leftTimers <= 0 ? 'nothing' : JSON.stringify({ left, leftTimers }),
  'memory held (heap and buffers, garbage collected)': `${heldBefore.toFixed(1)} MiB before, ${heldAfter.toFixed(1)} MiB after all of it was disposed of`,
  'memory (RSS, MiB)': `${Math.round(settled[0] ?? 0)} after a quarter, ${Math.round(settled.at(-1) ?? 0)} at the end, ${Math.round(Math.max(...settled))} at most`,
};
console.log(figures);
if (minutes >= 10) {
  writeTrial({
    name: 'links-soak',
    about:
      'Ten links with delay, jitter, rate, loss, outages of three kinds, sleep, half duplex and a shared channel, drawn from the seed, and a hand that cuts, half-opens and restores them; 200 connections talk both ways all the time. Each byte that comes out is compared with what the sender put there.',
    figures,
    body: 'The links are slower than what is sent into them: RSS at the end holds what waits there, up to 4 MiB for each connection and direction. Left behind: what Node still counts as active when all of it was disposed of.',
  });
}
process.exitCode = wrong === 0 && missingB === 0 && left.length === 0 ? 0 : 1;
