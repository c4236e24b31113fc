// What a reporter is: it reads a judged run and the history behind it, and writes one kind of output.
import type { HistoryEvent } from '../history/event.ts';
import type { JudgedRun } from '../judge/judged.ts';
import { Excerpts } from './excerpt.ts';
import { problemsOf } from './problems.ts';
import type { Problem } from './problems.ts';

/** What every report is made from; what several of them need is worked out once. */
export interface Material {
  readonly run: JudgedRun;
  readonly events: readonly HistoryEvent[];
  readonly excerpts: Excerpts;
  readonly problems: readonly Problem[];
}

/** Writes one output into a folder that exists. */
export interface Reporter {
  /** Name of the file or folder that it writes. */
  readonly output: string;
  write(material: Material, path: string): Promise<void>;
}

/** Gathers what the reporters read. */
export function materialOf(run: JudgedRun, events: readonly HistoryEvent[]): Material {
  return { run, events, excerpts: new Excerpts(events), problems: problemsOf(run) };
}
