// When a step of a timeline happens: at a moment, after a phase, on a condition, or at random.
import { z } from 'zod';
import { partWords } from '../bench/planned-step.ts';
import { duration, share } from '../bench/files/quantities.ts';
import { partName, phaseName, populationName } from './schema-words.ts';

/** What a step can wait for. */
const condition = z.union(
  [
    /** Share of devices that are online; `of` one device, or of those whose name begins so and ends with a number. */
    z.strictObject({ online: share, of: populationName.optional() }),
    z.strictObject({
      message: z.string().min(1),
      at: partName,
      contains: z.string().min(1).optional(),
      count: z.int().min(1).default(1),
    }),
    z.strictObject({ part: partName, is: z.enum(partWords) }),
    z.strictObject({ link: partName, is: z.enum(['up', 'cut']) }),
  ],
  'expected one of: online, message, part, link',
);

const span = duration.refine((ms) => ms > 0, 'expected a time longer than 0');

/** How the times between random events are drawn; each counts from the end of the event before. */
const random = z.union(
  [
    /** Exponential, with this mean. */
    z.strictObject({ poisson: span }),
    z.strictObject({
      renewal: z.strictObject({
        /** The mean. */
        every: span,
        spread: share.refine((pct) => pct <= 100, 'expected at most 100%'),
        /** `uniform`: all within the spread about the mean; `lognormal`: the spread is the standard deviation. */
        law: z.enum(['uniform', 'lognormal']).default('uniform'),
      }),
    }),
  ],
  'expected one of: poisson, renewal',
);

/** Keys of a step that can happen once. */
export const onceKeys = {
  at: duration.optional(),
  /** A phase that `at`, or the waiting of `when`, counts from. */
  after: phaseName.optional(),
  when: condition.optional(),
  /** Of `when`: from when on it is looked for, and for how long. */
  from: duration.optional(),
  within: span.optional(),
};

/** Keys of a step that can happen at random, any number of times. */
export const timingKeys = { ...onceKeys, random: random.optional(), until: duration.optional() };

/** Everything that the keys can say. */
export type Timing = { readonly [Key in keyof typeof timingKeys]?: z.output<(typeof timingKeys)[Key]> };

/** Refuses keys that do not go together. */
export function oneTiming(
  { at, after, when, from, within, random: drawn, until }: Timing,
  context: z.RefinementCtx,
): void {
  const say = (message: string): void => context.addIssue({ code: 'custom', message });
  const ways = [at, when, drawn].filter((it) => it !== undefined).length;
  if (ways > 1) say('expected one of "at", "when" and "random"');
  if (ways === 0 && after === undefined) say('expected when it happens: "at", "after", "when" or "random"');
  if ((when === undefined) !== (within === undefined)) say('"when" and "within" go together');
  if (drawn === undefined && until !== undefined) say('"until" goes with "random"');
  if (drawn !== undefined && after !== undefined)
    say('"random" counts from the beginning: "after" does not go with it');
  if (when === undefined && drawn === undefined && from !== undefined) say('"from" goes with "when" or "random"');
}
