// The worked example of CONTRIBUTING.md is shown whole, passes on a good broker, and fails on its mutant.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forgetsOne, pingsAnswered } from '../../examples/one-check.ts';
import { driveMutants, mutantParameters } from '../../src/conformance/drive-mutants.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { completeRun } from '../../src/run/complete-run.ts';

const parameters = { ...defaultParameters, ...mutantParameters };

test('CONTRIBUTING.md shows it as it is', async () => {
  const [page, example] = await Promise.all(
    ['CONTRIBUTING.md', 'examples/one-check.ts'].map((file) => readFile(file, 'utf8')),
  );
  expect(page).toContain(`\`\`\`ts\n${example}\`\`\``);
});

test('it passes on the embedded broker and fails on the mutant', async () => {
  const reportDir = await mkdtemp(join(tmpdir(), 'fieldbench-example-'));
  try {
    const { signal } = new AbortController();
    const { run } = await completeRun(
      {
        bench: { mode: 'conform', seed: 1, command: 'a test', parameters },
        checks: [pingsAnswered],
        drive: (bench) => driveMutants([forgetsOne], 'embedded', bench, [pingsAnswered], { parameters, signal }),
      },
      { reportDir, signal },
    );
    expect(run.targets.map((it) => it.checks.map((check) => [check.id, check.verdict]))).toEqual([
      [['keep-alive/pings-answered', 'pass']],
      [['keep-alive/pings-answered', 'fail']],
    ]);
  } finally {
    await rm(reportDir, { recursive: true, force: true });
  }
});
