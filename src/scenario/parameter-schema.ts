// What a scenario may say of its parameters.
import { z } from 'zod';
import { partName } from './schema-words.ts';

const limit = z.union([z.number(), z.string().min(1)], 'expected a number, or an amount with its unit');

/** A default alone, or with what it is about and its limits. */
const parameter = z.union(
  [
    z.number(),
    z.string(),
    z.boolean(),
    z.strictObject({
      default: z.union([z.number(), z.string(), z.boolean()], 'expected a number, text, true or false'),
      about: z.string().min(1).optional(),
      min: limit.optional(),
      max: limit.optional(),
    }),
  ],
  'expected a default (a number, text, true or false), or { default, about, min, max }',
);

/** Parameters by name. */
export const parameterSchema = z.record(partName, parameter);

/** A parameter as a file declares it. */
export type WrittenParameter = z.output<typeof parameter>;
