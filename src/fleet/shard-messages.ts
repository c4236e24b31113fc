// What the bench and a shard's process tell each other: plain data, checked where it arrives.
import * as z from 'zod';
import { countNames, type CountName } from './counts.ts';
import type { Finding } from '../judge/finding.ts';
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
  /** DISCONNECT for all, and the last of what was seen; the process stays, for rules to come to their end. */
  z.strictObject({ kind: z.literal('leave') }),
  /**
   * What each server did on the connections of all shards, up to `untilMs`: its packets by name of server, at least the
   * first and the last since the order before. After the `isLast` one the rules come to their end.
   */
  z.strictObject({
    kind: z.literal('told'),
    signs: z.record(z.string(), z.array(z.number())),
    takenOver: z.array(z.string()),
    untilMs: z.number(),
    isLast: z.boolean(),
  }),
  /** Keep what shows a finding of the bench: places, and packets around, of what was seen by ordinal. */
  z.strictObject({ kind: z.literal('show'), finding: z.int(), ordinals: z.array(z.int()) }),
  /** DISCONNECT, a last report, and the end. */
  z.strictObject({ kind: z.literal('stop') }),
]);

const finding = z.looseObject({
  by: z.string(),
  verdict: z.string(),
  actual: z.string(),
  count: z.int(),
}) as unknown as z.ZodType<Finding>;

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

const bytes = z.instanceof(Uint8Array) as z.ZodType<Uint8Array>;

/** What a shard tells the bench: reports, what it saw and found, or that it cannot be. */
export const shardAnswerSchema = z.discriminatedUnion('kind', [
  shardReportSchema,
  /** Records of what was seen, behind those of the answer before. */
  z.strictObject({ kind: z.literal('records'), records: bytes }),
  /** All that was seen up to then is told, and what each server sent since the last time: the first time and the last. */
  z.strictObject({
    kind: z.literal('seen'),
    untilMs: z.number(),
    isLast: z.boolean(),
    signs: z.record(z.string(), z.array(z.number())),
  }),
  /** Records of what is around a failure, for the history. */
  z.strictObject({ kind: z.literal('excerpt'), records: bytes }),
  /** What a rule found, with the places of what shows it. */
  z.strictObject({ kind: z.literal('found'), finding, places: z.array(z.string()) }),
  /** The places of what shows a finding of the bench. */
  z.strictObject({ kind: z.literal('shown'), finding: z.int(), places: z.array(z.string()) }),
  /** All rules came to their end. */
  z.strictObject({ kind: z.literal('judged') }),
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
