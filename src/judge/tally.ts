// Turns what rules say into findings: passes are counted, violations listed up to a bound and counted beyond it.
import type { Role, StatementId } from '../spec/statement.ts';
import type { Finding } from './finding.ts';
import { worstMeasured } from './fold.ts';
import type { ConnectionView, Observation, Report } from './rule.ts';
import type { Verdict } from './verdict.ts';

/** How many findings of one rule, statement, verdict, target and check are listed; further ones are only counted. */
export const listedFindings = 10;

/** Who speaks, and about what when an observation names no connection. */
export interface Speaker {
  readonly rule: string;
  readonly judges: Role;
  readonly about: { readonly target: string } | ConnectionView;
}

type Counted = { -readonly [K in keyof Finding]: Finding[K] };

/** Name under which a party's verdicts are gathered: the target, or the part itself where the run names none. */
export function judgedTarget(view: ConnectionView, judges: Role): string {
  return judges === 'client' ? view.client : (view.target ?? view.server);
}

/** Gathers the findings of a run. */
export class Tally {
  readonly #counted = new Map<string, Counted>();
  readonly #listed = new Map<string, number>();
  #fresh: Finding[] = [];

  /** The report that one rule writes to. */
  report(speaker: Speaker): Report {
    const say =
      (verdict: Verdict) =>
      (statement: StatementId, what: Observation): void =>
        this.#add(speaker, statement, verdict, what);
    return {
      pass: (statement, seen) =>
        this.#add(speaker, statement, 'pass', { ...seen, expected: [], actual: 'as expected' }),
      warn: say('warn'),
      fail: say('fail'),
      inconclusive: say('inconclusive'),
    };
  }

  /** Findings since the last call, passes apart: those are counted until the end. */
  take(): readonly Finding[] {
    const taken = this.#fresh;
    this.#fresh = [];
    return taken;
  }

  /** The passes, and what was too much to list. */
  end(): readonly Finding[] {
    const rest = [...this.take(), ...this.#counted.values()];
    this.#counted.clear();
    return rest;
  }

  #add(speaker: Speaker, statement: StatementId, verdict: Verdict, what: Observation): void {
    const finding = findingOf(speaker, statement, verdict, what);
    const key = [speaker.rule, statement, verdict, finding.target, finding.check].join('\n');
    const listed = this.#listed.get(key) ?? 0;
    if (verdict !== 'pass' && listed < listedFindings) {
      this.#listed.set(key, listed + 1);
      this.#fresh.push(finding);
      return;
    }
    const counted = this.#counted.get(key);
    if (counted === undefined) {
      this.#counted.set(key, { ...finding });
      return;
    }
    counted.count += 1;
    if (finding.measured !== undefined)
      counted.measured = worstMeasured([...(counted.measured ?? []), ...finding.measured]);
  }
}

function findingOf(speaker: Speaker, statement: StatementId, verdict: Verdict, what: Observation): Finding {
  const view = what.connection ?? ('vantage' in speaker.about ? speaker.about : undefined);
  const target = view === undefined ? speaker.about.target : judgedTarget(view, speaker.judges);
  return {
    by: speaker.rule,
    statement,
    verdict,
    expected: what.expected,
    actual: what.actual,
    evidence: { events: what.events, ...(what.bytes === undefined ? {} : { bytes: what.bytes }) },
    ...(view === undefined ? {} : { connection: view.id }),
    ...(target === undefined ? {} : { target }),
    ...(view?.check === undefined ? {} : { check: view.check }),
    ...(what.measured === undefined ? {} : { measured: what.measured }),
    count: 1,
  };
}
