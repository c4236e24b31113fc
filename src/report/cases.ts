// A target's verdicts as test cases: what JUnit and Allure can hold, with no broken statement left out.
import type { Finding, Measurement } from '../judge/finding.ts';
import type { JudgedCheck, JudgedStatement, JudgedTarget } from '../judge/judged.ts';
import type { GatedItem } from '../judge/gate/decision.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { StatementId } from '../spec/statement.ts';
import { countsAgainst, gatedItem } from './gate-words.ts';
import { titleOfProblem } from './problem-text.ts';
import type { Problem } from './problems.ts';
import type { Material } from './reporter.ts';
import { sectionOf, titleOf } from './sections.ts';

/** One test case. */
export interface Case {
  /** Of the check or statement, the rule that remarked, or the limit. */
  readonly id: string;
  readonly title: string;
  /** Section of the standard, `expectations` or `declared limits`. */
  readonly group: string;
  readonly statements: readonly StatementId[];
  readonly verdict: Verdict;
  readonly expected: readonly string[];
  readonly actual: string;
  readonly durationMs: number;
  readonly measured: readonly Measurement[];
  /** What explains the verdict. */
  readonly problems: readonly Problem[];
  readonly repeat: string;
  /** What the baseline and the waivers of the run say of it; absent where it needs no word. */
  readonly gated?: GatedItem;
  /** It counts against the run, so that a CI system must show it as failed. */
  readonly fails: boolean;
}

const unnumbered = 'conduct without a numbered statement';

/**
 * The checks and expectations of a target, then every statement whose verdict none of the checks that are about it
 * shows: those that only rules judged, and those that a rule found broken while another check was driven. Last what
 * rules remarked without a statement, and what the target declares not to do: a strict run fails on it.
 */
export function casesOf(target: JudgedTarget, material: Material): readonly Case[] {
  const { run } = material;
  return plainCases(target, material).map((it): Case => {
    const gated = gatedItem(run, target.name, it.id);
    const fails = countsAgainst({ verdict: it.verdict, standing: gated?.standing }, run);
    return gated === undefined ? { ...it, fails } : { ...it, gated, fails };
  });
}

type PlainCase = Omit<Case, 'gated' | 'fails'>;

function plainCases(target: JudgedTarget, { problems, run }: Material): readonly PlainCase[] {
  const own = problems.filter((it) => it.target === target.name);
  const isShown = (it: JudgedStatement): boolean =>
    target.checks.some(
      (check) => check.verdict === it.verdict && check.standing === it.standing && check.statements.includes(it.id),
    );
  return [
    ...target.checks.map((it) => caseOfCheck(it, own)),
    ...target.statements.filter((it) => !isShown(it)).map((it) => caseOfStatement(it, own, run.run.command)),
    ...own.filter((it) => it.statements.length === 0 && it.checks.length === 0).map(caseOfRemark),
    ...target.findings.flatMap((it) =>
      it.verdict === 'limit' && it.statement === undefined ? [caseOfLimit(it, run.run.command)] : [],
    ),
  ];
}

function caseOfCheck(it: JudgedCheck, problems: readonly Problem[]): PlainCase {
  const isAbout = (problem: Problem): boolean =>
    problem.by === it.id || problem.statements.some((id) => it.statements.includes(id));
  return {
    ...it,
    group: groupOf(it),
    problems: problems.filter(
      (problem) => problem.verdict === it.verdict && problem.checks.includes(it) && isAbout(problem),
    ),
  };
}

function groupOf({ kind, statements: [first] }: JudgedCheck): string {
  if (kind === 'expectation') return 'expectations';
  return first === undefined ? unnumbered : sectionOf(first);
}

function caseOfRemark(it: Problem): PlainCase {
  const { by, verdict, expected, actual, measured, repeat } = it;
  const same = { verdict, expected, actual, measured, repeat };
  return {
    id: by,
    title: titleOfProblem(it),
    group: unnumbered,
    statements: [],
    durationMs: 0,
    problems: [it],
    ...same,
  };
}

function caseOfLimit({ by, verdict, expected, actual }: Finding, repeat: string): PlainCase {
  return {
    id: by,
    title: 'declared limit',
    group: 'declared limits',
    statements: [],
    verdict,
    expected,
    actual,
    durationMs: 0,
    measured: [],
    problems: [],
    repeat,
  };
}

function caseOfStatement(it: JudgedStatement, problems: readonly Problem[], command: string): PlainCase {
  const explaining = problems.filter((problem) => problem.verdict === it.verdict && problem.statements.includes(it.id));
  const [first] = explaining;
  return {
    id: it.id,
    title: titleOf(it.id),
    group: sectionOf(it.id),
    statements: [it.id],
    verdict: it.verdict,
    expected: first?.expected ?? [],
    actual: first?.actual ?? `judged by ${it.by.join(', ')}`,
    durationMs: 0,
    measured: it.measured,
    problems: explaining,
    repeat: first?.repeat ?? command,
  };
}
