// What a reader must look at, each thing once: violations, remarks and what could not be judged, with repeats counted.
import type { Waiver } from '../history/run-gate.ts';
import { isForgiven } from '../judge/gate/standing.ts';
import type { Standing } from '../judge/gate/standing.ts';
import type { Evidence, Finding, Measurement } from '../judge/finding.ts';
import type { JudgedCheck, JudgedRun, JudgedTarget } from '../judge/judged.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { StatementId } from '../spec/statement.ts';

/** The verdicts that need a reader, most urgent first. */
const wanting = ['fail', 'inconclusive', 'warn'] as const satisfies readonly Verdict[];

/** One thing to look at. */
export interface Problem {
  readonly target: string;
  readonly verdict: (typeof wanting)[number];
  /** Empty for an expectation. */
  readonly statements: readonly StatementId[];
  /** Rule, check or expectation that judged. */
  readonly by: string;
  /** Checks in which it showed, or the expectation itself. */
  readonly checks: readonly JudgedCheck[];
  readonly expected: readonly string[];
  readonly actual: string;
  readonly evidence: Evidence;
  readonly measured: readonly Measurement[];
  /** How often it was seen. */
  readonly count: number;
  readonly repeat: string;
  /** How it stands with the baseline and the waivers of the run. */
  readonly standing?: Standing;
  readonly waivedBy?: Waiver;
}

/**
 * All problems of a run: failures before what is inconclusive before remarks, otherwise in the order of the run; what
 * is known or waived comes last.
 */
export function problemsOf(run: JudgedRun): readonly Problem[] {
  const all = run.targets.flatMap((target) => [
    ...problemsOfFindings(target, run.run.command),
    ...target.checks.flatMap((it) => problemOfCheck(target, it)),
  ]);
  const urgent = wanting.flatMap((verdict) => all.filter((it) => it.verdict === verdict));
  return [...urgent.filter((it) => !isForgiven(it.standing)), ...urgent.filter((it) => isForgiven(it.standing))];
}

function problemsOfFindings(target: JudgedTarget, command: string): readonly Problem[] {
  const wanted = target.findings.filter((it) => isWanting(it.verdict));
  const alike = Map.groupBy(wanted, (it) =>
    [it.verdict, it.by, it.statement, it.check ?? '', standingKey(it)].join('\n'),
  );
  const checks = new Map(target.checks.map((it) => [it.id, it]));
  const single = [...alike.values()].flatMap((findings) => {
    const [first] = findings;
    return first === undefined ? [] : [problemOfFindings(target, findings, first, checks, command)];
  });
  return mergedBy(mergedBy(single, sameSight), sameBreach);
}

/** One thing seen once, filed under several statements. */
function sameSight(it: Problem): string {
  return [it.verdict, it.by, it.actual, it.evidence.events.join(' '), standingKey(it)].join('\n');
}

/** One statement broken in the same way in several places. */
function sameBreach(it: Problem): string {
  return [it.verdict, it.by, it.statements.join(' '), standingKey(it)].join('\n');
}

/** What is waived is not one with what is not. */
function standingKey({ standing, waivedBy }: Pick<Problem, 'standing' | 'waivedBy'>): string {
  return [standing, waivedBy?.id, waivedBy?.target].join(' ');
}

function mergedBy(problems: readonly Problem[], key: (it: Problem) => string): readonly Problem[] {
  return [...Map.groupBy(problems, key).values()].map((same) => same.reduce(merged));
}

function merged(a: Problem, b: Problem): Problem {
  const sameStatements = a.statements.join(' ') === b.statements.join(' ');
  return {
    ...a,
    statements: [...new Set([...a.statements, ...b.statements])],
    checks: [...new Set([...a.checks, ...b.checks])],
    count: sameStatements ? a.count + b.count : Math.max(a.count, b.count),
  };
}

function problemOfFindings(
  target: JudgedTarget,
  findings: readonly Finding[],
  first: Finding,
  checks: ReadonlyMap<string, JudgedCheck>,
  command: string,
): Problem {
  const check = first.check === undefined ? undefined : checks.get(first.check);
  return {
    target: target.name,
    verdict: first.verdict as Problem['verdict'],
    statements: first.statement === undefined ? [] : [first.statement],
    by: first.by,
    checks: check === undefined ? [] : [check],
    expected: first.expected,
    actual: first.actual,
    evidence: first.evidence,
    measured: first.measured ?? [],
    count: findings.reduce((sum, it) => sum + it.count, 0),
    repeat: check?.repeat ?? command,
    ...(first.standing !== undefined && { standing: first.standing }),
    ...(first.waivedBy !== undefined && { waivedBy: first.waivedBy }),
  };
}

/** A check or expectation whose own verdict no finding explains. */
function problemOfCheck(target: JudgedTarget, check: JudgedCheck): readonly Problem[] {
  const { verdict, statements, expected, actual, evidence, measured, repeat, standing } = check;
  if (!isWanting(verdict)) return [];
  if (target.findings.some((it) => it.verdict === verdict && (it.check === check.id || it.by === check.id))) return [];
  const same = { statements, expected, actual, evidence, measured, repeat, ...(standing && { standing }) };
  return [{ target: target.name, verdict, by: check.id, checks: [check], count: 1, ...same }];
}

function isWanting(verdict: Verdict): verdict is Problem['verdict'] {
  return (wanting as readonly Verdict[]).includes(verdict);
}
