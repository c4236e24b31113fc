// What an expectation is: a rule with parameters over the whole history of a scenario.
import type { ConnectionOpened, HistoryEvent } from '../history/event.ts';
import type { Evidence, Measurement } from '../judge/finding.ts';
import type { Verdict } from '../judge/verdict.ts';

/** What an expectation came to. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly actual: string;
  readonly evidence: Evidence;
  readonly measured: readonly Measurement[];
}

/** A reducer over history; it sees every event in order and says at the end what came of it. */
export interface Expectation {
  /** Stable within a scenario, e.g. `delivered:pressure->control-room`. */
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  step(event: HistoryEvent): void;
  end(): Outcome;
}

/** Remembers which connection belongs to whom, by the `opened` events of either end. */
export class ConnectionNames {
  readonly #opened = new Map<string, ConnectionOpened>();

  note(event: ConnectionOpened): void {
    this.#opened.set(event.connection, event);
  }

  clientOf(connection: string): string | undefined {
    return this.#opened.get(connection)?.client;
  }

  linkOf(connection: string): string | undefined {
    return this.#opened.get(connection)?.link;
  }

  serverOf(connection: string): string | undefined {
    return this.#opened.get(connection)?.server;
  }
}

/** The outcome of an expectation whose situation never arose; `actual` says what was missing. */
export const nothing = { verdict: 'notExercised', evidence: { events: [] }, measured: [] } as const;

/** The greatest of some times beside its limit; nothing where there is none, or where one never came. */
export function worst(name: string, timesMs: readonly number[], maxMs: number): Outcome['measured'] {
  const value = Math.round(Math.max(...timesMs));
  return Number.isFinite(value) ? [{ name, unit: 'ms', value, limit: { max: maxMs } }] : [];
}

/** e.g. `2.35 s`. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** Nearest-rank percentile of figures in any order; `NaN` for none. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
