// Plays variants beside their base in one run and reads off what they moved: for the test, and for the trial of all.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks } from '../../src/conformance/checks.ts';
import { driveVariants, flipsOf, type Flip } from '../../src/conformance/drive-variants.ts';
import type { Variant } from '../../src/conformance/variant.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { completeRun } from '../../src/run/complete-run.ts';

/** @param word target word of the base */
export async function playVariants(variants: readonly Variant[], word: string): Promise<readonly Flip[]> {
  const reportDir = await mkdtemp(join(tmpdir(), 'fieldbench-variants-'));
  const { signal } = new AbortController();
  const parameters = defaultParameters;
  try {
    const { run, failure } = await completeRun(
      {
        bench: { mode: 'conform', seed: 1, command: 'npm run trials -- variants', parameters: { ...parameters } },
        drive: (bench) => driveVariants(variants, word, bench, checks, { parameters, signal }),
      },
      { reportDir, signal },
    );
    if (failure !== undefined) throw failure;
    return flipsOf(variants, word, run);
  } finally {
    await rm(reportDir, { recursive: true, force: true });
  }
}
