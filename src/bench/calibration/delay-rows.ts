// How much longer messages take over a link than it says: against a bare connection at the same time.
import type { PartContext } from '../../parts/part.ts';
import { linkedTraffic, profileOf } from './bed.ts';
import { signed, type CalibrationRow } from './row.ts';
import { percentile } from './statistics.ts';
import { startReceiver, startSender, type Arrival } from './traffic.ts';

/** The delays that are asked for, one way. */
export const delaysMs: readonly number[] = [0, 50, 300, 600];

const tolerance = { p50Ms: 0.5, p99Ms: 3 } as const;

/** What a wrong link adds. */
const plantedMs = 2;

const messageB = 100;
const connections = 5;
const schedule = { perConnection: 200, everyMs: 20 };

/** Latencies beyond what was asked for. */
export interface AddedDelay {
  readonly n: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the bare connection, for what the machine itself was like. */
  readonly bareP50Ms: number;
  readonly bareP99Ms: number;
}

/** What the link adds, where the bare connection's median is taken for what there is without it. */
export function addedDelay(linked: readonly number[], bare: readonly number[], askedMs: number): AddedDelay {
  const bareP50Ms = percentile(bare, 0.5);
  const added = (share: number): number => percentile(linked, share) - askedMs - bareP50Ms;
  return { n: linked.length, p50Ms: added(0.5), p99Ms: added(0.99), bareP50Ms, bareP99Ms: percentile(bare, 0.99) };
}

/** One row; of another backend than `embedded` nothing is promised. */
export async function delayRow(backend: string, askedMs: number, context: PartContext): Promise<CalibrationRow> {
  return delayRowOf(backend, askedMs, await measured(backend, askedMs, askedMs, context));
}

/** A link that is slower than it was told to be must be seen. */
export async function delayControl(askedMs: number, context: PartContext): Promise<CalibrationRow> {
  return delayControlOf(askedMs, await measured('embedded', askedMs, askedMs + plantedMs, context));
}

/** What was found, judged. */
export function delayRowOf(backend: string, askedMs: number, found: AddedDelay): CalibrationRow {
  const isPromised = backend === 'embedded';
  const isWithin = Math.abs(found.p50Ms) <= tolerance.p50Ms && found.p99Ms <= tolerance.p99Ms;
  return {
    id: `delay/${backend}/${askedMs}`,
    asked: `${backend}: ${askedMs} ms one way`,
    measured: inWords(found),
    tolerance: isPromised ? `p50 +/-${tolerance.p50Ms} ms, p99 +${tolerance.p99Ms} ms` : 'none promised',
    verdict: isPromised ? (isWithin ? 'ok' : 'off') : 'told',
    isControl: false,
    figures: { ...found },
  };
}

/** Flagged: beyond the tolerance, and by what was planted; a machine that is merely busy proves nothing. */
export function delayControlOf(askedMs: number, found: AddedDelay): CalibrationRow {
  const isFlagged = Math.abs(found.p50Ms) > tolerance.p50Ms && found.p50Ms >= plantedMs / 2;
  return {
    id: `control/delay/${askedMs}`,
    asked: `embedded: ${askedMs} ms one way, and +${plantedMs} ms planted`,
    measured: inWords(found),
    tolerance: `p50 beyond ${tolerance.p50Ms} ms`,
    verdict: isFlagged ? 'ok' : 'off',
    isControl: true,
    figures: { ...found },
  };
}

function inWords({ n, p50Ms, p99Ms, bareP99Ms, bareP50Ms }: AddedDelay): string {
  const bare = `p99 - p50 ${(bareP99Ms - bareP50Ms).toFixed(2)} ms`;
  return `p50 ${signed(p50Ms)} ms, p99 ${signed(p99Ms)} ms (n ${n}; bare: ${bare})`;
}

const latency = (it: Arrival): number => it.arrivedMs - it.sentMs;

/** Over the link and beside it, by the same schedule at the same time. */
async function measured(backend: string, askedMs: number, delayMs: number, context: PartContext): Promise<AddedDelay> {
  const profile = profileOf(delayMs);
  await using linked = await linkedTraffic({ backend, profile, connections, messageB }, context);
  await using receiver = await startReceiver(messageB, context);
  await using sender = await startSender({ to: receiver.endpoint, connections, messageB }, context);
  const count = connections * schedule.perConnection;
  const all = await Promise.all([
    linked.receiver.messages(count),
    receiver.messages(count),
    linked.sender.play(schedule),
    sender.play(schedule),
  ]);
  return addedDelay(all[0].map(latency), all[1].map(latency), askedMs);
}
