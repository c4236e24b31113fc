// Plays variants beside their base in one run and reads off what they moved: for the test, and for the trial of all.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectChecks } from '../../src/conformance/select-checks.ts';
import { driveVariants, flipsOf, type Flip } from '../../src/conformance/drive-variants.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import type { Variant } from '../../src/conformance/variant.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { completeRun } from '../../src/run/complete-run.ts';

/** What variants moved, and how often each did something else than its base. */
export interface VariantRun {
  readonly flips: readonly Flip[];
  readonly acted: ReadonlyMap<Variant, number>;
  readonly durationMs: number;
  readonly base: string;
}

/**
 * @param word target word of the base
 * @param select which checks are driven; default: all
 */
export async function playVariants(variants: readonly Variant[], word: string, select?: string): Promise<VariantRun> {
  const reportDir = await mkdtemp(join(tmpdir(), 'fieldbench-variants-'));
  const { signal } = new AbortController();
  const parameters = defaultParameters;
  // Several slow brokers at once on one machine take longer than a run may.
  const timeLimitMs = 180_000;
  try {
    const { run, events, failure } = await completeRun(
      {
        bench: { mode: 'conform', seed: 1, command: 'npm run trials -- variants', parameters: { ...parameters } },
        drive: (bench) =>
          driveVariants(variants, word, bench, selectChecks(select), { parameters, signal, timeLimitMs }),
      },
      { reportDir, signal },
    );
    if (failure !== undefined) throw failure;
    const [base] = run.targets;
    return {
      flips: flipsOf(variants, word, run),
      acted: new Map(variants.map((it) => [it, timesActed(it, events)])),
      durationMs: run.end?.tMs ?? 0,
      base: `${base?.how ?? word} ${base?.version ?? ''}`,
    };
  } finally {
    await rm(reportDir, { recursive: true, force: true });
  }
}

/** A link that cuts streams anew acts on every packet and notes none of them: those that its clients saw count. */
function timesActed(variant: Variant, events: readonly HistoryEvent[]): number {
  const suffix = `+${variant.id}`;
  if (variant.segments === undefined) {
    return events.filter((it) => it.kind === 'fault' && it.link.endsWith(suffix)).length;
  }
  const opened = events.filter((it) => it.kind === 'opened' && it.server.endsWith(suffix));
  const connections = new Set(opened.map((it) => (it.kind === 'opened' ? it.connection : '')));
  return events.filter((it) => it.kind === 'packet' && connections.has(it.connection)).length;
}
