// The suite on the terminal: its checks, rules and mutants, and which of them judge which statement.
import type { Check } from '../conformance/check.ts';
import { checks } from '../conformance/checks.ts';
import { suiteCoverage, type StatementCoverage } from '../conformance/coverage.ts';
import { mutants } from '../conformance/mutants.ts';
import { securityMutants } from '../conformance/mutants/security.ts';
import { rules } from '../judge/rules.ts';
import type { Rows } from './table.ts';

/** Every check. */
export const checkRows = (): Rows => checks.map(rowOfCheck);

/** Every rule. */
export const ruleRows = (): Rows => rules.map((it) => [it.id, it.judges, it.title]);

/** Every mutant, with the statement or check that it proves. */
export const mutantRows = (): Rows => [
  ...mutants.map((it) => [it.id, it.statement, it.summary]),
  ...securityMutants.map((it) => [it.id, it.check, it.summary]),
];

/** Every statement of the standard, with how many checks and rules judge it. */
export const statementRows = (): Rows => suiteCoverage({ checks, rules, mutants }).map(rowOfStatement);

/** A check on its row: what it needs for itself stands as a mark, and the reasons behind its title. */
function rowOfCheck({ id, section, group, title, unsafe, optIn }: Check): readonly string[] {
  const marks = [
    ...(group === 'parallel' ? [] : [group === 'alone' ? 'alone' : 'own broker']),
    ...(unsafe === undefined ? [] : ['unsafe']),
    ...(optIn === undefined ? [] : ['opt-in']),
  ];
  const reasons = [
    ...(unsafe === undefined ? [] : [`unsafe: it ${unsafe}`]),
    ...(optIn === undefined ? [] : [`opt-in: it ${optIn}`]),
  ];
  return [id, section, marks.join(', '), [title, ...reasons].join('; ')];
}

/** A statement on its row: by how many checks and rules it is judged, or why by none. */
function rowOfStatement({ statement: { id, title }, why, ...judging }: StatementCoverage): readonly string[] {
  if (why !== undefined) return [id, '-', `${title}; not judged: ${why}`];
  const by = [counted(judging.checks.length, 'check'), counted(judging.rules.length, 'rule')];
  return [id, by.filter((it) => it !== '').join(', '), title];
}

const counted = (count: number, what: string): string =>
  count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
