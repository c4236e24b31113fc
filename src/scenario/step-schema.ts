// What a scenario's timeline may say: when, and what happens to which part.
import { z } from 'zod';
import { duration } from '../bench/files/quantities.ts';
import { faultSchema } from './fault-schema.ts';
import { figureKeys, linkWord, oneDelay } from './link-schema.ts';
import { partName } from './schema-words.ts';

const at = { at: duration };
/** One line of the timeline. */
export const step = z.union(
  [
    z.strictObject({ ...at, shape: partName, profile: linkWord.optional(), ...figureKeys }).superRefine(oneDelay),
    z.strictObject({ ...at, cut: partName, how: z.enum(['drop', 'rst']).default('drop') }),
    z.strictObject({ ...at, halfOpen: partName, dead: z.enum(['toServer', 'toClient']) }),
    z.strictObject({ ...at, restore: partName }),
    /** Adds packet faults to a link. */
    z.strictObject({ ...at, fault: partName, with: z.union([faultSchema, z.array(faultSchema).min(1)]) }),
    z.strictObject({ ...at, kill: partName }),
    z.strictObject({ ...at, stop: partName }),
    z.strictObject({ ...at, restart: partName }),
  ],
  'expected one of: shape, cut, halfOpen, restore, fault, kill, stop, restart, with its "at"',
);
