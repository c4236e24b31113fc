// Turns what rules say into findings: passes are counted, violations listed up to a bound and counted beyond it.
import type { Role, StatementId } from '../spec/statement.ts';
import type { Finding, Measurement } from './finding.ts';
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
function judgedTarget(view: ConnectionView, judges: Role): string {
  return judges === 'client' ? (view.gatheredUnder ?? view.client) : (view.target ?? view.server);
}

/** Gathers the findings of a run. */
export class Tally {
  readonly #counted = new Map<string, Counted>();
  readonly #listed = new Map<string, number>();
  readonly #most: number;
  #fresh: Finding[] = [];

  /** @param most how many of a kind are listed */
  constructor(most = listedFindings) {
    this.#most = most;
  }

  /** The report that one rule writes to. */
  report(speaker: Speaker): Report {
    return new RuleReport(this, speaker);
  }

  /** Takes a judgement; gives what it is counted in, where it is counted and not listed. */
  add(speaker: Speaker, statement: StatementId | undefined, verdict: Verdict, what: Observation): Counted | undefined {
    return this.adopt(findingOf(speaker, statement, verdict, what));
  }

  /** Takes a finding, its count and all; gives what it is counted in, where it is counted and not listed. */
  adopt(finding: Finding): Counted | undefined {
    const { by, statement, verdict, target, check } = finding;
    const key = [by, statement, verdict, target, check].join('\n');
    const listed = this.#listed.get(key) ?? 0;
    if (verdict !== 'pass' && finding.count === 1 && listed < this.#most) {
      this.#listed.set(key, listed + 1);
      this.#fresh.push(finding);
      return undefined;
    }
    const counted = this.#counted.get(key);
    if (counted !== undefined) return countIn(counted, finding.measured, finding.count);
    this.#counted.set(key, finding);
    return finding;
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
}

/** What one rule says of one connection or server. A class, because fleets make one per rule and connection. */
class RuleReport implements Report {
  readonly #tally: Tally;
  readonly #speaker: Speaker;
  /** Passes outnumber all else by far: those about the speaker's own connection are counted without a search. */
  readonly #passes = new Map<StatementId, Counted>();

  constructor(tally: Tally, speaker: Speaker) {
    this.#tally = tally;
    this.#speaker = speaker;
  }

  pass(statement: StatementId, seen: Omit<Observation, 'expected' | 'actual'>): void {
    const known = seen.connection === undefined ? this.#passes.get(statement) : undefined;
    if (known !== undefined) return void countIn(known, seen.measured);
    const counted = this.#tally.add(this.#speaker, statement, 'pass', { ...seen, expected: [], actual: 'as expected' });
    if (counted !== undefined && seen.connection === undefined) this.#passes.set(statement, counted);
  }

  warn(statement: StatementId, what: Observation): void {
    this.#tally.add(this.#speaker, statement, 'warn', what);
  }

  fail(statement: StatementId, what: Observation): void {
    this.#tally.add(this.#speaker, statement, 'fail', what);
  }

  inconclusive(statement: StatementId, what: Observation): void {
    this.#tally.add(this.#speaker, statement, 'inconclusive', what);
  }

  remark(what: Observation): void {
    this.#tally.add(this.#speaker, undefined, 'warn', what);
  }
}

function countIn(counted: Counted, measured: readonly Measurement[] | undefined, count = 1): Counted {
  counted.count += count;
  if (measured !== undefined) counted.measured = worstMeasured([...(counted.measured ?? []), ...measured]);
  return counted;
}

function findingOf(speaker: Speaker, statement: StatementId | undefined, verdict: Verdict, what: Observation): Counted {
  const view = what.connection ?? ('vantage' in speaker.about ? speaker.about : undefined);
  const target = view === undefined ? speaker.about.target : judgedTarget(view, speaker.judges);
  return {
    by: speaker.rule,
    ...(statement === undefined ? {} : { statement }),
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
