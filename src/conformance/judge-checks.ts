// Says what became of every check: what the rules found on its connections, and what its own judge says of its slice.
import type { Finding } from '../judge/finding.ts';
import type { JudgedCheck } from '../judge/judged.ts';
import type { Slice, Slicer } from '../judge/slice.ts';
import { foldVerdicts, type Verdict } from '../judge/verdict.ts';
import { worstMeasured } from '../judge/fold.ts';
import type { Check } from './check.ts';

/** What the checks of one target came to. */
export interface JudgedChecks {
  readonly checks: readonly JudgedCheck[];
  /** Findings of the checks' own judges, to stand beside those of the rules. */
  readonly findings: readonly Finding[];
}

/**
 * Judges the checks that the history shows on `target`.
 *
 * @param findings what the rules found on the whole run
 * @param repeat the command that repeats one check alone
 */
export function judgeChecks(
  checks: readonly Check[],
  target: string,
  slicer: Slicer,
  findings: readonly Finding[],
  repeat: (check: string) => string,
): JudgedChecks {
  const own: Finding[] = [];
  const judged = checks.flatMap((check): JudgedCheck[] => {
    const slice = slicer.slice(check.id, target);
    const begun = slice.phases.at(0);
    if (begun === undefined) return [];
    const mine = ownFindings(check, target, slice);
    own.push(...mine);
    const byRules = findings.filter(
      (it) => it.check === check.id && it.target === target && it.statement && check.statements.includes(it.statement),
    );
    return [judgedCheck(check, slice, [...byRules, ...mine], repeat(check.id))];
  });
  return { checks: judged, findings: own };
}

function ownFindings(check: Check, target: string, slice: Slice): readonly Finding[] {
  const last = slice.phases.at(-1);
  const forEach = (verdict: Verdict, actual: string): readonly Finding[] => {
    const finding = {
      by: check.id,
      check: check.id,
      target,
      verdict,
      expected: check.accept,
      actual,
      evidence: { events: last === undefined ? [] : [last.seq] },
      count: 1,
    };
    // What no statement is behind is told once, in the check's own name.
    return check.statements.length === 0 ? [finding] : check.statements.map((statement) => ({ ...finding, statement }));
  };
  switch (last?.phase) {
    case 'skipped':
      return forEach('skipped', last.reason ?? 'skipped');
    case 'aborted':
      return forEach('inconclusive', last.reason ?? 'its situation could not be brought about');
    case 'driven':
      return judgeSlice(check, target, slice, forEach);
    default:
      return forEach('inconclusive', 'the run ended before the check was driven to its end');
  }
}

function judgeSlice(
  check: Check,
  target: string,
  slice: Slice,
  forEach: (verdict: Verdict, actual: string) => readonly Finding[],
): readonly Finding[] {
  try {
    return (check.judge?.(slice) ?? []).map((it) => ({ ...it, by: check.id, check: check.id, target }));
  } catch (crash) {
    return forEach(
      'inconclusive',
      `the check's judge failed: ${crash instanceof Error ? crash.message : String(crash)}`,
    );
  }
}

function judgedCheck(check: Check, slice: Slice, findings: readonly Finding[], repeat: string): JudgedCheck {
  const verdict = foldVerdicts(findings.map((it) => it.verdict));
  const decisive = findings.find((it) => it.verdict === verdict);
  const first = slice.phases.at(0);
  const last = slice.phases.at(-1);
  return {
    kind: 'check',
    id: check.id,
    title: check.title,
    statements: check.statements,
    verdict,
    expected: check.accept,
    actual: decisive?.actual ?? 'the situation never arose',
    durationMs: Math.round((last?.tMs ?? 0) - (first?.tMs ?? 0)),
    evidence: decisive?.evidence ?? { events: [] },
    measured: worstMeasured(findings.flatMap((it) => it.measured ?? [])),
    repeat,
  };
}
