// One rule at work on one connection or one server: keeps its state, and turns a crash of the rule into `inconclusive`.
import type { Report, Rule, RuleEvent, Shared } from './rule.ts';

/** Shields the judge from a rule: it may throw, and only its own statements suffer. */
export class RuleRun {
  readonly rule: Rule;
  readonly #report: Report;
  #state: unknown;
  #crashed = false;

  constructor(rule: Rule, report: Report, start: () => unknown) {
    this.rule = rule;
    this.#report = report;
    this.#shield([], () => {
      this.#state = start();
    });
  }

  step(event: RuleEvent): void {
    if (this.#crashed) return;
    this.#shield([event.seq], () => this.rule.step(this.#state, event, this.#report));
  }

  end(tMs: number): void {
    if (this.#crashed) return;
    this.#shield([], () => this.rule.end(this.#state, tMs, this.#report));
  }

  #shield(events: readonly number[], work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#crashed = true;
      const actual = `rule ${this.rule.id} failed: ${error instanceof Error ? error.message : String(error)}`;
      const what = { expected: ['a rule that can judge'], actual, events };
      for (const statement of this.rule.statements) this.#report.inconclusive(statement, what);
      if (this.rule.statements.length === 0) this.#report.remark(what);
    }
  }
}

/** Nothing is shared yet. */
export function newShared(): Shared {
  const made = new Map<unknown, unknown>();
  return {
    of<T>(make: () => T): T {
      if (!made.has(make)) made.set(make, make());
      return made.get(make) as T; // It was stored under the function that made it.
    },
  };
}
