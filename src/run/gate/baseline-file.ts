// Reads what an earlier run came to, so that a run can be held beside it: a results.json, or the folder of a run.
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { suiteVersion } from '../../conformance/suite.ts';
import { FieldbenchError } from '../../error.ts';
import { limitId } from '../../history/event.ts';
import { readJournal } from '../../history/read-journal.ts';
import { baselineVerdicts, type Baseline, type BaselineTarget } from '../../history/run-gate.ts';
import { itemsOf } from '../../judge/gate/items.ts';
import type { JudgedRun } from '../../judge/judged.ts';
import { judgeRun } from '../judge-run.ts';

const verdictWord = z.enum(baselineVerdicts);

/** What a baseline needs of a results.json; all else may be there, or not yet. */
const resultsShape = z.object({
  schema: z.literal(1),
  fieldbench: z.string(),
  suite: z.string().optional(),
  run: z.object({ id: z.string(), mode: z.string(), startedAt: z.string(), ended: z.string() }),
  targets: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      limits: z.array(z.object({ needs: z.string() })).default([]),
      statements: z.array(z.object({ id: z.string(), verdict: verdictWord })),
      checks: z.array(z.object({ id: z.string(), verdict: verdictWord })),
      findings: z.array(
        z.object({
          by: z.string(),
          statements: z.array(z.string()),
          checks: z.array(z.string()),
          verdict: verdictWord,
        }),
      ),
    }),
  ),
});

type Recorded = z.output<typeof resultsShape>;

/**
 * Reads a baseline. The folder of a run is judged again from its journal, so that the suite is the same by itself.
 *
 * @param file a results.json, or the folder of a run
 * @param targets names of the targets that are to be held beside it
 * @throws FieldbenchError `FB_BASELINE` when it cannot be read or its run did not come to its end; `FB_BASELINE_OTHER`
 *   when it is not about these targets, or was judged by another suite; `FB_JOURNAL`
 */
export async function readBaseline(file: string, targets: readonly string[]): Promise<Baseline> {
  const found = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  });
  const journal = join(file, 'journal.ndjson');
  if (found.isDirectory() && existsSync(journal)) {
    const run = judgeRun(await Array.fromAsync(readJournal(journal)));
    return fitting(file, recordedOf(run), targets);
  }
  const recorded = await readResults(found.isDirectory() ? join(file, 'results.json') : file);
  return fitting(file, recorded, targets);
}

async function readResults(file: string): Promise<Recorded> {
  try {
    return resultsShape.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if (cause instanceof z.ZodError) {
      const [first] = cause.issues;
      throw unreadable(file, `${first?.path.join('.') || 'the file'}: ${first?.message}`, cause);
    }
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** A judged run in the shape of results.json. */
function recordedOf({ run, end, suite, targets }: JudgedRun): Recorded {
  return {
    schema: 1,
    fieldbench: run.fieldbench,
    suite,
    run: { id: run.runId, mode: run.mode, startedAt: run.startedAt, ended: end?.how ?? 'killed' },
    targets: targets.map((it) => {
      const remarks = itemsOf(it).filter((item) => item.kind === 'remark');
      return {
        ...it,
        limits: [], // They are among the remarks.
        statements: [...it.statements],
        checks: [...it.checks],
        findings: remarks.map(({ id, verdict }) => ({ by: id, statements: [], checks: [], verdict })),
      };
    }),
  };
}

function fitting(file: string, recorded: Recorded, targets: readonly string[]): Baseline {
  const { run, fieldbench, suite } = recorded;
  if (run.mode !== 'conform') {
    throw ofOther(file, 'a conformance run', `a run of mode ${run.mode}`, 'name one that fieldbench conform made');
  }
  if (run.ended !== 'completed') {
    throw new FieldbenchError({
      code: 'FB_BASELINE',
      message: `the baseline ${file} is of a run that did not come to its end`,
      expected: 'a completed run',
      actual: run.ended,
      hint: 'make it anew: what was not judged would look new in every run that is held beside it',
    });
  }
  const known = recorded.targets.map((it) => it.name);
  const stranger = targets.find((it) => !known.includes(it));
  if (stranger !== undefined) {
    throw ofOther(
      file,
      `target ${stranger}`,
      known.join(', ') || 'no target',
      'a baseline is made by the same --target',
    );
  }
  if (suite !== suiteVersion()) {
    const hint = 'fieldbench report RUN_DIR judges an earlier run again, by this suite; or make the baseline anew';
    throw ofOther(file, `suite ${suiteVersion()}`, suite === undefined ? 'no suite' : `suite ${suite}`, hint);
  }
  const mine = recorded.targets.filter((it) => targets.includes(it.name));
  return { file, runId: run.id, startedAt: run.startedAt, fieldbench, targets: mine.map(targetOf) };
}

function targetOf({
  name,
  version,
  limits,
  statements,
  checks,
  findings,
}: Recorded['targets'][number]): BaselineTarget {
  const remarks = findings
    .filter((it) => it.statements.length === 0 && it.checks.length === 0)
    .map((it) => ({ id: it.by, verdict: it.verdict }));
  const declared = limits.map((it) => ({ id: limitId(it), verdict: 'limit' as const }));
  const byVerdict = Map.groupBy([...statements, ...checks, ...declared, ...remarks], (it) => it.verdict);
  const ids = [...byVerdict].map(([verdict, all]) => [verdict, all.map((it) => it.id)] as const);
  return { name, version, verdicts: Object.fromEntries(ids) };
}

function unreadable(file: string, actual: string, cause: unknown): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_BASELINE',
    message: `the baseline ${file} cannot be read`,
    expected: 'a results.json as fieldbench writes it, or the folder of a run',
    actual,
    hint: 'fieldbench conform --report DIR makes one',
    cause,
  });
}

function ofOther(file: string, expected: string, actual: string, hint: string): FieldbenchError {
  const message = `the baseline ${file} belongs to something else`;
  return new FieldbenchError({ code: 'FB_BASELINE_OTHER', message, expected, actual, hint });
}
