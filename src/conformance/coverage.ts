// Which statements the suite brings to judgement on a server, by what, and why the others cannot be.
import type { Rule } from '../judge/rule.ts';
import { isObservable, statements311 } from '../spec/catalogue.ts';
import type { Statement } from '../spec/statement.ts';
import type { Check } from './check.ts';
import type { Mutant } from './mutant.ts';

/** What the suite has for one statement. */
export interface StatementCoverage {
  readonly statement: Statement;
  /** Checks that bring its situation about. */
  readonly checks: readonly string[];
  /** Rules that judge it wherever its situation arises. */
  readonly rules: readonly string[];
  readonly mutants: readonly string[];
  /** Why nothing judges it; absent where a check does. */
  readonly why?: string;
}

/** The parts of a suite. */
export interface Suite {
  readonly checks: readonly Check[];
  readonly rules: readonly Rule[];
  readonly mutants: readonly Mutant[];
}

/** Coverage of every numbered statement of MQTT 3.1.1, in the order of the standard. */
export function suiteCoverage({ checks, rules, mutants }: Suite): readonly StatementCoverage[] {
  return statements311().map((statement) => {
    const { id } = statement;
    const judging = checks.filter((it) => it.statements.includes(id));
    return {
      statement,
      checks: judging.map((it) => it.id),
      rules: rules.filter((it) => it.judges === 'server' && it.statements.includes(id)).map((it) => it.id),
      mutants: mutants.filter((it) => it.statement === id).map((it) => it.id),
      ...(judging.length === 0 && { why: reasonFor(statement) }),
    };
  });
}

/** Reasons that the catalogue's own words do not give. */
const reasons: Readonly<Record<string, string>> = {
  'MQTT-4.8.0-2':
    'an error inside the server can be neither forced nor recognised from outside; a closed connection is never held against it',
  'MQTT-7.0.0-1': 'about a server that dials other servers: judged by pointing its bridge at the bench, as a client',
};

function reasonFor(statement: Statement): string {
  const known = reasons[statement.id];
  if (known !== undefined) return known;
  if (statement.testable.server === null) return 'binds the client alone: judged where the bench is the broker';
  return isObservable(statement, 'server') ? 'no check yet' : 'shows only through other results';
}
