// Verdicts as assertions of vitest: every message alone suffices, with what was expected, what came, the packets around
// it and the command that repeats it.
import { assert, type TestContext } from 'vitest';
import { errorText, FieldbenchError } from '../error.ts';
import { casesOf, type Case } from '../report/cases.ts';
import { problemLines, problemText, titleOfProblem } from '../report/problem-text.ts';
import type { Problem } from '../report/problems.ts';
import { materialOf, type Material } from '../report/reporter.ts';
import { findStatement } from '../spec/catalogue.ts';
import type { CompletedRun } from './complete-run.ts';
import type { KnownFailure } from './known-failures.ts';

/** A run that is over, ready to be asked by many tests. */
export interface Outcome extends CompletedRun {
  readonly material: Material;
  /** Target -> its verdicts, one for everything that can break. */
  readonly cases: ReadonlyMap<string, readonly Case[]>;
}

/** Works out once what every test of a run needs. */
export function outcomeOf(completed: CompletedRun): Outcome {
  const material = materialOf(completed.run, completed.events);
  const cases = new Map(completed.run.targets.map((it) => [it.name, casesOf(it, material)]));
  return { ...completed, material, cases };
}

/** What one test asks of a run. */
export interface Question {
  /** Name of the target; its checks and the statements it was seen to keep or break stand under it. */
  readonly target: string;
  /** Id of a check or an expectation. */
  readonly id: string;
  /** Present when it is known to fail. */
  readonly known: KnownFailure | undefined;
}

/** Passes when the check or expectation did, or fails as it is known to; skips where there was nothing to judge. */
export async function assertCase(outcome: Outcome, question: Question, context: TestContext): Promise<void> {
  const { target, id, known } = question;
  const found = outcome.cases.get(target)?.find((it) => it.id === id);
  if (found === undefined) throw new Error(`${id} was not judged: ${whatWentWrong(outcome)}`);
  if (known === undefined || (known.sometimes && found.verdict !== 'fail')) {
    return assertVerdict(outcome, found, context);
  }
  if (found.verdict !== 'fail') assert.fail(`${noLongerBroken(id, known)}\n${storyOf(outcome, [found])}`);
  await context.annotate(`known failure: ${known.why}`, 'notice');
}

/** What the tests of the checks do not tell: statements broken elsewhere, and a run that was cut short. */
export async function assertStatements(
  outcome: Outcome,
  { target, known }: { readonly target: string; readonly known: ReadonlyMap<string, KnownFailure> },
  context: TestContext,
): Promise<void> {
  if (outcome.run.end?.how !== 'completed') throw new Error(whatWentWrong(outcome));
  const statements = (outcome.cases.get(target) ?? []).filter((it) => findStatement(it.id) !== undefined);
  const failed = new Set(statements.filter((it) => it.verdict === 'fail').map((it) => it.id));
  const better = [...known].filter(([id, it]) => !it.sometimes && !failed.has(id));
  if (better.length > 0) assert.fail(better.map(([id, it]) => noLongerBroken(id, it)).join('\n'));
  const unknown = statements.filter((it) => !known.has(it.id));
  const broken = unknown.filter((it) => it.verdict === 'fail' || it.verdict === 'inconclusive');
  if (broken.length > 0) assert.fail(storyOf(outcome, broken));
  const remarks = unknown.filter((it) => it.verdict === 'warn');
  if (remarks.length > 0) await context.annotate(storyOf(outcome, remarks), 'warning');
  for (const it of outcome.run.warnings) await context.annotate(it, 'warning');
  for (const [id, it] of known) await context.annotate(`known failure of ${id}: ${it.why}`, 'notice');
}

async function assertVerdict(outcome: Outcome, it: Case, context: TestContext): Promise<void> {
  switch (it.verdict) {
    case 'pass':
      return;
    case 'warn':
      await context.annotate(storyOf(outcome, [it]), 'warning');
      return;
    case 'fail':
      return assert.fail(storyOf(outcome, [it]));
    case 'inconclusive':
      throw new Error(storyOf(outcome, [it]));
    case 'limit':
      return context.skip(`a declared limit: ${it.actual}`);
    case 'skipped':
      return context.skip(it.actual);
    case 'notExercised':
      return context.skip(`not exercised: ${it.actual}`);
  }
}

/** Everything there is to know about what did not simply pass, each problem once. */
function storyOf(outcome: Outcome, cases: readonly Case[]): string {
  const problems = new Set(cases.flatMap((it) => it.problems));
  const unexplained = cases.filter((it) => it.problems.length === 0);
  return [...[...problems].map((it) => problemStory(outcome, it)), ...unexplained.map(caseStory)].join('\n\n');
}

function caseStory(it: Case): string {
  return [
    `${it.verdict}: ${it.id} ${it.title}`,
    `expected: ${it.expected.join('; or: ')}`,
    `came:     ${it.actual}`,
    `repeat:   ${it.repeat}`,
  ].join('\n');
}

function problemStory({ material }: Outcome, it: Problem): string {
  return [`${it.verdict}: ${titleOfProblem(it)}`, ...problemLines(problemText(it, material.excerpts))].join('\n');
}

function noLongerBroken(id: string, { why }: KnownFailure): string {
  return `${id} is listed as a known failure (${why}), and did not fail here: take it from the list`;
}

function whatWentWrong({ failure, run }: CompletedRun): string {
  if (failure instanceof FieldbenchError) return errorText(failure);
  if (failure instanceof Error) return failure.message;
  return `the run was ${run.end?.how ?? 'killed'}`;
}
