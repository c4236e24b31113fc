// A run for programs: opened, driven, closed and judged, without a word printed; what was gathered is judged in any case.
import { join } from 'node:path';
import { openBench } from '../bench/bench.ts';
import type { HistoryEvent } from '../history/event.ts';
import type { Watcher } from '../history/live-history.ts';
import { readJournal } from '../history/read-journal.ts';
import type { JudgedRun } from '../judge/judged.ts';
import { judgeRun } from './judge-run.ts';
import { prepareConformance, type ConformanceOptions, type PreparedRun } from './prepared-run.ts';
import { prepareScenario, type ScenarioOptions } from './prepared-scenario.ts';

/** Where a run leaves its journal, and what ends it early. */
export interface RunSurroundings {
  /** Folder of the run, made when missing; it must not hold a journal yet. */
  readonly reportDir: string;
  /** Ends the run: every wait gives up, and what was gathered is judged. */
  readonly signal: AbortSignal;
  /** Sees every event as it happens. */
  readonly watch?: Watcher;
}

/** A run that is over. */
export interface CompletedRun {
  readonly run: JudgedRun;
  readonly events: readonly HistoryEvent[];
  /** Why the run did not come to its end: a FieldbenchError, or the reason of the signal. `run` is inconclusive then. */
  readonly failure?: Error;
}

/**
 * Judges brokers by conformance checks.
 * @throws FieldbenchError `FB_USAGE`, `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`, `FB_REPORT_FOLDER`, `FB_STATE_FOLDER`; what
 * goes wrong later stands in `failure`
 */
export async function runConformance(options: ConformanceOptions & RunSurroundings): Promise<CompletedRun> {
  return completeRun(prepareConformance(options), options);
}

/**
 * Plays a scenario and judges what it showed.
 * @throws FieldbenchError `FB_SCENARIO_FILE`, `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`, `FB_REPORT_FOLDER`,
 * `FB_STATE_FOLDER`; ScenarioErrors; what goes wrong later stands in `failure`
 */
export async function runScenario(options: ScenarioOptions & RunSurroundings): Promise<CompletedRun> {
  return completeRun(await prepareScenario(options), options);
}

/** Runs what was prepared and judges its journal. */
export async function completeRun(prepared: PreparedRun, where: RunSurroundings): Promise<CompletedRun> {
  const failure = await driven(prepared, where);
  const events = await Array.fromAsync(readJournal(join(where.reportDir, 'journal.ndjson')));
  return { run: judgeRun(events, prepared.checks), events, ...(failure !== undefined && { failure }) };
}

/** Gives what went wrong; nothing when the run came to its end. */
async function driven(
  prepared: PreparedRun,
  { reportDir, signal, watch }: RunSurroundings,
): Promise<Error | undefined> {
  await using bench = await openBench({ ...prepared.bench, reportDir, signal });
  if (watch) bench.history.watch(watch);
  try {
    await prepared.drive(bench);
    bench.finish('completed');
    return undefined;
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    if (!signal.aborted) bench.finish('failed', failure.message);
    return failure;
  }
}
