// Moments of random events, drawn from the seed before anything starts: the same seed gives the same plan.
import { draw } from '../faults/draw.ts';
import { exponentialMs } from '../faults/spells.ts';
import type { Timing } from './step-timing.ts';

/** How times between events are drawn. */
export type RandomLaw = NonNullable<Timing['random']>;

/** What is drawn for: another step of the timeline moves none of its draws. */
export interface RandomName {
  readonly seed: number;
  /** What happens to whom, e.g. `cut radio`. */
  readonly what: string;
  /** Among random steps that do the same to the same, from 1. */
  readonly ordinal: number;
}

/** Between which moments events happen, and how long each lasts. */
export interface RandomSpan {
  readonly fromMs: number;
  readonly untilMs: number;
  /** An event that would not be over by `untilMs` does not happen. */
  readonly lastsMs: number;
}

/** More than a timeline bears; a step that asks for more is a mistake. */
export const mostEvents = 10_000;

/** Moments in order, whole milliseconds; at most {@link mostEvents}. Each time counts from the end of the event before. */
export function randomTimesMs(
  law: RandomLaw,
  name: RandomName,
  { fromMs, untilMs, lastsMs }: RandomSpan,
): readonly number[] {
  const times: number[] = [];
  let freeMs = fromMs;
  while (times.length < mostEvents) {
    const atMs = Math.round(freeMs + intervalMs(law, name, times.length));
    if (atMs + lastsMs > untilMs) break;
    times.push(atMs);
    freeMs = atMs + lastsMs;
  }
  return times;
}

function intervalMs(law: RandomLaw, { seed, what, ordinal }: RandomName, n: number): number {
  const drawn = (k: number): number =>
    draw({
      seed,
      link: `timeline/${what}`,
      connection: ordinal,
      direction: 'toServer',
      purpose: 'event',
      n: 2 * n + k,
    });
  if ('poisson' in law) return exponentialMs(law.poisson, drawn(0));
  const { every, spread, law: shape } = law.renewal;
  if (shape === 'uniform') return every * (1 + (spread / 100) * (2 * drawn(0) - 1));
  return lognormalMs(every, spread / 100, drawn(0), drawn(1));
}

/** Log-normal with this mean and coefficient of variation, by Box and Muller from two draws in [0, 1). */
function lognormalMs(meanMs: number, variation: number, u: number, v: number): number {
  const variance = Math.log1p(variation ** 2);
  const normal = Math.sqrt(-2 * Math.log1p(-u)) * Math.cos(2 * Math.PI * v);
  return meanMs * Math.exp(Math.sqrt(variance) * normal - variance / 2);
}
