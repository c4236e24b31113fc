// What a shard has to say each second: counts, times, and what the process itself cost and how late it was.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../net/clock.ts';
import type { Fleet } from './fleet.ts';
import type { ShardReport } from './shard-messages.ts';

/** How often the event loop is sampled; Node's figures include this interval. */
const SAMPLING_MS = 20;

/** Makes the reports of one fleet, one after another. */
export class ShardReporter {
  readonly #fleet: Fleet;
  readonly #shard: number;
  readonly #clock: Clock;
  readonly #loop = monitorEventLoopDelay({ resolution: SAMPLING_MS });
  #ordinal = 0;

  constructor(fleet: Fleet, shard: number, clock: Clock) {
    this.#fleet = fleet;
    this.#shard = shard;
    this.#clock = clock;
    this.#loop.enable();
  }

  /** The next report; what it says of times and lateness is since the one before. */
  next(isLast = false): ShardReport {
    const { tally, devices, online, heldBack } = this.#fleet;
    const { user, system } = process.cpuUsage();
    const report: ShardReport = {
      kind: 'report',
      shard: this.#shard,
      ordinal: (this.#ordinal += 1),
      atMs: this.#clock.nowMs(),
      isLast,
      devices,
      online,
      heldBack,
      unfinished: tally.unfinished,
      counts: { ...tally.counts },
      failures: Object.fromEntries(tally.failures),
      times: tally.times.take() as ShardReport['times'],
      loopDelayP99Ms: delayMs(this.#loop.percentile(99), this.#loop.count),
      loopDelayMaxMs: delayMs(this.#loop.max, this.#loop.count),
      cpuMs: (user + system) / 1000,
      rssB: process.memoryUsage.rss(),
    };
    this.#loop.reset();
    return report;
  }

  stop(): void {
    this.#loop.disable();
  }
}

function delayMs(intervalNs: number, samples: number): number {
  return samples === 0 ? 0 : Math.max(0, Math.round(intervalNs / 1e4 - SAMPLING_MS * 100) / 100);
}
