// A fleet over several processes: starts them, adds up what they say, and tells honestly what became of each.
import type { FieldbenchError } from '../error.ts';
import type { EventDraft } from '../history/event.ts';
import { pause, zeroNsOf } from '../net/clock.ts';
import type { PartContext } from '../parts/part.ts';
import type { FleetPlan } from './fleet-plan.ts';
import { FleetRules, watchOf, type FleetRulesOptions } from './fleet-rules.ts';
import { FleetTotals } from './fleet-totals.ts';
import { markOf } from './report-mark.ts';
import { ShardChild } from './shard-child.ts';
import { shardSchema } from './shard.ts';

/** How a fleet is run. */
export interface FleetRunOptions {
  /** Stands in payloads; two runs on one broker must differ. */
  readonly run: number;
  /** Most connections that each process makes at once; default 256. */
  readonly connectWindow?: number;
  /** Default 1,000. */
  readonly reportEveryMs?: number;
  /** Rules judge every packet, where this is there. */
  readonly rules?: FleetRulesOptions;
}

/** Between two looks at whether something has come about. */
const LOOK_MS = 50;

/** A fleet that runs; disposing stops it. */
export class RunningFleet implements AsyncDisposable {
  readonly plan: FleetPlan;
  readonly totals = new FleetTotals();
  /** What could not be seen, in sentences: each is a gap in the history too. */
  readonly gaps: string[] = [];
  readonly #context: PartContext;
  readonly #shards: readonly ShardChild[];
  readonly #rules: FleetRules | undefined;
  #failed: FieldbenchError | undefined;
  /** When the last planned message is due, at the latest. */
  #untilMs = -Infinity;
  #stopped: Promise<void> | undefined;

  constructor(plan: FleetPlan, options: FleetRunOptions, context: PartContext) {
    this.plan = plan;
    this.#context = context;
    const zeroNs = String(zeroNsOf(context.clock));
    const { run, connectWindow = 256, reportEveryMs = 1000, rules } = options;
    const orders = plan.shards.map((slices, shard) => {
      const watch = rules && { watch: watchOf(slices, rules) };
      return shardSchema.parse({
        shard,
        seed: context.seed,
        run,
        zeroNs,
        slices,
        connectWindow,
        reportEveryMs,
        ...watch,
      });
    });
    this.#rules = rules && new FleetRules(orders, rules, context, (shard, order) => this.#shards[shard]?.tell(order));
    this.#shards = orders.map((order) => {
      const { shard } = order;
      this.#note(shard, 'starting');
      return new ShardChild(order, context, {
        judged: (answer) => this.#rules?.hear(shard, answer),
        report: (report) => {
          this.totals.add(report);
          context.history.record(markOf(report));
        },
        failed: (error) => (this.#failed ??= error),
        died: (how) => this.#died(shard, how),
      });
    });
  }

  /** Process numbers of the shards that run. */
  get pids(): readonly number[] {
    return this.#shards.flatMap(({ isGone, pid }) => (isGone || pid === undefined ? [] : [pid]));
  }

  /** Devices whose process still runs. */
  get devices(): number {
    return this.#shards.reduce((sum, { isGone, devices }) => sum + (isGone ? 0 : devices), 0);
  }

  /**
   * Waits until every device that still can be is online, at most so long. Gives how many are.
   * @throws FieldbenchError what a shard cannot be run for, e.g. `FB_FLEET_TEMPLATE`
   */
  async online(withinMs: number): Promise<number> {
    await this.#until(withinMs, () => this.totals.online + this.totals.counts.refusedForGood >= this.devices);
    return this.totals.online;
  }

  /** Every shard publishes what is planned for it, from now on for so long. */
  publish(durationMs: number): void {
    const fromMs = this.#context.clock.nowMs();
    const untilMs = fromMs + durationMs;
    this.#untilMs = untilMs;
    for (const it of this.#shards) it.tell({ kind: 'publish', fromMs, untilMs });
  }

  /**
   * Waits until everything planned was due and nothing is queued or in flight, at most so long. Gives whether that came
   * about.
   */
  async settled(withinMs: number): Promise<boolean> {
    const { clock } = this.#context;
    return this.#until(withinMs, () => this.totals.unfinished === 0 && clock.nowMs() > this.#untilMs);
  }

  /** Plans nothing more. */
  hush(): void {
    this.#untilMs = -Infinity;
    for (const it of this.#shards) it.tell({ kind: 'hush' });
  }

  /** DISCONNECT for every device, and the last reports. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#end());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Tells the rules what became of a broker or another part; of their own shards they know. */
  heard(event: EventDraft): void {
    this.#rules?.heard(event);
  }

  async #end(): Promise<void> {
    await this.#rules?.finish();
    await Promise.all(this.#shards.map((it) => it.stop()));
    for (const { shard, hasDied } of this.#shards) if (!hasDied) this.#note(shard, 'stopped');
  }

  /** Looks at reports that were asked for behind the last look, so that nothing old decides. */
  async #until(withinMs: number, isSo: () => boolean): Promise<boolean> {
    const { clock, signal } = this.#context;
    const endMs = clock.nowMs() + withinMs;
    for (;;) {
      await this.#heard(endMs);
      if (this.#failed) throw this.#failed;
      if (isSo()) return true;
      if (clock.nowMs() >= endMs) return false;
      await pause(clock, LOOK_MS, signal);
    }
  }

  /** Asks every shard for a report, and waits for one of each that answers. */
  async #heard(endMs: number): Promise<void> {
    const { clock, signal } = this.#context;
    const before = new Map(this.totals.reports.map(({ shard, ordinal }) => [shard, ordinal]));
    for (const it of this.#shards) it.tell({ kind: 'report' });
    const isHeard = ({ shard, isGone }: ShardChild): boolean =>
      isGone || this.totals.reports.some((it) => it.shard === shard && it.ordinal > (before.get(shard) ?? 0));
    while (!this.#shards.every(isHeard) && !this.#failed && clock.nowMs() < endMs) await pause(clock, 5, signal);
  }

  #died(shard: number, how: string): void {
    const last = this.totals.reports.find((it) => it.shard === shard);
    this.totals.lose(shard);
    this.#rules?.lose(shard);
    const devices = this.#shards[shard]?.devices ?? 0;
    const nowMs = this.#context.clock.nowMs();
    const unseen =
      last === undefined
        ? 'nothing is known of them'
        : `the last ${Math.round(nowMs - last.atMs)} ms of them are unknown, and nothing followed`;
    const why = `shard ${shard} of the fleet ended (${how}) with ${devices} devices: ${unseen}`;
    this.gaps.push(why);
    this.#note(shard, 'exited', how);
    this.#context.history.record({ kind: 'gap', why });
  }

  #note(shard: number, state: 'starting' | 'stopped' | 'exited', detail?: string): void {
    const part = `shard ${shard} of the fleet`;
    this.#context.history.record({
      kind: 'part',
      part,
      role: 'device',
      state,
      ...(detail !== undefined && { detail }),
    });
  }
}
