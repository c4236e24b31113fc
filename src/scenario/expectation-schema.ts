// What a scenario may expect of its run.
import { z } from 'zod';
import { duration } from '../bench/files/quantities.ts';
import { partName } from './schema-words.ts';

/** One line of the expectations. */
export const expectation = z.union(
  [
    z.strictObject({
      delivered: z.strictObject({ from: partName, to: partName, lostAtMost: z.int().min(0).default(0) }),
    }),
    z.strictObject({ will: z.strictObject({ of: partName, to: partName, within: duration }) }),
    z.strictObject({ reconnected: z.strictObject({ device: partName, within: duration }) }),
  ],
  'expected one of: delivered, will, reconnected',
);
