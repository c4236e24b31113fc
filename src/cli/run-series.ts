// Several runs one after the other: each with its own folder, all with one exit code.
import { Interrupted } from './interruption.ts';
import { recordedRun, type RecordedRun, type Showing } from './record.ts';
import type { PreparedRun } from '../run/prepared-run.ts';
import { whatWentWrong } from './went-wrong.ts';

/** A run of a series. */
export interface SeriesRun {
  readonly prepared: PreparedRun;
  /** Makes the folder of its results and gives its path. */
  readonly folder: () => string;
}

/** What came of one; nothing was recorded where it could not begin. */
export interface SeriesResult {
  readonly folder: string;
  readonly recorded?: RecordedRun;
  /** Why nothing, or not all of it, was recorded. */
  readonly failure?: unknown;
}

/**
 * Plays them in order. What keeps one from its end is printed and keeps none of the others from beginning; an
 * interruption ends the series.
 * @param done called after each
 */
export async function playSeries(
  runs: readonly SeriesRun[],
  showing: Showing,
  signal: AbortSignal,
  done: (result: SeriesResult, at: number) => void,
): Promise<number> {
  let worst = 0;
  for (const [at, it] of runs.entries()) {
    const result = await played(it, showing, signal);
    done(result, at);
    if (signal.reason instanceof Interrupted) return signal.reason.exitCode;
    const failure = result.failure ?? result.recorded?.failure;
    if (failure !== undefined) process.stderr.write(`${whatWentWrong(failure)}\n`);
    worst = weightier(worst, failure === undefined ? (result.recorded?.exitCode ?? 0) : 2);
  }
  return worst;
}

async function played({ prepared, folder }: SeriesRun, showing: Showing, signal: AbortSignal): Promise<SeriesResult> {
  let reportDir = '';
  try {
    reportDir = folder();
    return { folder: reportDir, recorded: await recordedRun(prepared, { reportDir, signal }, showing) };
  } catch (failure) {
    return { folder: reportDir, failure };
  }
}

/** Of several runs: what could not be done first, then a failure, then what was inconclusive. */
function weightier(a: number, b: number): number {
  return [2, 1, 3].find((code) => a === code || b === code) ?? 0;
}
