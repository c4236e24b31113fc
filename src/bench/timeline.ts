// Lets a timeline happen: each step at its moment, or when what it waits for comes; what does not happen is noted.
import { pause } from '../net/clock.ts';
import type { PartContext } from '../parts/part.ts';
import type { Conditions } from './condition.ts';
import type { PlannedAction } from './planned-action.ts';
import type { PlannedStep } from './planned-step.ts';

/** Name of the mark of a step that did not happen; `data.step` says which, `data.why` why not. */
export const notDone = 'not-done';

/** What a timeline acts on. */
export interface TimelineWorld {
  readonly context: Pick<PartContext, 'clock' | 'history' | 'signal'>;
  readonly conditions: Conditions;
  /** Gives why it could not be done, where it could not. */
  readonly act: (action: PlannedAction) => Promise<string | undefined>;
  /** Words for a step, noted in the history when it happens. */
  readonly inWords: (action: PlannedAction) => string;
}

/**
 * Plays these steps, from now until `durationMs` is over and everything that was begun is done.
 * What is done to one part happens in order; a slow start of one does not hold up the others.
 * @throws FieldbenchError of the parts, at once; the reason of the signal when the run is interrupted
 */
export async function playTimeline(
  steps: readonly PlannedStep[],
  durationMs: number,
  world: TimelineWorld,
): Promise<void> {
  const timeline = new Timeline(steps, world);
  try {
    await timeline.play(durationMs);
  } finally {
    await timeline.settled();
  }
}

/** A moment that steps count from: when it came, or nothing where it never does. */
type Moment = PromiseWithResolvers<number | undefined>;

class Timeline {
  readonly #steps: readonly PlannedStep[];
  readonly #world: TimelineWorld;
  readonly #moments: ReadonlyMap<string, Moment>;
  /** Publishing ends: what still waits is not done. */
  readonly #over = new AbortController();
  readonly #failing = new AbortController();
  readonly #running: Promise<void>[] = [];

  constructor(steps: readonly PlannedStep[], world: TimelineWorld) {
    this.#steps = steps;
    this.#world = world;
    const made = steps.flatMap((it) => (it.makes === undefined ? [] : [it.makes]));
    this.#moments = new Map(made.map((name) => [name, Promise.withResolvers<number | undefined>()]));
  }

  async play(durationMs: number): Promise<void> {
    const { clock } = this.#world.context;
    const beganMs = clock.nowMs();
    const bySince = Map.groupBy(this.#steps, (it) => it.since);
    for (const [since, group] of bySince) {
      if (since !== undefined) this.#run(this.#playSince(since, group));
    }
    await this.#playGroup(bySince.get(undefined) ?? [], beganMs);
    await pause(clock, Math.max(0, beganMs + durationMs - clock.nowMs()), this.#ends());
    this.#over.abort();
    await this.#allRun();
    this.#failing.signal.throwIfAborted();
  }

  /** Waits for what is still being done; what went wrong stands elsewhere. */
  async settled(): Promise<void> {
    this.#over.abort();
    await this.#allRun();
  }

  /** What runs may begin more. */
  async #allRun(): Promise<void> {
    for (let known = -1; known < this.#running.length;) {
      known = this.#running.length;
      await Promise.all(this.#running);
    }
  }

  #ends(...more: readonly AbortSignal[]): AbortSignal {
    return AbortSignal.any([this.#world.context.signal, this.#failing.signal, ...more]);
  }

  /** Begins something; where it fails, so does the timeline. */
  #run(work: Promise<void>): void {
    this.#running.push(work.catch((error: unknown) => this.#failing.abort(error)));
  }

  async #playSince(since: string, steps: readonly PlannedStep[]): Promise<void> {
    const beganMs = await this.#moments.get(since)?.promise;
    if (beganMs !== undefined) return this.#playGroup(steps, beganMs);
    for (const step of steps) this.#leaveOut(step, 'what it counts from never came');
  }

  async #playGroup(steps: readonly PlannedStep[], beganMs: number): Promise<void> {
    const { clock } = this.#world.context;
    for (const step of steps.toSorted((a, b) => a.atMs - b.atMs)) {
      const isDue = await this.#isDue(beganMs + step.atMs - clock.nowMs());
      if (!isDue && step.isUndoing !== true) this.#leaveOut(step, 'the timeline was over before');
      else if (step.when === undefined) this.#do(step);
      else this.#run(this.#await(step, step.when));
    }
  }

  /** Whether that time passes before the timeline is over. */
  async #isDue(delayMs: number): Promise<boolean> {
    this.#ends().throwIfAborted();
    if (this.#over.signal.aborted) return false;
    if (delayMs <= 0) return true;
    try {
      await pause(this.#world.context.clock, delayMs, this.#ends(this.#over.signal));
      return true;
    } catch (error) {
      this.#ends().throwIfAborted();
      if (this.#over.signal.aborted) return false;
      throw error;
    }
  }

  async #await(step: PlannedStep, { condition, withinMs }: NonNullable<PlannedStep['when']>): Promise<void> {
    const came = await this.#world.conditions.comes(condition, withinMs, this.#ends(this.#over.signal));
    if (this.#ends().aborted) return;
    if (came) return this.#do(step);
    const isOver = this.#over.signal.aborted;
    this.#leaveOut(step, isOver ? 'the timeline was over before' : `not so within ${withinMs / 1000} s`);
  }

  #do(step: PlannedStep): void {
    const { context, inWords } = this.#world;
    const { clock, history } = context;
    const { action, makes, line } = step;
    history.record({ kind: 'mark', name: 'timeline', data: { step: inWords(action), line } });
    if (action.do === 'phase') history.record({ kind: 'mark', name: 'phase', data: { phase: action.phase } });
    if (makes !== undefined) this.#moments.get(makes)?.resolve(clock.nowMs());
    this.#run(this.#act(step));
  }

  async #act(step: PlannedStep): Promise<void> {
    const why = await this.#world.act(step.action);
    if (why !== undefined) this.#note(step, why);
  }

  #leaveOut(step: PlannedStep, why: string): void {
    this.#note(step, why);
    if (step.makes !== undefined) this.#moments.get(step.makes)?.resolve(undefined);
  }

  #note({ action, line }: PlannedStep, why: string): void {
    const { context, inWords } = this.#world;
    context.history.record({ kind: 'mark', name: notDone, data: { step: inWords(action), line, why } });
  }
}
