// What the bench and a shard's process tell each other: plain data, checked where it arrives.
import * as z from 'zod';
import { countNames, type CountName } from './counts.ts';
import { shardSchema } from './shard.ts';
import { timeNames, type TimeName } from './times.ts';

/** What the bench tells a shard. */
export const shardOrderSchema = z.discriminatedUnion('kind', [
  /** First, and once: who its devices are. They want to be online from then on. */
  z.strictObject({ kind: z.literal('begin'), shard: shardSchema }),
  /** Publish what is planned between these times. */
  z.strictObject({ kind: z.literal('publish'), fromMs: z.number(), untilMs: z.number() }),
  /** Plan nothing more; what is queued or in flight goes on. */
  z.strictObject({ kind: z.literal('hush') }),
  /** Report now. */
  z.strictObject({ kind: z.literal('report') }),
  /** DISCONNECT, a last report, and the end. */
  z.strictObject({ kind: z.literal('stop') }),
]);

const counts = z.record(z.enum(countNames), z.number()) as z.ZodType<Record<CountName, number>>;
const times = z.record(z.enum(timeNames), z.array(z.number())) as z.ZodType<Record<TimeName, number[]>>;

/** Checks what {@link ShardReport} says. */
export const shardReportSchema = z.strictObject({
  kind: z.literal('report'),
  shard: z.int(),
  /** Ordinal of the report, from 1: one that is missing shows. */
  ordinal: z.int().positive(),
  atMs: z.number(),
  isLast: z.boolean(),
  devices: z.int(),
  online: z.int(),
  /** Devices that the window holds back, and messages that are queued or in flight. */
  heldBack: z.int(),
  unfinished: z.int(),
  /** Since the beginning. */
  counts,
  failures: z.record(z.string(), z.int()),
  /** Since the report before. */
  times,
  loopDelayP99Ms: z.number(),
  loopDelayMaxMs: z.number(),
  /** Of the process, since its beginning. */
  cpuMs: z.number(),
  rssB: z.number(),
});

/** What a shard tells the bench: reports, or that it cannot be. */
export const shardAnswerSchema = z.discriminatedUnion('kind', [
  shardReportSchema,
  z.strictObject({
    kind: z.literal('failed'),
    code: z.string(),
    message: z.string(),
    expected: z.string().optional(),
    actual: z.string().optional(),
    hint: z.string().optional(),
  }),
]);

export type ShardOrder = z.infer<typeof shardOrderSchema>;
export type ShardReport = z.infer<typeof shardReportSchema>;
export type ShardAnswer = z.infer<typeof shardAnswerSchema>;
