// The child that is a shard: as many devices as one process may have sockets, alive only as long as the bench is.
import { FieldbenchError } from '../error.ts';
import { sharedClock, type Clock } from '../net/clock.ts';
import { Fleet } from './fleet.ts';
import type { Shard } from './shard.ts';
import type { ShardAnswer, ShardOrder } from './shard-messages.ts';
import { ShardReporter } from './shard-reporter.ts';
import { ShardWatch } from './shard-watch.ts';

/** How often the bench is told what was seen: rules that need every party run so much behind. */
const FLUSH_MS = 100;

/** One fleet, its clock, and its reports on their way to the bench. */
class ShardProcess {
  readonly #clock: Clock;
  readonly #fleet: Fleet;
  readonly #reporter: ShardReporter;
  readonly #reportEveryMs: number;
  readonly #watch: ShardWatch | undefined;
  #hasLeft = false;
  #isStopping = false;
  #wasWhole = false;

  constructor(shard: Shard) {
    this.#clock = sharedClock(BigInt(shard.zeroNs));
    const { watch } = shard;
    this.#watch = watch && new ShardWatch({ ...shard, watch }, say);
    const hooks = this.#watch ? { watch: this.#watch } : {};
    this.#fleet = new Fleet(shard, { clock: this.#clock, pid: process.pid, hooks });
    this.#reporter = new ShardReporter(this.#fleet, shard.shard, this.#clock);
    this.#reportEveryMs = shard.reportEveryMs;
    this.#fleet.connect();
    this.#reportLater();
    this.#flushLater();
  }

  publish(fromMs: number, untilMs: number): void {
    this.#fleet.publish(fromMs, untilMs);
  }

  hush(): void {
    this.#fleet.stopPublishing();
  }

  report(): void {
    if (!this.#isStopping) say(this.#reporter.next());
  }

  /** DISCONNECT for all; the process stays, for its rules to be told the rest. */
  async leave(): Promise<void> {
    await this.#fleet.stop();
    this.#hasLeft = true;
    this.#watch?.flush(this.#clock.nowMs(), true);
  }

  told(order: Extract<ShardOrder, { kind: 'told' }>): void {
    this.#watch?.told(order);
  }

  show(order: Extract<ShardOrder, { kind: 'show' }>): void {
    this.#watch?.show(order);
  }

  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    await this.#fleet.stop();
    this.#reporter.stop();
    process.send?.(this.#reporter.next(true), undefined, undefined, () => process.exit(0));
  }

  #reportLater(): void {
    // The moment when all are online is told at once: whoever waits for it loses no second.
    this.#clock.after(this.#wasWhole ? this.#reportEveryMs : Math.min(this.#reportEveryMs, 50), () => {
      if (this.#isStopping) return;
      this.#tick();
      this.#reportLater();
    });
  }

  #flushLater(): void {
    if (!this.#watch) return;
    this.#clock.after(FLUSH_MS, () => {
      if (this.#isStopping || this.#hasLeft) return;
      this.#watch?.flush(this.#clock.nowMs());
      this.#flushLater();
    });
  }

  #lastMs = 0;

  #tick(): void {
    const nowMs = this.#clock.nowMs();
    const isWhole = this.#fleet.online === this.#fleet.devices;
    if (nowMs - this.#lastMs < this.#reportEveryMs && !(isWhole && !this.#wasWhole)) return;
    this.#wasWhole ||= isWhole;
    this.#lastMs = nowMs;
    this.report();
  }
}

function say(answer: ShardAnswer): void {
  process.send?.(answer);
}

// The channel breaks when the bench is gone, kill -9 included: nothing may outlive it.
process.once('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);

let running: ShardProcess | undefined;

// Orders were checked where they were given: the schemas alone would cost more memory than a thousand devices.
process.on('message', (order: ShardOrder) => {
  switch (order.kind) {
    case 'begin':
      running = begun(order.shard);
      break;
    case 'publish':
      running?.publish(order.fromMs, order.untilMs);
      break;
    case 'hush':
      running?.hush();
      break;
    case 'report':
      running?.report();
      break;
    case 'leave':
      void running?.leave();
      break;
    case 'told':
      running?.told(order);
      break;
    case 'show':
      running?.show(order);
      break;
    case 'stop':
      if (running) void running.stop();
      else process.exit(0);
  }
});

function begun(shard: Shard): ShardProcess | undefined {
  try {
    return new ShardProcess(shard);
  } catch (error) {
    if (!(error instanceof FieldbenchError)) throw error;
    const { code, message, expected, actual, hint } = error;
    say({ kind: 'failed', code, message, expected, actual, hint });
    return undefined;
  }
}
