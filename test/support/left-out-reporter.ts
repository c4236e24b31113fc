// Says at the end of a run which tests were left out, why, and how to get what they need; hands the counts to .ci/test.mjs.
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';
import { judgeLeftOut, type LeftOut } from './left-out.ts';
import { readUnavailable } from './needs.ts';

/** The last of vitest's reporters. */
export default class LeftOutReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((it) => [...it.children.allTests()]);
    const leftOut = tests.filter((it) => stateOf(it) === 'skipped').map(describeLeftOut);
    const verdict = judgeLeftOut(leftOut, {
      needs: this.#vitest?.getRootProject().getProvidedContext().needs ?? {},
      unavailable: readUnavailable(),
      requireAll: process.env['FIELDBENCH_REQUIRE'] === 'all',
    });
    const extra = verdict.failedTests + verdict.wrongEntries;
    if (verdict.lines.length > 0) this.#vitest?.logger.log(['', ...verdict.lines].join('\n'));
    if (extra > 0) process.exitCode = 1;
    writeCounts({
      passed: tests.filter((it) => stateOf(it) === 'passed').length,
      failed:
        tests.filter((it) => stateOf(it) === 'failed').length + outsideTests(modules) + unhandledErrors.length + extra,
      skipped: leftOut.length - verdict.failedTests,
    });
  }
}

/** A test that never got a result (its group's set-up failed, the run was interrupted) did not run either. */
function stateOf(test: TestCase): 'passed' | 'failed' | 'skipped' {
  const { state } = test.result();
  return state === 'pending' ? 'failed' : state;
}

function describeLeftOut(test: TestCase): LeftOut {
  const result = test.result();
  const parents = [...ancestors(test)];
  const needs = [test, ...parents].flatMap((it) => it.meta().needs ?? []);
  const note = result.state === 'skipped' ? result.note : undefined;
  return { name: test.fullName, needs: [...new Set(needs)], note };
}

function* ancestors(test: TestCase): Generator<TestSuite> {
  for (let it = test.parent; it.type === 'suite'; it = it.parent) yield it;
}

/** Failures that belong to no test: a file that could not be loaded, a hook that threw. */
function outsideTests(modules: readonly TestModule[]): number {
  const groups = modules.flatMap((it) => [it, ...it.children.allSuites()]);
  return groups.reduce((sum, it) => sum + it.errors().length, 0);
}

function writeCounts(counts: { passed: number; failed: number; skipped: number }): void {
  const file = process.env['FIELDBENCH_COUNTS'];
  if (file) writeFileSync(file, JSON.stringify(counts));
}
