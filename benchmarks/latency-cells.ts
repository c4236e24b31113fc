// One cell of the comparison with the real kernel: the same schedule of messages over a lab and over the embedded link.
import { profileOf, lossyProfile, startBedLink } from '../src/bench/calibration/bed.ts';
import { distanceBetween, mean, percentile } from '../src/bench/calibration/statistics.ts';
import { startReceiver, startSender, type Arrival, type Schedule } from '../src/bench/calibration/traffic.ts';
import { startTunLab } from '../src/bench/calibration/tun-lab.ts';
import type { PartContext } from '../src/parts/part.ts';

/** What is varied. */
export interface Cell {
  readonly name: string;
  readonly rttMs: number;
  readonly lossPct: number;
  /** `sparse`: one message per 3 round trips of a connection. `dense`: 20 per round trip. */
  readonly pace: 'sparse' | 'dense';
  readonly connections: number;
  readonly perConnection: number;
}

/** Messages of a side, and how busy the process in the middle was. */
export interface Side {
  readonly latenciesMs: readonly number[];
  /** Mean of each connection: what is late on one says nothing about another. */
  readonly connectionMeansMs: readonly number[];
  /** Share of one processor, of the forwarder or of the process that holds the link. */
  readonly cpuShare: number;
  /** Segments sent again by both kernels; of the lab only. */
  readonly retransmitted?: number;
}

/** Both sides of a cell. */
export interface Compared {
  readonly cell: Cell;
  readonly kernel: Side;
  readonly embedded: Side;
  /** Mean of the embedded link over mean of the kernel. */
  readonly ratio: number;
  /** Half the width of the ratio's 95 % interval. */
  readonly ratioError: number;
  /** Kolmogorov-Smirnov, over latencies in steps of a tenth of a round trip: below that are the relays' own ways. */
  readonly distance: number;
}

const messageB = 100;
/** Round trips without loss before anything counts: a new connection does not know its round trip yet. */
const warmUpRoundTrips = 10;

const sizes: Readonly<Record<string, Pick<Cell, 'connections' | 'perConnection'>>> = {
  '50 sparse': { connections: 100, perConnection: 80 },
  '50 dense': { connections: 4, perConnection: 2000 },
  '600 sparse': { connections: 200, perConnection: 15 },
  '600 dense': { connections: 20, perConnection: 500 },
};

/** All of them. @param n messages per cell, at least; default: as many as the cell needs to be sure of its mean */
export function cells(n?: number): readonly Cell[] {
  return [50, 600].flatMap((rttMs) =>
    [0, 1, 5, 10].flatMap((lossPct) =>
      (['sparse', 'dense'] as const).map((pace): Cell => {
        const { connections, perConnection } = sizes[`${rttMs} ${pace}`] ?? { connections: 1, perConnection: 1 };
        const each = n === undefined ? perConnection : Math.ceil(n / connections);
        return { name: `rtt${rttMs}-loss${lossPct}-${pace}`, rttMs, lossPct, pace, connections, perConnection: each };
      }),
    ),
  );
}

/** Plays a cell on both sides, one after the other. */
export async function compared(cell: Cell, context: PartContext): Promise<Compared> {
  const kernel = await overKernel(cell, context);
  const embedded = await overEmbedded(cell, context);
  const [k, e] = [mean(kernel.latenciesMs), mean(embedded.latenciesMs)];
  const ratio = e / k;
  const relative = Math.hypot(standardError(kernel) / k, standardError(embedded) / e);
  const steps = ({ latenciesMs }: Side): readonly number[] =>
    latenciesMs.map((it) => Math.round((10 * it) / cell.rttMs));
  return {
    cell,
    kernel,
    embedded,
    ratio,
    ratioError: 1.96 * ratio * relative,
    distance: distanceBetween(steps(kernel), steps(embedded)),
  };
}

/** Of the mean, with connections as what is independent. */
function standardError({ connectionMeansMs }: Side): number {
  const middle = mean(connectionMeansMs);
  const n = connectionMeansMs.length;
  return Math.sqrt(mean(connectionMeansMs.map((it) => (it - middle) ** 2)) / Math.max(1, n - 1));
}

async function overKernel(cell: Cell, context: PartContext): Promise<Side> {
  const { rttMs, lossPct, connections } = cell;
  const orders = { upMs: rttMs / 2, downMs: rttMs / 2, lossPct: 0, seed: context.seed };
  await using lab = await startTunLab(orders, context);
  const { place } = lab.client;
  await using receiver = await startReceiver(messageB, context, {
    host: lab.server.address,
    place: lab.server.place,
  });
  await using sender = await startSender({ to: receiver.endpoint, connections, messageB, place }, context);
  const play = async (schedule: Schedule): Promise<readonly Arrival[]> =>
    (await Promise.all([receiver.messages(connections * schedule.perConnection), sender.play(schedule)]))[0];
  for (const schedule of warmUp(cell)) await play(schedule);
  await lab.loseInKernel(lossPct);
  const before = await lab.usage();
  const arrivals = await play(scheduleOf(cell));
  const after = await lab.usage();
  const cpuShare = (after.cpuMs - before.cpuMs) / (after.wallMs - before.wallMs);
  return { ...sideOf(arrivals), cpuShare, retransmitted: await lab.retransmitted() };
}

async function overEmbedded(cell: Cell, context: PartContext): Promise<Side> {
  const { rttMs, lossPct, connections } = cell;
  await using receiver = await startReceiver(messageB, context);
  const profile = lossPct === 0 ? profileOf(rttMs / 2) : lossyProfile(rttMs / 2, { model: 'bernoulli', lossPct });
  await using link = await startBedLink('embedded', { profile, upstream: receiver.endpoint, taps: false }, context);
  await using sender = await startSender({ to: link.endpoint, connections, messageB }, context);
  const play = async (schedule: Schedule): Promise<readonly Arrival[]> =>
    (await Promise.all([receiver.messages(connections * schedule.perConnection), sender.play(schedule)]))[0];
  for (const schedule of warmUp(cell)) await play(schedule);
  const [cpu, beganMs] = [process.cpuUsage(), performance.now()];
  const arrivals = await play(scheduleOf(cell));
  const { user, system } = process.cpuUsage(cpu);
  return { ...sideOf(arrivals), cpuShare: (user + system) / 1000 / (performance.now() - beganMs) };
}

function scheduleOf({ rttMs, pace, perConnection }: Cell): Schedule {
  return { perConnection, everyMs: pace === 'sparse' ? 3 * rttMs : rttMs / 20 };
}

/** So that round trips are known, and a dense sender's window is open. */
function warmUp({ rttMs, pace }: Cell): readonly Schedule[] {
  const first = { perConnection: warmUpRoundTrips, everyMs: rttMs };
  return pace === 'sparse' ? [first] : [first, { perConnection: 5 * 20, everyMs: rttMs / 20 }];
}

const latency = (it: Arrival): number => it.arrivedMs - it.intendedMs;

function sideOf(arrivals: readonly Arrival[]): Pick<Side, 'latenciesMs' | 'connectionMeansMs'> {
  const byConnection = Map.groupBy(arrivals, (it) => it.connection);
  return {
    latenciesMs: arrivals.map(latency),
    connectionMeansMs: [...byConnection.values()].map((its) => mean(its.map(latency))),
  };
}

/** Mean, median and p99, in milliseconds. */
export function threeFigures({ latenciesMs }: Side): readonly string[] {
  return [mean(latenciesMs), percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99)].map((it) => it.toFixed(1));
}
