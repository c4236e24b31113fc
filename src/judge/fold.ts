// Folds the findings of a run into one verdict per statement and target, and those into the exit code.
import type { StatementId } from '../spec/statement.ts';
import type { Finding, Measurement } from './finding.ts';
import type { JudgedStatement } from './judged.ts';
import { foldVerdicts, isJudged } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** Verdicts per target name and statement, targets and statements in the order in which they were first judged. */
export function foldFindings(findings: Iterable<Finding>): ReadonlyMap<string, readonly JudgedStatement[]> {
  const byTarget = new Map<string, Map<StatementId, Finding[]>>();
  for (const finding of findings) {
    if (finding.statement === undefined) continue;
    const target = finding.target ?? '';
    const statements = byTarget.get(target) ?? new Map<StatementId, Finding[]>();
    byTarget.set(target, statements);
    statements.set(finding.statement, [...(statements.get(finding.statement) ?? []), finding]);
  }
  return new Map([...byTarget].map(([target, statements]) => [target, [...statements].map(foldStatement)]));
}

function foldStatement([id, findings]: readonly [StatementId, readonly Finding[]]): JudgedStatement {
  return {
    id,
    verdict: foldVerdicts(findings.map((it) => it.verdict)),
    by: [...new Set(findings.flatMap((it) => (it.check === undefined ? [it.by] : [it.by, it.check])))].toSorted(),
    measured: worstMeasured(findings.flatMap((it) => it.measured ?? [])),
  };
}

/** The greatest value of each figure: the worst counts. */
export function worstMeasured(all: Iterable<Measurement>): readonly Measurement[] {
  const worst = new Map<string, Measurement>();
  for (const it of all) {
    const known = worst.get(it.name);
    if (known === undefined || it.value > known.value) worst.set(it.name, it);
  }
  return [...worst.values()];
}

/**
 * Exit code of a run: 1 when something failed, else 3 when anything is inconclusive or nothing was judged, else 0.
 *
 * @param verdicts of every finding; give a run that is invalid as a whole an `inconclusive` of its own.
 * @param failOn what counts as failed; `fail` always does
 */
export function exitCodeOf(verdicts: Iterable<Verdict>, failOn: readonly Verdict[] = []): 0 | 1 | 3 {
  const seen = new Set(verdicts);
  if (seen.has('fail') || failOn.some((it) => seen.has(it))) return 1;
  if (seen.has('inconclusive') || ![...seen].some((it) => isJudged(it))) return 3;
  return 0;
}
