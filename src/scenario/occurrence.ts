// When the steps of a timeline happen: phases resolved, random events drawn, what lasts with its end.
import type { PlannedStep } from '../bench/planned-step.ts';
import { FieldbenchError, didYouMean } from '../error.ts';
import { conditionOf } from './planned-condition.ts';
import { mostEvents, randomTimesMs } from './random-times.ts';
import type { ScenarioFile } from './read-scenario.ts';
import type { ScenarioStep } from './schema.ts';
import type { Timing } from './step-timing.ts';
import { stepWord } from './step-word.ts';

/** One happening of a step, or its undoing. */
export interface Occurrence extends Omit<PlannedStep, 'action'> {
  readonly step: ScenarioStep;
  /** What it takes back. */
  readonly undoes?: Occurrence;
}

/** What is not the scenario's to say. */
export interface TimelineFigures {
  readonly seed: number;
  /** How many times faster than written it runs. */
  readonly compression: number;
}

/** A moment that is known, or that counts from one that is not. */
interface Start {
  readonly atMs: number;
  readonly since?: string;
}

/** Every happening: those at known moments in the order of time, then those that count from others. */
export function occurrencesOf(
  file: ScenarioFile,
  figures: TimelineFigures,
): { readonly occurrences: readonly Occurrence[]; readonly errors: readonly FieldbenchError[] } {
  const timeline = new Timeline(file, figures);
  const all = file.scenario.timeline.flatMap((step, line) => timeline.occurrences(step, line));
  const known = all.filter((it) => it.since === undefined).toSorted((a, b) => a.atMs - b.atMs);
  return { occurrences: [...known, ...all.filter((it) => it.since !== undefined)], errors: timeline.errors };
}

class Timeline {
  readonly errors: FieldbenchError[] = [];
  readonly #file: ScenarioFile;
  readonly #figures: TimelineFigures;
  readonly #phases = new Map<string, { readonly step: ScenarioStep; readonly line: number }>();
  /** Random steps so far, by what they do to whom. */
  readonly #drawn = new Map<string, number>();

  constructor(file: ScenarioFile, figures: TimelineFigures) {
    this.#file = file;
    this.#figures = figures;
    for (const [line, step] of file.scenario.timeline.entries()) {
      if (!('phase' in step)) continue;
      if (this.#phases.has(step.phase)) this.#wrong(line, 'phase', `there is a phase "${step.phase}" already`);
      else this.#phases.set(step.phase, { step, line });
    }
  }

  occurrences(step: ScenarioStep, line: number): readonly Occurrence[] {
    const { random } = timingOf(step);
    if (random !== undefined) return this.#atRandom(step, line, random);
    const start = this.#startOf(step, line, []);
    return start === undefined ? [] : this.#lasting(step, line, start);
  }

  #compressed(ms: number): number {
    return ms / this.#figures.compression;
  }

  get #endMs(): number {
    return this.#compressed(this.#file.scenario.duration);
  }

  #atRandom(step: ScenarioStep, line: number, law: NonNullable<Timing['random']>): readonly Occurrence[] {
    const { seed, compression } = this.#figures;
    const { from = 0, until = this.#file.scenario.duration } = timingOf(step);
    if (until > this.#file.scenario.duration) return this.#late(line, 'until', until);
    const { word, name: whom } = stepWord(step);
    const what = `${word} ${whom}`;
    const ordinal = (this.#drawn.get(what) ?? 0) + 1;
    this.#drawn.set(what, ordinal);
    // Drawn as written and compressed afterwards: the same events, closer together.
    const span = { fromMs: from, untilMs: until, lastsMs: lastsMs(step) ?? 0 };
    const times = randomTimesMs(law, { seed, what, ordinal }, span);
    if (times.length === mostEvents) this.#wrong(line, 'random', `more than ${mostEvents} events`);
    return times.flatMap((atMs) => this.#lasting(step, line, { atMs: atMs / compression }));
  }

  #lasting(step: ScenarioStep, line: number, start: Start): readonly Occurrence[] {
    const when = this.#waitOf(step);
    const isUnsure = when !== undefined;
    const lasts = lastsMs(step);
    const name = 'phase' in step ? step.phase : lasts !== undefined && isUnsure ? `step ${line + 1}` : undefined;
    const it: Occurrence = { step, line, ...start, ...(when && { when }), ...(name !== undefined && { makes: name }) };
    if (start.since === undefined && start.atMs > this.#endMs)
      return this.#late(line, 'at', start.atMs * this.#figures.compression);
    if (lasts === undefined) return [it];
    const isDip = 'dip' in step; // Over by itself, and a supply has no time lapse.
    const overMs = isDip ? lasts : this.#compressed(lasts);
    const end = isUnsure ? { atMs: overMs, since: `step ${line + 1}` } : { ...start, atMs: start.atMs + overMs };
    if (end.since === undefined && end.atMs > this.#endMs)
      return this.#late(line, 'for', end.atMs * this.#figures.compression);
    return isDip ? [it] : [it, { step, line, undoes: it, isUndoing: true, ...end }];
  }

  #waitOf(step: ScenarioStep): PlannedStep['when'] {
    const { when, within } = timingOf(step);
    // What the network takes is not compressed.
    return when && { condition: conditionOf(when, this.#file.scenario), withinMs: within ?? 0 };
  }

  /** Nothing where it cannot be: an error says so. */
  #startOf(step: ScenarioStep, line: number, trail: readonly string[]): Start | undefined {
    const { at, from, after } = timingOf(step);
    const atMs = this.#compressed(at ?? from ?? 0);
    if (after === undefined) return { atMs };
    const phase = this.#phases.get(after);
    if (phase === undefined) {
      const hint = didYouMean(after, [...this.#phases.keys()]);
      return this.#wrong(line, 'after', `there is no phase "${after}"`, hint);
    }
    if (trail.includes(after)) {
      return this.#wrong(line, 'after', `the phase "${after}" waits for itself`);
    }
    if (timingOf(phase.step).when !== undefined) return { atMs, since: after };
    const base = this.#startOf(phase.step, phase.line, [...trail, after]);
    return base && (base.since === undefined ? { atMs: base.atMs + atMs } : { atMs, since: after });
  }

  #wrong(line: number, key: string, what: string, hint?: string): undefined {
    const at = this.#file.place(['timeline', line, key]);
    const message = `timeline.${line}.${key}: ${what}`;
    const isKnown = this.errors.some((it) => it.message === message);
    if (isKnown) return;
    this.errors.push(
      new FieldbenchError({ code: 'FB_SCENARIO_STEP', message, at, ...(hint !== undefined && { hint }) }),
    );
  }

  #late(line: number, key: string, ms: number): [] {
    const { duration } = this.#file.scenario;
    this.errors.push(
      new FieldbenchError({
        code: 'FB_SCENARIO_TIME',
        message: `timeline.${line}: ${key === 'for' ? 'lasts until' : 'happens at'} ${ms / 1000} s, after the end at ${duration / 1000} s`,
        at: this.#file.place(['timeline', line, key]),
        hint: 'raise "duration", or let it happen earlier',
      }),
    );
    return [];
  }
}

/** Not every step can have every one of these keys. */
function timingOf(step: ScenarioStep): Timing {
  return step;
}

function lastsMs(step: ScenarioStep): number | undefined {
  return 'for' in step ? step.for : undefined;
}
