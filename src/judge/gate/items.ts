// What a run is decided by, under keys that stay the same from run to run: target and id of a statement, check or rule.
import type { Finding } from '../finding.ts';
import type { JudgedCheck, JudgedTarget } from '../judged.ts';
import { foldVerdicts } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';

/** One verdict that counts. */
export interface Item {
  readonly target: string;
  /** Of the statement, check or expectation; of the rule where it remarks on conduct that no statement is about. */
  readonly id: string;
  readonly kind: 'statement' | 'check' | 'remark';
  readonly verdict: Verdict;
  /** All findings that the verdict is folded from; none for an expectation. */
  readonly findings: readonly Finding[];
}

/** The items of a target: its statements, its checks, and what rules remarked without a statement. */
export function itemsOf(target: JudgedTarget): readonly Item[] {
  const { name, statements, checks, findings } = target;
  const byStatement = Map.groupBy(findings, (it) => it.statement);
  const byCheck = Map.groupBy(findings, (it) => it.check);
  const own = new Set(checks.map((it) => it.id));
  const remarks = (byStatement.get(undefined) ?? []).filter((it) => !own.has(it.by));
  return [
    ...statements.map(({ id, verdict }): Item => {
      return { target: name, id, kind: 'statement', verdict, findings: byStatement.get(id) ?? [] };
    }),
    ...checks.map((it): Item => {
      const { id, verdict } = it;
      const about = (byCheck.get(id) ?? []).filter((finding) => isAbout(finding, it));
      return { target: name, id, kind: 'check', verdict, findings: about };
    }),
    ...[...Map.groupBy(remarks, (it) => it.by)].map(([id, all]): Item => {
      const verdict = foldVerdicts(all.map((it) => it.verdict));
      return { target: name, id, kind: 'remark', verdict, findings: all };
    }),
  ];
}

/** Whether a finding is one of those that a check's verdict is folded from. */
export function isAbout(it: Finding, check: Pick<JudgedCheck, 'id' | 'statements'>): boolean {
  if (it.check !== check.id) return false;
  return it.by === check.id || (it.statement !== undefined && check.statements.includes(it.statement));
}
