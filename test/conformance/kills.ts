// Plays mutants beside their base in one run and reads off which were killed: for the test, and for the trial of all.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinkProfile } from '../../src/faults/link-profile.ts';
import { linkDriven } from '../../src/run/over-link.ts';
import { completeRun } from '../../src/run/complete-run.ts';
import { selectChecks } from '../../src/conformance/select-checks.ts';
import { driveMutants, killsOf, mutantParameters, type Kill } from '../../src/conformance/drive-mutants.ts';
import type { JudgedRun } from '../../src/judge/judged.ts';
import type { Mutant } from '../../src/conformance/mutant.ts';
import { defaultParameters } from '../../src/judge/rule.ts';

/** The kills, and how long the run took. */
export interface KillRun {
  readonly kills: readonly Kill[];
  readonly durationMs: number;
  readonly base: string;
  readonly run: JudgedRun;
}

/** How mutants are played. */
export interface Playing {
  /** Every check on every mutant, which shows what else it breaks; default: its own checks. */
  readonly whole?: boolean;
  /** What is driven, as `--select` says it; default: every check. */
  readonly select?: string;
  /** A link before each connection of a check. */
  readonly link?: LinkProfile;
}

/** @param word target word of the base */
export async function playMutants(
  mutants: readonly Mutant[],
  word: string,
  { whole = false, select, link }: Playing = {},
): Promise<KillRun> {
  const reportDir = await mkdtemp(join(tmpdir(), 'fieldbench-mutants-'));
  const over = linkDriven(link && { word: link.name, profile: link }, { ...defaultParameters, ...mutantParameters });
  const { signal } = new AbortController();
  try {
    const { run, failure } = await completeRun(
      {
        bench: { mode: 'conform', seed: 1, command: 'npm run trials -- mutants', parameters: { ...over.judged } },
        drive: (bench) =>
          driveMutants(mutants, word, bench, selectChecks(select), { ...over.driving(bench), signal, whole }),
      },
      { reportDir, signal },
    );
    if (failure !== undefined) throw failure;
    const [base] = run.targets;
    return {
      kills: killsOf(mutants, word, run),
      durationMs: run.end?.tMs ?? 0,
      base: `${base?.how ?? word} ${base?.version ?? ''}`,
      run,
    };
  } finally {
    await rm(reportDir, { recursive: true, force: true });
  }
}
