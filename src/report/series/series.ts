// A scenario's run as figures over time, on one axis: who was online, what was meant and arrived, how late, what it took.
import type { HistoryEvent } from '../../history/event.ts';
import { Connections } from './connections.ts';
import { LinkSums, sizeOf } from './link-bytes.ts';
import type { LinkBytes } from './link-bytes.ts';
import { Messages, tellingParts } from './messages.ts';
import type { MeantMessage } from './messages.ts';
import { endOf, intervalAt, timeAxis } from './time-axis.ts';
import type { TimeAxis } from './time-axis.ts';
import { windowsOf } from './windows.ts';
import type { FaultWindows } from './windows.ts';

/** What one interval of the axis holds. */
export interface Interval {
  readonly fromMs: number;
  /** The fewest devices that were online at any moment of it. */
  readonly online: number;
  /** Messages that were meant to be published in it. */
  readonly intended: number;
  /** Messages whose first copy arrived at a receiver in it. */
  readonly delivered: number;
  /** Of the messages meant in it, from then until they arrived; absent where none did. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly reconnects: number;
  /** MQTT bytes seen at the links' ends towards clients and towards servers, and where there is no link. */
  readonly clientEndB: number;
  readonly serverEndB: number;
  readonly wireB: number;
}

/** What the whole run comes to. */
export interface SeriesTotals {
  /** Share of their time that devices were online, of the time of the timeline; absent without devices. */
  readonly onlineShare?: number;
  readonly intended: number;
  readonly delivered: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly reconnects: number;
}

/** All series of one run. */
export interface Series {
  readonly axis: TimeAxis;
  readonly endMs: number;
  /** How many devices there are to be online. */
  readonly devices: number;
  readonly intervals: readonly Interval[];
  readonly windows: FaultWindows;
  readonly links: readonly LinkBytes[];
  readonly totals: SeriesTotals;
}

/** The series of a history, complete or not. */
export function seriesOf(events: readonly HistoryEvent[]): Series {
  const endMs = endOf(events);
  const axis = timeAxis(endMs);
  const connections = new Connections();
  const messages = new Messages(tellingParts(events), (id) => connections.of(id)?.client);
  const links = new LinkSums((id) => connections.of(id)?.link);
  const bytes = { clientEnd: zeros(axis), serverEnd: zeros(axis), wire: zeros(axis) };
  for (const event of events) {
    connections.step(event);
    messages.step(event);
    links.step(event);
    if (event.kind === 'packet') add(bytes[event.seenAt], intervalAt(axis, event.tMs), sizeOf(event));
  }
  const online = lowestOnline(connections.changes, axis);
  const counted = countedMessages(messages.all, axis);
  const reconnects = zeros(axis);
  for (const tMs of connections.reconnectedMs) add(reconnects, intervalAt(axis, tMs), 1);
  return {
    axis,
    endMs,
    devices: connections.clients.size,
    windows: windowsOf(events, endMs),
    links: links.all(),
    totals: totalsOf(connections, messages.all, playedTime(events, endMs)),
    intervals: online.map((lowest, index) => ({
      fromMs: index * axis.stepMs,
      online: lowest,
      intended: counted.intended[index] ?? 0,
      delivered: counted.delivered[index] ?? 0,
      ...percentiles(counted.latenciesMs[index] ?? []),
      reconnects: reconnects[index] ?? 0,
      clientEndB: bytes.clientEnd[index] ?? 0,
      serverEndB: bytes.serverEnd[index] ?? 0,
      wireB: bytes.wire[index] ?? 0,
    })),
  };
}

const zeros = ({ count }: TimeAxis): number[] => Array.from({ length: count }, () => 0);

function add(to: number[], index: number, amount: number): void {
  to[index] = (to[index] ?? 0) + amount;
}

function lowestOnline(changes: Connections['changes'], axis: TimeAxis): readonly number[] {
  const lowest = Array.from({ length: axis.count }, () => Infinity);
  for (const [nth, { tMs, online }] of changes.entries()) {
    const until = changes[nth + 1]?.tMs ?? Infinity;
    const last = until === Infinity ? axis.count - 1 : intervalAt(axis, until);
    for (let it = intervalAt(axis, tMs); it <= last; it++) lowest[it] = Math.min(lowest[it] ?? Infinity, online);
  }
  return lowest;
}

interface Counted {
  readonly intended: number[];
  readonly delivered: number[];
  readonly latenciesMs: number[][];
}

function countedMessages(messages: readonly MeantMessage[], axis: TimeAxis): Counted {
  const counted = { intended: zeros(axis), delivered: zeros(axis), latenciesMs: zeros(axis).map((): number[] => []) };
  for (const { meantMs, arrivedMs } of messages) {
    const meantIn = intervalAt(axis, meantMs);
    add(counted.intended, meantIn, 1);
    const [first] = arrivedMs;
    if (first !== undefined) add(counted.delivered, intervalAt(axis, first), 1);
    for (const it of arrivedMs) counted.latenciesMs[meantIn]?.push(it - meantMs);
  }
  return counted;
}

function percentiles(latenciesMs: readonly number[]): { readonly p50Ms?: number; readonly p99Ms?: number } {
  if (latenciesMs.length === 0) return {};
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50Ms: rank(0.5), p99Ms: rank(0.99) };
}

/** From when everybody was online until publishing ended; of a run that did not come so far, what there was of it. */
function playedTime(
  events: readonly HistoryEvent[],
  endMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const stepAt = (step: string): number | undefined =>
    events.find((it) => it.kind === 'mark' && it.name === 'timeline' && it.data?.['step'] === step)?.tMs;
  return { fromMs: stepAt('everybody is online') ?? 0, toMs: stepAt('publishing ends') ?? endMs };
}

function totalsOf(
  { changes, clients, reconnectedMs }: Connections,
  messages: readonly MeantMessage[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): SeriesTotals {
  const onlineMs = changes.reduce((sum, { tMs, online }, nth) => {
    const until = Math.min(toMs, changes[nth + 1]?.tMs ?? toMs);
    return sum + online * Math.max(0, until - Math.max(fromMs, tMs));
  }, 0);
  const wholeMs = clients.size * (toMs - fromMs);
  return {
    ...(wholeMs > 0 && { onlineShare: onlineMs / wholeMs }),
    intended: messages.length,
    delivered: messages.filter((it) => it.arrivedMs.length > 0).length,
    ...percentiles(messages.flatMap(({ meantMs, arrivedMs }) => arrivedMs.map((it) => it - meantMs))),
    reconnects: reconnectedMs.length,
  };
}
