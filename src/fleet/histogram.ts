// Times of millions of messages in a few kilobytes: buckets that can be sent between processes and added up.

/** Bits of a value that are kept: each bucket is at most 1/64 of its value wide. */
const KEPT_BITS = 6;
const LINEAR = 1 << KEPT_BITS;
/** The highest value in microseconds, about 35 minutes; what is longer counts as this. */
const HIGHEST_US = 2 ** 31 - 1;
const BUCKETS = (31 - KEPT_BITS + 1) * LINEAR;

/** A histogram as plain data: index and count by turns, empty buckets left out. */
export type HistogramData = readonly number[];

/** Counts of times, with their distribution to 1.6 %; merging loses nothing. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;

  /** The same counts as `data`. */
  static of(data: HistogramData): Histogram {
    const histogram = new Histogram();
    histogram.add(data);
    return histogram;
  }

  /** How many times were recorded. */
  get count(): number {
    return this.#count;
  }

  /** Records a time; what is negative counts as 0. */
  recordMs(timeMs: number): void {
    const index = bucketOf(Math.round(timeMs * 1000));
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
  }

  /** Adds what another histogram counted. */
  add(data: HistogramData): void {
    for (let at = 0; at + 1 < data.length; at += 2) {
      const [index = 0, count = 0] = [data[at], data[at + 1]];
      this.#counts[index] = (this.#counts[index] ?? 0) + count;
      this.#count += count;
    }
  }

  /** Plain data, for a message or a journal. */
  data(): HistogramData {
    const data: number[] = [];
    if (this.#count === 0) return data;
    for (const [index, count] of this.#counts.entries()) if (count > 0) data.push(index, count);
    return data;
  }

  /** Gives the plain data and begins anew. */
  take(): HistogramData {
    const data = this.data();
    if (this.#count > 0) this.#counts.fill(0);
    this.#count = 0;
    return data;
  }

  /**
   * The smallest time, to the upper end of its bucket, that `share` of all times do not exceed; NaN without any.
   * @param share in (0, 1]; 1 gives the maximum
   */
  quantileMs(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.#count * share));
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (count > 0 && seen >= wanted) return highestUsOf(index) / 1000;
    }
    return Number.NaN;
  }
}

/** Index of the bucket of a time in whole microseconds: linear below 128, then 64 to each doubling. */
export function bucketOf(timeUs: number): number {
  const us = Math.min(Math.max(timeUs, 0), HIGHEST_US);
  const shift = Math.max(0, 31 - Math.clz32(us) - KEPT_BITS);
  return shift * LINEAR + (us >> shift);
}

/** The highest time in microseconds that falls into a bucket. */
export function highestUsOf(index: number): number {
  const shift = Math.max(0, (index >> KEPT_BITS) - 1);
  return (index - shift * LINEAR + 1) * 2 ** shift - 1;
}
