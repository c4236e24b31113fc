// `fieldbench/vitest`: conformance checks and scenarios as vitest tests, one test for each thing that can break.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { labels } from 'allure-js-commons';
import { beforeAll, describe, test } from 'vitest';
import { assertCase, assertStatements, outcomeOf, type Outcome } from './run/assert-run.ts';
import { completeRun } from './run/complete-run.ts';
import { KnownFailures, type KnownFailureList } from './run/known-failures.ts';
import { prepareConformance, type PreparedRun } from './run/prepared-run.ts';
import { prepareScenario } from './run/prepared-scenario.ts';
import { errorText, FieldbenchError } from './error.ts';
import type { RuleParameters } from './judge/rule.ts';
import { allureLabels } from './report/allure.ts';
import { sectionOf } from './report/sections.ts';
import { writeReports } from './report/write-reports.ts';
import { ScenarioErrors } from './scenario/read-scenario.ts';
import type { StatementId } from './spec/statement.ts';

/** What conformance tests and scenario tests have in common. */
export interface TestOptions {
  /** Repeats the random draws of a run; default 1. */
  readonly seed?: number;
  /** Tolerances that differ from the defaults. */
  readonly parameters?: Partial<RuleParameters>;
  /**
   * What is known to be broken, and why: check, expectation or statement id -> a sentence. Such a test passes while
   * it is still broken and fails as soon as it is not, so that the list stays true. What fails in some runs only is
   * `{ why, sometimes: true }`.
   */
  readonly knownFailures?: KnownFailureList;
  /** Every run leaves its reports in a new folder below this one; default: nothing is kept. */
  readonly reportsBelow?: string;
  /** Bound on the whole run; what was gathered until then is judged. */
  readonly timeoutMs?: number;
}

/** What conformance tests are made from. */
export interface ConformanceTestOptions extends TestOptions {
  /** `embedded` (default), another shipped name, `container:mosquitto`, `mqtt://HOST:PORT`, a target file. */
  readonly target?: string;
  /** Ids, statements, sections or globs of checks, separated by commas; default: every check. */
  readonly select?: string;
}

/** What scenario tests are made from. */
export interface ScenarioTestOptions extends TestOptions {
  /** Target word that replaces the target of every broker. */
  readonly target?: string;
  /** Link backend that replaces the backend of every link. */
  readonly backend?: 'embedded' | 'toxiproxy';
  /** Values of its parameters, by name. */
  readonly set?: Readonly<Record<string, string>>;
  /** Whether programs, images and credentials that the scenario names may be used; default: no. */
  readonly trust?: boolean;
}

/**
 * Declares one test for every check, and one for the statements that the target breaks beside those the checks are
 * about. All checks are driven once, side by side, before the first test.
 *
 * @throws FieldbenchError `FB_USAGE`, `FB_TARGET_UNKNOWN`, `FB_TARGET_URL` while tests are collected
 */
export function conformanceTests(options: ConformanceTestOptions = {}): void {
  const { target = 'embedded', knownFailures = {} } = options;
  const prepared = prepareConformance({ ...options, targets: [target] });
  const known = new KnownFailures(
    knownFailures,
    prepared.checks.map((it) => it.id),
  );
  describe(`MQTT 3.1.1 conformance of ${target}`, () => {
    const outcome = playedOnce(prepared, { timeoutMs: 300_000, ...options });
    for (const { id, title, statements } of prepared.checks) {
      test(`${id}: ${title}${known.sign(id)}`, async (context) => {
        await fileUnder(target, statements);
        await assertCase(outcome(), { target, id, known: known.of(id) }, context);
      });
    }
    testStatements(target, outcome, known);
  });
}

/**
 * Declares one test for every expectation of a scenario, and one for each of its brokers: it breaks no statement.
 * The scenario is played once, before the first test; what is wrong with the file fails the collection of tests.
 *
 * @param scenario path, `file:` URL, or the name of a shipped scenario
 */
export function scenarioTest(scenario: string | URL, options: ScenarioTestOptions = {}): void {
  const word = typeof scenario === 'string' ? scenario : relative('', fileURLToPath(scenario));
  describe(`scenario ${word}`, async () => {
    const prepared = await prepareScenario({ ...options, scenario: word }).catch(rethrowInWords);
    const { plan, expectations } = prepared;
    const known = new KnownFailures(
      options.knownFailures ?? {},
      expectations.map((it) => it.id),
    );
    const outcome = playedOnce(prepared, { timeoutMs: plan.durationMs + plan.settleMs + 120_000, ...options });
    // Expectations concern the whole bench; they are judged beside its first broker.
    const target = plan.brokers[0]?.name ?? '';
    for (const { id, title } of expectations) {
      test(`${id}: ${title}${known.sign(id)}`, async (context) => {
        await fileUnder(plan.name, []);
        await assertCase(outcome(), { target, id, known: known.of(id) }, context);
      });
    }
    for (const broker of plan.brokers) testStatements(broker.name, outcome, known);
  });
}

function testStatements(target: string, outcome: () => Outcome, known: KnownFailures): void {
  test(`${target} breaks no statement that has no test of its own`, async (context) => {
    await fileUnder(target, []);
    await assertStatements(outcome(), { target, known: known.statements }, context);
  });
}

/** Plays the run before the tests of the surrounding group; the function gives what came of it. */
function playedOnce(prepared: PreparedRun, options: TestOptions & { readonly timeoutMs: number }): () => Outcome {
  const { reportsBelow, timeoutMs } = options;
  const closingMs = 60_000;
  let outcome: Outcome | undefined;
  beforeAll(async () => {
    if (reportsBelow !== undefined) await mkdir(reportsBelow, { recursive: true });
    const reportDir = await mkdtemp(join(reportsBelow ?? tmpdir(), 'fieldbench-'));
    try {
      outcome = outcomeOf(await completeRun(prepared, { reportDir, signal: AbortSignal.timeout(timeoutMs) }));
      if (reportsBelow !== undefined) await writeReports(outcome.run, outcome.events, reportDir);
    } catch (error) {
      rethrowInWords(error);
    } finally {
      if (reportsBelow === undefined) await rm(reportDir, { recursive: true, force: true });
    }
  }, timeoutMs + closingMs);
  return () => {
    if (outcome === undefined) throw new Error('the run was not played');
    return outcome;
  };
}

/** Allure's facade complains on the console where no Allure runs; this global is how its runtimes announce themselves. */
async function fileUnder(target: string, statements: readonly StatementId[]): Promise<void> {
  if (!('allureTestRuntime' in globalThis)) return;
  const [first] = statements;
  const group = first === undefined ? 'expectations' : sectionOf(first);
  await labels(...allureLabels(target, { group, statements }));
}

/** vitest shows the message of an error only. */
function rethrowInWords(error: unknown): never {
  if (error instanceof ScenarioErrors) throw new Error(error.errors.map(errorText).join('\n'), { cause: error });
  if (error instanceof FieldbenchError) throw new Error(errorText(error), { cause: error });
  throw error;
}
