// Report by exception: a value goes out when it changed enough, when its quality changed, or when it is time again.
import type { Measurement } from './measurement.ts';

/** When a value is worth a message; without a deadband each sample is. */
export interface ExceptionSettings {
  /** Only a change of more than this; 0: any change. */
  readonly deadband?: number;
  /** A value goes out after this time at the latest. */
  readonly maxIntervalMs?: number;
}

/** Decides for one value after the other. */
export class ByException {
  readonly #settings: ExceptionSettings;
  #last: (Measurement & { readonly atMs: number }) | undefined;

  constructor(settings: ExceptionSettings) {
    this.#settings = settings;
  }

  /** Whether this one goes out; then it is the one that the next is compared with. */
  isDue(now: Measurement, atMs: number): boolean {
    const due = this.#isNews(now, atMs);
    if (due) this.#last = { ...now, atMs };
    return due;
  }

  #isNews(now: Measurement, atMs: number): boolean {
    const { deadband, maxIntervalMs = Infinity } = this.#settings;
    const last = this.#last;
    if (deadband === undefined || last === undefined || now.quality !== last.quality) return true;
    return Math.abs(now.value - last.value) > deadband || atMs - last.atMs >= maxIntervalMs;
  }
}
