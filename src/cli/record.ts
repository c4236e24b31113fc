// One run from its first event to its last report: whatever happens in between, what was gathered is judged and kept.
import { mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { FieldbenchError } from '../error.ts';
import type { HistoryEvent } from '../history/event.ts';
import { readJournal } from '../history/read-journal.ts';
import type { JudgedRun } from '../judge/judged.ts';
import { wallTime } from '../net/clock.ts';
import { LiveLine } from '../report/live-line.ts';
import { materialOf } from '../report/reporter.ts';
import { resultsOf } from '../report/results-json.ts';
import { terminalReport } from '../report/terminal.ts';
import { writeReports } from '../report/write-reports.ts';
import { Interrupted } from './interruption.ts';
import { completeRun } from '../run/complete-run.ts';
import { judgeRun } from '../run/judge-run.ts';
import type { PreparedRun } from '../run/prepared-run.ts';

/** How the results of a run are shown. */
export interface Showing {
  /** Print results.json instead of words. */
  readonly json: boolean;
  /** Print nothing of the single run: it is one of many that are shown together. */
  readonly quiet?: boolean;
}

/** A run that was recorded and shown. */
export interface RecordedRun {
  readonly run: JudgedRun;
  /** The verdict's, or 130 or 143 when interrupted. */
  readonly exitCode: number;
  /** What kept the bench from doing its work. */
  readonly failure?: Error;
}

/** What is shown while a run is under way; it is fed every event. */
export interface RunScreen {
  note(event: HistoryEvent): void;
  /** Called before the result is printed. */
  end(): void;
}

/**
 * Runs what was prepared and shows what came of it.
 *
 * @param screen default: a live line, and nothing where data is asked for
 * @returns the exit code: the verdict's, or 130 or 143 when interrupted
 * @throws FieldbenchError `FB_REPORT_FOLDER`, `FB_STATE_FOLDER` before anything has started; what kept the bench from
 *   doing its work, after everything was reported
 */
export async function recordRun(
  prepared: PreparedRun,
  where: RecordedWhere,
  showing: Showing,
  screen?: RunScreen,
): Promise<number> {
  const { exitCode, failure } = await recordedRun(prepared, where, showing, screen);
  if (failure === undefined || where.signal.reason instanceof Interrupted) return exitCode;
  throw failure;
}

interface RecordedWhere {
  readonly reportDir: string;
  readonly signal: AbortSignal;
}

/**
 * As {@link recordRun}, with what came of it.
 * @throws FieldbenchError `FB_REPORT_FOLDER`, `FB_STATE_FOLDER`
 */
export async function recordedRun(
  prepared: PreparedRun,
  where: RecordedWhere,
  showing: Showing,
  screen: RunScreen | undefined = showing.json ? undefined : new LiveLine(process.stderr),
): Promise<RecordedRun> {
  const watch = screen ? { watch: (event: HistoryEvent) => screen.note(event) } : {};
  const { run, events, failure } = await completeRun(prepared, { ...where, ...watch });
  screen?.end();
  await show(run, events, where.reportDir, showing);
  const { reason } = where.signal;
  const exitCode = reason instanceof Interrupted ? reason.exitCode : run.exitCode;
  return { run, exitCode, ...(failure !== undefined && { failure }) };
}

/** Judges the journal in a run folder again, writes every report beside it, and shows the result. */
export async function showRun(folder: string, showing: Showing): Promise<JudgedRun> {
  const events = await Array.fromAsync(readJournal(join(folder, 'journal.ndjson')));
  const run = judgeRun(events);
  await show(run, events, folder, showing);
  return run;
}

/** Prints the result also where a report cannot be written: what was gathered is never lost. */
async function show(run: JudgedRun, events: readonly HistoryEvent[], folder: string, showing: Showing): Promise<void> {
  try {
    await writeReports(run, events, folder);
  } finally {
    if (!showing.quiet) print(run, events, folder, showing);
  }
}

function print(run: JudgedRun, events: readonly HistoryEvent[], folder: string, showing: Showing): void {
  const text = showing.json
    ? JSON.stringify(resultsOf(materialOf(run, events)), null, 2)
    : inWords(run, events, folder);
  process.stdout.write(`${text}\n`);
}

function inWords(run: JudgedRun, events: readonly HistoryEvent[], folder: string): string {
  const lines = terminalReport(run, {
    colour: wantsColour(),
    folder: shownPath(folder),
    width: process.stdout.columns ?? 100,
    events,
  });
  return lines.join('\n');
}

/** A path as a user reads it: from where he stands, unless it leads away from there. */
export function shownPath(path: string): string {
  const shown = relative('', path) || '.';
  return shown.startsWith('..') ? path : shown;
}

/** Whether stdout takes colours. */
export function wantsColour(): boolean {
  return process.stdout.isTTY && !process.env['NO_COLOR'];
}

/**
 * The folder of a new run: the one that was asked for, or a new one below `fieldbench-report`.
 * @throws FieldbenchError `FB_REPORT_FOLDER` when it cannot be made
 */
export function reportFolder(asked: string | undefined, name: string): string {
  const stamp = wallTime()
    .replaceAll(/[-:]|\.\d+Z/g, '')
    .replace('T', '-');
  const folder = asked ?? join('fieldbench-report', `${name}-${stamp}`);
  try {
    if (asked === undefined) return newFolder(folder);
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (cause) {
    throw new FieldbenchError({
      code: 'FB_REPORT_FOLDER',
      message: `cannot write into the report folder ${folder}`,
      actual: cause instanceof Error ? cause.message : String(cause),
      hint: 'name another one with --report DIR',
      cause,
    });
  }
}

/** Benches that begin in the same second get a folder each. */
function newFolder(wanted: string): string {
  for (let n = 1; ; n++) {
    const folder = n === 1 ? wanted : `${wanted}-${n}`;
    mkdirSync(dirname(folder), { recursive: true });
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
