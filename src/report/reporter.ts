// What a reporter is: it reads a judged run and the history behind it, and writes one kind of output.
import type { HistoryEvent, RunStarted } from '../history/event.ts';
import type { JudgedRun } from '../judge/judged.ts';
import { Excerpts } from './excerpt.ts';
import { problemsOf } from './problems.ts';
import type { Problem } from './problems.ts';
import { seriesOf } from './series/series.ts';
import type { Series } from './series/series.ts';

/** What every report is made from; what several of them need is worked out once. */
export interface Material {
  readonly run: JudgedRun;
  readonly events: readonly HistoryEvent[];
  readonly excerpts: Excerpts;
  readonly problems: readonly Problem[];
  /** Where a timeline was played. */
  readonly series?: Series;
}

/** Writes one output into a folder that exists. */
export interface Reporter {
  /** Name of the file or folder that it writes. */
  readonly output: string;
  write(material: Material, path: string): Promise<void>;
}

/** Gathers what the reporters read. */
export function materialOf(run: JudgedRun, events: readonly HistoryEvent[]): Material {
  const series = hasTimeline(run.run) ? { series: seriesOf(events) } : {};
  return { run, events, excerpts: new Excerpts(events), problems: problemsOf(run), ...series };
}

/** Figures over time say something where a timeline was played. */
export function hasTimeline({ mode }: Pick<RunStarted, 'mode'>): boolean {
  return mode === 'scenario';
}
