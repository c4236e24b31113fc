// What all shards saw, in one order: by time, as far as every shard has told.
import { RecordReader, type SeenRecord } from './seen-records.ts';

/** A record and where it comes from. */
export interface MergedRecord {
  readonly shard: number;
  /** Ordinal among the records of its shard, from 1. */
  readonly ordinal: number;
  readonly record: SeenRecord;
}

/** What one shard has told and nobody has taken yet. */
class Queue {
  readonly #batches: RecordReader[] = [];
  #head: SeenRecord | undefined;
  #ordinal = 0;
  untilMs = -Infinity;

  add(records: Uint8Array): void {
    this.#batches.push(new RecordReader(records));
  }

  /** The next record, which stays. */
  peek(): SeenRecord | undefined {
    while (this.#head === undefined && this.#batches.length > 0) {
      this.#head = this.#batches[0]?.next();
      if (this.#head === undefined) this.#batches.shift();
      else this.#ordinal += 1;
    }
    return this.#head;
  }

  take(): number {
    this.#head = undefined;
    return this.#ordinal;
  }
}

/** Merges what shards tell. */
export class SeenMerge {
  readonly #queues: readonly Queue[];

  constructor(shards: number) {
    this.#queues = Array.from({ length: shards }, () => new Queue());
  }

  /** Records of a shard, in the order of their times. */
  add(shard: number, records: Uint8Array): void {
    this.#queues[shard]?.add(records);
  }

  /** Whatever a shard still has to tell is later than this; Infinity: it has nothing more to tell. */
  reach(shard: number, untilMs: number): void {
    const queue = this.#queues[shard];
    if (queue) queue.untilMs = untilMs;
  }

  /** Up to when everything is known. */
  get horizonMs(): number {
    return Math.min(...this.#queues.map((it) => it.untilMs));
  }

  /** Everything up to the horizon, by time; of one time, by shard. */
  *take(untilMs = this.horizonMs): Generator<MergedRecord> {
    for (;;) {
      let shard = -1;
      let first: SeenRecord | undefined;
      for (const [at, queue] of this.#queues.entries()) {
        const head = queue.peek();
        if (head === undefined || head.tMs > untilMs || (first !== undefined && head.tMs >= first.tMs)) continue;
        first = head;
        shard = at;
      }
      const ordinal = this.#queues[shard]?.take();
      if (first === undefined || ordinal === undefined) return;
      yield { shard, ordinal, record: first };
    }
  }
}
