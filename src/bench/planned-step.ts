// One line of a timeline as a plan has it: when, and what.
import type { PlannedAction } from './planned-action.ts';

/** What a step can wait for. */
export type PlannedCondition =
  /** Of these devices at least this share has CONNACK 0 and a connection that lasts. */
  | { readonly kind: 'online'; readonly devices: readonly string[]; readonly sharePct: number }
  /** So many messages whose topic matches have come to this device since the step began to wait. */
  | {
      readonly kind: 'message';
      readonly at: string;
      readonly filter: string;
      readonly contains?: string;
      readonly count: number;
    }
  | { readonly kind: 'part'; readonly part: string; readonly is: PartWord }
  /** `cut` is any way in which it is not up. Every part's own link of this name has to be so. */
  | { readonly kind: 'link'; readonly link: string; readonly is: 'up' | 'cut' };

/** States of a part that can be waited for. */
export const partWords = ['running', 'down', 'paused'] as const;
export type PartWord = (typeof partWords)[number];

/** One thing that happens, once. */
export interface PlannedStep {
  /** Counted from {@link since}; without one from the moment when every device is online. */
  readonly atMs: number;
  /** Name of the moment that it counts from; where that never comes, neither does this. */
  readonly since?: string;
  /** From then on it waits for this, at most so long; where it does not come in time, the step is not done. */
  readonly when?: { readonly condition: PlannedCondition; readonly withinMs: number };
  readonly action: PlannedAction;
  /** Name of the moment that it makes, for those that count from it. */
  readonly makes?: string;
  /** It takes another step back: where the timeline ends before, it is done then. */
  readonly isUndoing?: true;
  /** Which line of the scenario's timeline it comes from, from 0. */
  readonly line: number;
}
