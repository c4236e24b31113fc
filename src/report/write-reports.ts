// Writes every report of a run into its folder; one that cannot be written does not take the others with it.
import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FieldbenchError } from '../error.ts';
import type { HistoryEvent } from '../history/event.ts';
import type { JudgedRun } from '../judge/judged.ts';
import { allure } from './allure.ts';
import { capture } from './capture.ts';
import { htmlPage } from './html/page.ts';
import { junit } from './junit.ts';
import { materialOf } from './reporter.ts';
import type { Reporter } from './reporter.ts';
import { resultsJson } from './results-json.ts';
import { summaryMd } from './summary-md.ts';

/** Every reporter, in the order of writing: what a pipeline reads comes before what people read. */
export const reporters: readonly Reporter[] = [resultsJson, junit, summaryMd, allure, htmlPage];

/** Whoever taps real devices has other tools beside this one. */
const tapReporters: readonly Reporter[] = [...reporters, capture];

/**
 * Writes all reports of `run` into `folder`, which is made where it is missing.
 *
 * @returns the paths of what was written
 * @throws FieldbenchError `FB_REPORT_FOLDER` when the folder cannot be written to, or when some of the reports could
 * not be written; all others are there then.
 */
export async function writeReports(
  run: JudgedRun,
  events: readonly HistoryEvent[],
  folder: string,
): Promise<readonly string[]> {
  return writeWith(run.run.mode === 'tap' ? tapReporters : reporters, run, events, folder);
}

/** {@link writeReports} with reporters of the caller's choice. */
export async function writeWith(
  chosen: readonly Reporter[],
  run: JudgedRun,
  events: readonly HistoryEvent[],
  folder: string,
): Promise<readonly string[]> {
  await ensureFolder(folder);
  const material = materialOf(run, events);
  const written: string[] = [];
  const lost: { readonly output: string; readonly cause: unknown }[] = [];
  for (const reporter of chosen) {
    const { output } = reporter;
    const path = join(folder, output);
    try {
      await reporter.write(material, path);
      written.push(path);
    } catch (cause) {
      lost.push({ output, cause });
    }
  }
  if (lost.length > 0) throw lostError(folder, lost);
  return written;
}

async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new FieldbenchError({
      code: 'FB_REPORT_FOLDER',
      message: `the report folder ${folder} cannot be written to`,
      expected: 'a folder that can be made and written to',
      actual: messageOf(cause),
      hint: 'name another with --report FOLDER; `fieldbench report` rebuilds every report from a journal',
      cause,
    });
  }
}

function lostError(
  folder: string,
  lost: readonly { readonly output: string; readonly cause: unknown }[],
): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_REPORT_FOLDER',
    message: `${lost.map((it) => it.output).join(', ')} could not be written to ${folder}; the other reports are there`,
    actual: lost.map((it) => `${it.output}: ${messageOf(it.cause)}`).join('; '),
    hint: 'check the space and rights there, then rebuild with `fieldbench report`',
    cause: lost[0]?.cause,
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
