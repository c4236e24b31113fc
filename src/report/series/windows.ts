// When something stood in the way: links that did not carry, parts that did not run, and the phases of the timeline.
import type { HistoryEvent, LinkChanged, PartChanged } from '../../history/event.ts';
import { hasEnded } from '../../history/part-state.ts';
import { isEndOfPlay } from './time-axis.ts';

/** A stretch of time. */
export interface FaultWindow {
  readonly kind: 'link' | 'part' | 'phase';
  /** Of a link without the parts behind it: `radio` stands for `radio/level` and `radio/valve`. */
  readonly name: string;
  /** `cut`, `killed`; empty for a phase. */
  readonly state: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** It lasted until the run ended. */
  readonly isOpen: boolean;
  /** How many links of that name. */
  readonly members: number;
}

/** Windows in the order of their beginning. */
export interface FaultWindows {
  readonly shown: readonly FaultWindow[];
  /** How many shorter ones there are. */
  readonly left: number;
}

/** More cannot be told apart in a picture; the longest are shown. */
const mostWindows = 40;

/** All windows of a history that ended at `endMs`. */
export function windowsOf(events: readonly HistoryEvent[], endMs: number): FaultWindows {
  const single = new SingleWindows(endMs);
  for (const event of events) single.step(event);
  const all = merged(single.close()).toSorted((a, b) => a.fromMs - b.fromMs);
  if (all.length <= mostWindows) return { shown: all, left: 0 };
  const longest = new Set(all.toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs)).slice(0, mostWindows));
  return { shown: all.filter((it) => longest.has(it)), left: all.length - longest.size };
}

/** The name of a link of the scenario, without the part whose own it is. */
export function linkName(link: string): string {
  return link.split('/')[0] ?? link;
}

type Open = Pick<FaultWindow, 'kind' | 'name' | 'state' | 'fromMs'>;

class SingleWindows {
  readonly #open = new Map<string, Open>();
  readonly #closed: FaultWindow[] = [];
  readonly #endMs: number;
  #overMs = Infinity;

  constructor(endMs: number) {
    this.#endMs = endMs;
  }

  step(event: HistoryEvent): void {
    if (event.kind === 'link') this.#link(event);
    else if (event.kind === 'part') this.#part(event);
    else if (event.kind === 'mark' && event.name === 'phase') {
      this.#change('phase', event.tMs, { kind: 'phase', name: String(event.data?.['phase'] ?? ''), state: '' });
    } else if (isEndOfPlay(event)) this.#overMs = Math.min(this.#overMs, event.tMs);
  }

  /** What the bench took down when all was over is no fault; a phase ends with the timeline. */
  close(): readonly FaultWindow[] {
    for (const open of this.#open.values()) {
      if (open.kind === 'part' && open.fromMs >= this.#overMs) continue;
      const isPhase = open.kind === 'phase';
      this.#push(open, isPhase ? Math.min(this.#overMs, this.#endMs) : this.#endMs, !isPhase);
    }
    return this.#closed;
  }

  #link({ link, state, tMs }: LinkChanged): void {
    const next = state === 'up' ? undefined : { kind: 'link' as const, name: linkName(link), state };
    this.#change(`link ${link}`, tMs, next);
  }

  #part({ part, state, tMs }: PartChanged): void {
    const key = `part ${part}`;
    const open = this.#open.get(key);
    if (hasEnded(state) || state === 'stopping' || state === 'paused') {
      const next = { kind: 'part' as const, name: part, state };
      // What was stopping has stopped: one window.
      if (open?.state === 'stopping') this.#open.set(key, { ...next, fromMs: open.fromMs });
      else this.#change(key, tMs, next);
    } else if (state !== 'starting') {
      this.#change(key, tMs, undefined);
    }
  }

  #change(key: string, tMs: number, next: Omit<Open, 'fromMs'> | undefined): void {
    const open = this.#open.get(key);
    if (open !== undefined && next !== undefined && open.name === next.name && open.state === next.state) return;
    if (open !== undefined) this.#push(open, tMs, false);
    if (next === undefined) this.#open.delete(key);
    else this.#open.set(key, { ...next, fromMs: tMs });
  }

  #push(open: Open, toMs: number, isOpen: boolean): void {
    this.#closed.push({ ...open, toMs: Math.max(open.fromMs, toMs), isOpen, members: 1 });
  }
}

/** Links of one name that stand still together are one window. */
function merged(windows: readonly FaultWindow[]): readonly FaultWindow[] {
  const groups = Map.groupBy(windows, (it) => [it.kind, it.state, it.name].join('\n'));
  return [...groups.values()].flatMap((group) => {
    if (group[0]?.kind !== 'link') return group;
    const joined: FaultWindow[] = [];
    for (const it of group.toSorted((a, b) => a.fromMs - b.fromMs)) {
      const last = joined.at(-1);
      if (last === undefined || it.fromMs > last.toMs) joined.push(it);
      else joined[joined.length - 1] = together(last, it);
    }
    return joined;
  });
}

function together(a: FaultWindow, b: FaultWindow): FaultWindow {
  return { ...a, toMs: Math.max(a.toMs, b.toMs), isOpen: a.isOpen || b.isOpen, members: a.members + b.members };
}
