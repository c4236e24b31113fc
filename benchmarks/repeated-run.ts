// A recorded run as if it had met more targets: its history again and again, each time with names of its own.
import type { HistoryEvent } from '../src/history/event.ts';

/** What a repetition adds to every name that must not be taken for another's. */
const suffix = (copy: number): string => (copy === 0 ? '' : ` (repeated ${copy})`);

/**
 * The history of a run over `wanted` targets, made from one over fewer: the first ones are as they were recorded, the
 * others are the same ones once more, one repetition behind the other in time.
 */
export function repeatedRun(events: readonly HistoryEvent[], wanted: number): readonly HistoryEvent[] {
  const names = events.flatMap((it) => (it.kind === 'target' ? [it.target] : []));
  const last = events.at(-1);
  const first = events.find((it) => it.kind === 'run');
  if (first === undefined || last?.kind !== 'end' || names.length === 0) throw new Error('no whole run to repeat');
  const body = events.filter((it) => it.kind !== 'run' && it.kind !== 'end');
  const whole: HistoryEvent[] = [first];
  for (let copy = 0; copy * names.length < wanted; copy++) {
    const kept = new Set(names.slice(0, wanted - copy * names.length));
    const copied = copyOf(body, kept, copy);
    for (const event of copied) whole.push({ ...event, seq: whole.length + 1, tMs: event.tMs + copy * last.tMs });
  }
  const repetitions = Math.ceil(wanted / names.length);
  return [...whole, { ...last, seq: whole.length + 1, tMs: last.tMs * repetitions }];
}

function copyOf(body: readonly HistoryEvent[], kept: ReadonlySet<string>, copy: number): readonly HistoryEvent[] {
  const dropped = new Set(
    body.flatMap((it) =>
      it.kind === 'opened' && it.target !== undefined && !kept.has(it.target) ? [it.connection] : [],
    ),
  );
  return body.flatMap((event) => {
    if ('target' in event && event.target !== undefined && !kept.has(event.target)) return [];
    if ('connection' in event && event.connection !== undefined && dropped.has(event.connection)) return [];
    return [renamed(event, suffix(copy))];
  });
}

/** Names of targets, of the parts that play them, and of connections. */
function renamed<E extends HistoryEvent>(event: E, more: string): E {
  const own = { ...event } as Record<string, unknown>;
  for (const key of ['target', 'server', 'part', 'connection']) if (typeof own[key] === 'string') own[key] += more;
  return own as unknown as E;
}
