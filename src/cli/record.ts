// One run from its first event to its last report: whatever happens in between, what was gathered is judged and kept.
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openBench, type Bench, type BenchOptions } from '../bench/bench.ts';
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
import { judgeRun } from './judge-run.ts';

/** How the results of a run are shown. */
export interface Showing {
  /** Print results.json instead of words. */
  readonly json: boolean;
}

/**
 * Opens a bench, lets `drive` work on it, closes it, then judges and reports what its journal holds.
 *
 * @returns the exit code: the verdict's, or 130 or 143 when interrupted
 * @throws FieldbenchError `FB_REPORT_FOLDER`, `FB_STATE_FOLDER` before anything has started; what kept the bench from
 *   doing its work, after everything was reported
 */
export async function recordRun(
  options: BenchOptions,
  showing: Showing,
  drive: (bench: Bench) => Promise<void>,
): Promise<number> {
  const failure = await driven(options, showing, drive);
  const run = await showRun(options.reportDir, showing);
  if (options.signal.reason instanceof Interrupted) return options.signal.reason.exitCode;
  if (failure === undefined) return run.exitCode;
  throw failure;
}

/** Gives what went wrong; nothing when the run came to its end or was interrupted. */
async function driven(
  options: BenchOptions,
  showing: Showing,
  drive: (bench: Bench) => Promise<void>,
): Promise<Error | undefined> {
  await using bench = await openBench(options);
  const live = new LiveLine(process.stderr);
  const unwatch = showing.json ? () => {} : bench.history.watch((event) => live.note(event));
  try {
    await drive(bench);
    bench.finish('completed');
    return undefined;
  } catch (error) {
    if (options.signal.aborted) return undefined;
    const failure = error instanceof Error ? error : new Error(String(error));
    bench.finish('failed', failure.message);
    return failure;
  } finally {
    unwatch();
    live.end();
  }
}

/** Judges the journal in a run folder, writes every report beside it, and prints the result. */
export async function showRun(folder: string, showing: Showing): Promise<JudgedRun> {
  const events: HistoryEvent[] = [];
  for await (const event of readJournal(join(folder, 'journal.ndjson'))) events.push(event);
  const run = judgeRun(events);
  await writeReports(run, events, folder);
  const text = showing.json
    ? JSON.stringify(resultsOf(materialOf(run, events)), null, 2)
    : inWords(run, events, folder);
  process.stdout.write(`${text}\n`);
  return run;
}

function inWords(run: JudgedRun, events: readonly HistoryEvent[], folder: string): string {
  const shown = relative('', folder) || '.';
  const lines = terminalReport(run, {
    colour: wantsColour(),
    folder: shown.startsWith('..') ? folder : shown,
    width: process.stdout.columns ?? 100,
    events,
  });
  return lines.join('\n');
}

function wantsColour(): boolean {
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
