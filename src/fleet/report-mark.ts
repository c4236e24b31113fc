// A shard's report as an event of the history, and back: whoever has the journal has all that the fleet measured.
import type { EventDraft, Marked } from '../history/event.ts';
import { countNames, noCounts } from './counts.ts';
import type { ShardReport } from './shard-messages.ts';
import { timeNames, type TimeName } from './times.ts';

/** Name of the marks that hold reports. */
const reportMark = 'fleet-report';
const failurePrefix = 'failed: ';

/** The report as a mark: numbers by name, histograms as text. */
export function markOf(report: ShardReport): EventDraft {
  const { counts, times, failures, shard, ordinal, atMs, isLast, devices, online, heldBack, unfinished } = report;
  const { loopDelayP99Ms, loopDelayMaxMs, cpuMs, rssB } = report;
  const data = {
    shard,
    ordinal,
    atMs,
    isLast,
    devices,
    online,
    heldBack,
    unfinished,
    loopDelayP99Ms,
    loopDelayMaxMs,
    cpuMs,
    rssB,
    ...counts,
    ...Object.fromEntries(timeNames.map((name) => [name, times[name].join(' ')])),
    ...Object.fromEntries(Object.entries(failures).map(([what, count]) => [failurePrefix + what, count])),
  };
  return { kind: 'mark', name: reportMark, data };
}

/** The report that a mark holds; nothing where it holds none. */
export function reportOf({ name, data = {} }: Pick<Marked, 'name' | 'data'>): ShardReport | undefined {
  if (name !== reportMark) return undefined;
  const figure = (key: string): number => Number(data[key] ?? 0);
  const counts = noCounts();
  for (const it of countNames) counts[it] = figure(it);
  const times = Object.fromEntries(timeNames.map((it) => [it, numbersOf(data[it])])) as Record<TimeName, number[]>;
  const failures = Object.fromEntries(
    Object.entries(data).flatMap(([key, count]) =>
      key.startsWith(failurePrefix) ? [[key.slice(failurePrefix.length), Number(count)]] : [],
    ),
  );
  return {
    kind: 'report',
    shard: figure('shard'),
    ordinal: figure('ordinal'),
    atMs: figure('atMs'),
    isLast: data['isLast'] === true,
    devices: figure('devices'),
    online: figure('online'),
    heldBack: figure('heldBack'),
    unfinished: figure('unfinished'),
    counts,
    failures,
    times,
    loopDelayP99Ms: figure('loopDelayP99Ms'),
    loopDelayMaxMs: figure('loopDelayMaxMs'),
    cpuMs: figure('cpuMs'),
    rssB: figure('rssB'),
  };
}

function numbersOf(text: unknown): number[] {
  return typeof text === 'string' && text !== '' ? text.split(' ').map(Number) : [];
}
