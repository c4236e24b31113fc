// A shard: the devices that one child process runs, as plain data that says all the child has to know.
import * as z from 'zod';
import type { RuleParameters } from '../judge/rule.ts';
import { populationSchema } from './population.ts';

/** Some of a population: the devices with the numbers `from` to `to`, both included, from 1. */
const sliceSchema = z.strictObject({
  population: populationSchema,
  from: z.int().positive(),
  to: z.int().positive(),
  /** Rows of the population's table, the first for device `from`. */
  rows: z.array(z.array(z.string())).default([]),
});

/** What a shard that judges has to know. */
const watch = z.strictObject({
  /** Name of the part that the devices of each slice connect to. */
  servers: z.array(z.string()),
  target: z.string().optional(),
  /** Whether a link stands between a device and its socket. */
  hasLinks: z.boolean(),
  parameters: z.record(z.string(), z.number()) as unknown as z.ZodType<RuleParameters>,
  /** Findings of a kind that are listed; further ones are counted. */
  listed: z.int().positive(),
  /** Whether the bench is sent all that is seen: routing rules need every party. */
  isMerged: z.boolean(),
});

/** Checks what {@link Shard} says. */
export const shardSchema = z.strictObject({
  shard: z.int().nonnegative(),
  seed: z.int(),
  /** Stands in payloads, so that messages of another run are not taken for ours. */
  run: z.int().min(0).max(0xffffffff),
  /** Zero of the run's clock, in nanoseconds of the machine's monotonic time. */
  zeroNs: z.string().regex(/^-?\d+$/),
  slices: z.array(sliceSchema).min(1),
  /** Most connections that are being made at once. */
  connectWindow: z.int().positive(),
  reportEveryMs: z.number().positive(),
  /** Rules judge every packet, where this is there. */
  watch: watch.optional(),
});

export type Slice = z.infer<typeof sliceSchema>;
export type Shard = z.infer<typeof shardSchema>;

/** How many devices a shard has. */
export const deviceCount = ({ slices }: Pick<Shard, 'slices'>): number =>
  slices.reduce((sum, { from, to }) => sum + to - from + 1, 0);
