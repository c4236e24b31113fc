// What all shards of a fleet said, added up: the newest counts of each, and every time that any of them measured.
import { sumOf, type Counts } from './counts.ts';
import type { ShardReport } from './shard-messages.ts';
import { Times } from './times.ts';

/** A fleet in one place. */
export class FleetTotals {
  readonly times = new Times();
  readonly #last = new Map<number, ShardReport>();
  #loopDelayMaxMs = 0;

  /** Takes a report in. */
  add(report: ShardReport): void {
    this.#last.set(report.shard, report);
    this.times.add(report.times);
    this.#loopDelayMaxMs = Math.max(this.#loopDelayMaxMs, report.loopDelayMaxMs);
  }

  /** The devices of a shard are no longer there. */
  lose(shard: number): void {
    const last = this.#last.get(shard);
    if (last) this.#last.set(shard, { ...last, online: 0, heldBack: 0, unfinished: 0 });
  }

  /** The newest report of each shard. */
  get reports(): readonly ShardReport[] {
    return [...this.#last.values()];
  }

  get counts(): Counts {
    return sumOf(this.reports.map((it) => it.counts));
  }

  /** Failures by what they were. */
  get failures(): ReadonlyMap<string, number> {
    const all = new Map<string, number>();
    for (const { failures } of this.reports) {
      for (const [what, count] of Object.entries(failures)) all.set(what, (all.get(what) ?? 0) + count);
    }
    return all;
  }

  get online(): number {
    return this.#sum((it) => it.online);
  }

  get unfinished(): number {
    return this.#sum((it) => it.unfinished);
  }

  /** Of all processes, since their beginning. */
  get cpuMs(): number {
    return this.#sum((it) => it.cpuMs);
  }

  get rssB(): number {
    return this.#sum((it) => it.rssB);
  }

  /** The longest that any process was late for anything. */
  get loopDelayMaxMs(): number {
    return this.#loopDelayMaxMs;
  }

  #sum(of: (report: ShardReport) => number): number {
    return this.reports.reduce((sum, it) => sum + of(it), 0);
  }
}
