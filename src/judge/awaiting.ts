// "An answer must come", written once: absence is judged late, and only against a party that is shown to be alive.
import type { StatementId } from '../spec/statement.ts';
import type { Measurement } from './finding.ts';
import { wasAlive } from './rule.ts';
import type { ConnectionView, Report } from './rule.ts';

/** Something that obliges the judged party to act. */
export interface Duty {
  readonly seq: number;
  readonly tMs: number;
  /** Every statement that demands it. */
  readonly statements: readonly StatementId[];
  /** What must come, in words. */
  readonly expected: string;
}

/** The event that fulfils a duty. */
export interface Fulfilment {
  readonly seq: number;
  readonly tMs: number;
}

/**
 * Duties of one connection, by key and oldest first.
 *
 * What came in time passes, late is `warn` with its time: the standard sets no bound, ours is a tolerance. What never
 * came fails only when the connection stayed open for the limit and the party gave a sign of life between the duty and
 * the end of the connection, on this one or any other; without it it is `inconclusive`: a mute target shows nothing.
 * A connection that ended earlier judges nothing.
 */
export class Awaiting {
  readonly #limitMs: number;
  readonly #what: string;
  readonly #open = new Map<string | number, Duty[]>();

  /** @param what names the measured time, e.g. `response time`. */
  constructor(limitMs: number, what: string) {
    this.#limitMs = limitMs;
    this.#what = what;
  }

  /** Notes a duty. */
  expect(key: string | number, duty: Duty): void {
    const queue = this.#open.get(key);
    if (queue === undefined) this.#open.set(key, [duty]);
    else queue.push(duty);
  }

  /** Whether a duty of this key is open. */
  has(key: string | number): boolean {
    return this.#open.has(key);
  }

  /**
   * Fulfils a duty of this key, and passes or warns; gives `undefined` where none was open.
   *
   * @param which `newest` for answers without an identifier: of several requests the one that was passed over stays
   *   open, instead of every later answer hiding it by moving up one place.
   */
  met(key: string | number, by: Fulfilment, report: Report, which: 'oldest' | 'newest' = 'oldest'): Duty | undefined {
    const duty = this.drop(key, which);
    if (duty === undefined) return undefined;
    const tookMs = by.tMs - duty.tMs;
    const seen = { events: [duty.seq, by.seq], measured: [this.#measured(tookMs)] };
    for (const statement of duty.statements) {
      if (tookMs <= this.#limitMs) report.pass(statement, seen);
      else
        report.warn(statement, {
          ...seen,
          expected: [this.#bounded(duty)],
          actual: `it came after ${Math.round(tookMs)} ms`,
        });
    }
    return duty;
  }

  /** Forgets a duty of this key without a verdict. */
  drop(key: string | number, which: 'oldest' | 'newest' = 'oldest'): Duty | undefined {
    const queue = this.#open.get(key);
    const duty = which === 'oldest' ? queue?.shift() : queue?.pop();
    if (queue?.length === 0) this.#open.delete(key);
    return duty;
  }

  /** Judges what never came; `view` ended at `tMs`. */
  end(view: ConnectionView, tMs: number, report: Report): void {
    for (const duty of [...this.#open.values()].flat()) {
      const openMs = tMs - duty.tMs;
      if (openMs < this.#limitMs) continue;
      const isAlive = wasAlive(view.party, duty.tMs, tMs);
      const observation = {
        expected: [this.#bounded(duty)],
        actual: isAlive
          ? `nothing for ${Math.round(openMs)} ms, while ${view.party.name} was alive`
          : `nothing, and ${view.party.name} gave no sign of life meanwhile`,
        events: [duty.seq],
      };
      for (const statement of duty.statements) {
        if (isAlive) report.fail(statement, observation);
        else report.inconclusive(statement, observation);
      }
    }
    this.#open.clear();
  }

  #bounded(duty: Duty): string {
    return `${duty.expected} within ${this.#limitMs} ms`;
  }

  #measured(value: number): Measurement {
    return { name: this.#what, unit: 'ms', value, limit: { max: this.#limitMs } };
  }
}
