// Judges a scenario's expectations from its history alone, so that a recorded run can be judged again.
import type { HistoryEvent } from '../history/event.ts';
import type { JudgedCheck } from '../judge/judged.ts';
import type { Expectation } from './expectation.ts';
import { expectationOf } from './expectation-of.ts';
import type { Scenario } from './schema.ts';

/** Runs every expectation of the scenario over the events; a crash in one is inconclusive, never a pass. */
export function judgeExpectations(
  scenario: Scenario,
  events: Iterable<HistoryEvent>,
  repeat: string,
): readonly JudgedCheck[] {
  const running = scenario.expectations.map((line) => new Guarded(expectationOf(line, scenario)));
  let lastMs = 0;
  let isCutShort = true; // A journal without an end belongs to a run that was killed.
  for (const event of events) {
    lastMs = event.tMs;
    if (event.kind === 'end') isCutShort = event.how !== 'completed';
    for (const it of running) it.step(event);
  }
  return running.map((it) => it.judged(lastMs, repeat)).map((it) => (isCutShort ? cutShort(it) : it));
}

/** What did not happen in a run that was cut short might still have: nobody is blamed for it. */
function cutShort(it: JudgedCheck): JudgedCheck {
  if (it.verdict !== 'fail') return it;
  return { ...it, verdict: 'inconclusive', actual: `the run did not come to its end; until then: ${it.actual}` };
}

/** An expectation whose own mistakes cannot take the others down. */
class Guarded {
  readonly #expectation: Expectation;
  #crash: unknown;

  constructor(expectation: Expectation) {
    this.#expectation = expectation;
  }

  step(event: HistoryEvent): void {
    if (this.#crash !== undefined) return;
    try {
      this.#expectation.step(event);
    } catch (crash) {
      this.#crash = crash;
    }
  }

  judged(durationMs: number, repeat: string): JudgedCheck {
    const { id, title, expected } = this.#expectation;
    return { kind: 'expectation', id, title, statements: [], expected, durationMs, repeat, ...this.#outcome() };
  }

  #outcome(): ReturnType<Expectation['end']> {
    try {
      if (this.#crash === undefined) return this.#expectation.end();
    } catch (crash) {
      this.#crash = crash;
    }
    return {
      verdict: 'inconclusive',
      actual: `the expectation itself failed: ${String(this.#crash)}`,
      evidence: { events: [] },
      measured: [],
    };
  }
}
