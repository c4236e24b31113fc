// What a scenario may expect of its run.
import { z } from 'zod';
import { duration } from '../bench/files/quantities.ts';
import { partName, qos } from './schema-words.ts';

const count = z.int('expected a whole number').min(0, 'expected 0 or more');

const account = z.strictObject({
  from: partName,
  to: partName,
  qos: qos.optional(),
  lostAtMost: count.default(0),
  duplicatedAtMost: count.optional(),
  reorderedAtMost: count.optional(),
  inFlightAtMost: count.optional(),
  unplacedAtMost: count.default(0),
});

/** One line of the expectations. */
export const expectation = z.union(
  [
    z.strictObject({
      delivered: z.strictObject({ from: partName, to: partName, lostAtMost: z.int().min(0).default(0) }),
    }),
    z.strictObject({ account }),
    z.strictObject({ will: z.strictObject({ of: partName, to: partName, within: duration }) }),
    z.strictObject({ reconnected: z.strictObject({ device: partName, within: duration }) }),
  ],
  'expected one of: delivered, account, will, reconnected',
);
