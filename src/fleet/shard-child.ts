// One shard as a process of its own: started, told, heard, and, when it dies, missed.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FieldbenchError } from '../error.ts';
import type { PartContext } from '../parts/part.ts';
import { launchProcess, type LocalProcess } from '../parts/brokers/local-process.ts';
import { deviceCount, type Shard } from './shard.ts';
import { shardFlags } from './shard-flags.ts';
import {
  shardAnswerSchema,
  shardOrderSchema,
  type ShardAnswer,
  type ShardOrder,
  type ShardReport,
} from './shard-messages.ts';

/** Beside this file, with its ending: `.ts` from the source, `.js` from the package. */
const program = fileURLToPath(new URL(`shard-process${extname(import.meta.url)}`, import.meta.url));

/** How long a shard may take to say goodbye for all its devices. */
const LAST_REPORT_MS = 10_000;

/** What a shard has to tell. */
export interface ShardEvents {
  report(report: ShardReport): void;
  /** What its rules saw and found. */
  judged(answer: Exclude<ShardAnswer, { kind: 'report' | 'failed' }>): void;
  /** It cannot be: what it was told makes no sense. */
  failed(error: FieldbenchError): void;
  /** It ended and nobody asked it to; `how` is its exit code or signal, and its last words. */
  died(how: string): void;
}

/** A running shard. */
export class ShardChild {
  readonly shard: number;
  readonly devices: number;
  readonly pid: number | undefined;
  readonly #process: LocalProcess;
  readonly #context: PartContext;
  readonly #events: ShardEvents;
  readonly #lastReport = Promise.withResolvers<void>();
  #isAsked = false;
  #isGone = false;
  #hasDied = false;

  constructor(shard: Shard, context: PartContext, events: ShardEvents) {
    this.shard = shard.shard;
    this.devices = deviceCount(shard);
    this.#context = context;
    this.#events = events;
    const what = `shard ${shard.shard} of the fleet`;
    this.#process = launchProcess(
      { command: process.execPath, args: [...shardFlags, program], what, ipc: 'advanced' },
      context,
    );
    this.pid = this.#process.child.pid;
    this.#process.child.on('message', (message) => this.#hear(message));
    void this.#process.gone.then((how) => this.#ended(how));
    this.tell({ kind: 'begin', shard });
  }

  /** It ended, and nobody had asked it to. */
  get hasDied(): boolean {
    return this.#hasDied;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Gives an order; to one that is gone it does nothing. */
  tell(order: ShardOrder): void {
    // Where it is gone already, its end says so.
    if (!this.#isGone) this.#process.child.send(shardOrderSchema.parse(order), () => undefined);
  }

  /** Lets it say goodbye, and waits until it is gone; what does not go is killed. */
  async stop(): Promise<void> {
    this.#isAsked = true;
    this.tell({ kind: 'stop' });
    const cancel = this.#context.clock.after(LAST_REPORT_MS, () => this.#lastReport.resolve());
    await this.#lastReport.promise;
    cancel();
    await this.#process.stop();
  }

  #hear(message: unknown): void {
    const { data: answer, error } = shardAnswerSchema.safeParse(message);
    if (error) {
      this.#events.failed(unreadable(this.shard, error.message));
      return;
    }
    if (answer.kind === 'failed') {
      const { code, message: text, expected, actual, hint } = answer;
      this.#events.failed(new FieldbenchError(withoutGaps({ code, message: text, expected, actual, hint })));
      return;
    }
    if (answer.kind !== 'report') {
      this.#events.judged(answer);
      return;
    }
    this.#events.report(answer);
    if (answer.isLast) this.#lastReport.resolve();
  }

  #ended(how: string): void {
    this.#isGone = true;
    this.#lastReport.resolve();
    const words = this.#process.lastWords().trim();
    this.#hasDied = !this.#isAsked && !this.#context.signal.aborted;
    if (this.#hasDied) this.#events.died(words === '' ? how : `${how}: ${words}`);
  }
}

function unreadable(shard: number, actual: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_FLEET_SHARD',
    message: `shard ${shard} of the fleet said what cannot be read`,
    expected: 'a report',
    actual,
    hint: 'this is a mistake in fieldbench',
  });
}

function withoutGaps<T extends object>(details: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(details).filter(([, it]) => it !== undefined)) as never;
}
