// The shape of results.json, once: its type and its published JSON Schema are both made from here.
import { z } from 'zod';

const verdict = z.enum(['pass', 'fail', 'warn', 'limit', 'skipped', 'notExercised', 'inconclusive']);

const standing = z
  .enum(['new', 'expired', 'known', 'waived', 'better', 'unjudged'])
  .describe('how it stands with the baseline and the waivers; docs/conformance.md says what each means');

const waiver = z.strictObject({
  target: z.string().describe('glob over target names'),
  id: z.string().describe('statement or check'),
  reason: z.string(),
  link: z.string(),
  expires: z.string().describe('last day on which it holds, an ISO date in UTC'),
});

const measurement = z.strictObject({
  name: z.string(),
  unit: z.string(),
  value: z.number().nullable().describe('null where nothing could be measured'),
  limit: z.strictObject({ min: z.number().optional(), max: z.number().optional() }).optional(),
});

const line = z.strictObject({
  seq: z.int().positive().describe('ordinal of the event in journal.ndjson'),
  tMs: z.number().describe('time since the start of the run'),
  seenAt: z.enum(['clientEnd', 'serverEnd', 'wire']).optional(),
  connection: z.string().optional(),
  direction: z.enum(['toServer', 'toClient']).optional(),
  text: z.string().describe('the event in words; control characters are made visible'),
  bytesHex: z.string().optional().describe('bytes of a packet; "**" is a masked one'),
  offending: z.literal(true).optional(),
});

const evidence = z.strictObject({
  events: z.array(z.int()).describe('seq of the events that show it, the offending one last'),
  bytes: z
    .strictObject({ event: z.int(), offset: z.int(), length: z.int(), hex: z.string() })
    .optional()
    .describe('the wrong bytes of the offending packet'),
  lines: z.array(line).describe('those events and the packets around them'),
});

const statement = z.strictObject({
  id: z.string().describe('e.g. MQTT-3.3.1-4'),
  section: z.string(),
  title: z.string(),
  verdict,
  checks: z.array(z.string()).describe('ids of the rules and checks that judged it'),
  measured: z.array(measurement),
  standing: standing.optional(),
});

const check = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['check', 'expectation']),
  statements: z.array(z.string()),
  verdict,
  expected: z.array(z.string()).describe('every outcome that would have been acceptable'),
  actual: z.string(),
  durationMs: z.number().nonnegative(),
  measured: z.array(measurement),
  evidence,
  repeat: z.string().describe('the command that repeats it'),
  standing: standing.optional(),
});

const finding = z.strictObject({
  statements: z.array(z.string()),
  verdict,
  by: z.string().describe('the rule, check or expectation that judged'),
  checks: z.array(z.string()),
  expected: z.array(z.string()),
  actual: z.string(),
  count: z.int().positive(),
  measured: z.array(measurement),
  evidence,
  repeat: z.string(),
  standing: standing.optional(),
  waivedBy: waiver.optional().describe('the waiver that covers it, also one that has expired; the verdict stays'),
});

const target = z.strictObject({
  name: z.string(),
  version: z.string(),
  role: z.enum(['target', 'device']).describe('`device`: a simulated one of the bench, or a real one on the tap'),
  how: z.string().describe('how it was started or reached; never a credential'),
  limits: z
    .array(
      z.strictObject({
        needs: z.string().describe('what checks may need of a target'),
        says: z.string(),
        source: z.string().describe('page of the vendor that says so'),
      }),
    )
    .describe('what it declares not to do'),
  statements: z.array(statement),
  checks: z.array(check),
  findings: z.array(finding).describe('what failed, is inconclusive or deserves a remark, each thing once'),
});

const decision = z.strictObject({
  today: z.string().describe('the day of the decision, an ISO date in UTC'),
  failOn: z.array(z.enum(['fail', 'warn', 'limit', 'inconclusive'])).describe('verdicts that fail the run'),
  baseline: z
    .strictObject({
      file: z.string(),
      run: z.string(),
      startedAt: z.string(),
      fieldbench: z.string(),
      targets: z.array(z.strictObject({ name: z.string(), version: z.string() })),
      absent: z.int().nonnegative().describe('its verdicts on things that were no part of this run'),
    })
    .optional(),
  items: z
    .array(
      z.strictObject({
        target: z.string(),
        id: z.string().describe('statement, check, or the rule that remarked'),
        kind: z.enum(['statement', 'check', 'remark']),
        was: verdict.optional().describe('the verdict of the baseline'),
        verdict,
        standing,
        waivers: z.array(waiver),
      }),
    )
    .describe('everything that has a standing'),
  waivers: z.strictObject({ file: z.string(), idle: z.array(waiver).describe('those that cover nothing') }).optional(),
});

/** results.json, schema 1. Keys are only added; one that changes its meaning makes schema 2. */
const resultsSchema = z
  .strictObject({
    schema: z.literal(1),
    fieldbench: z.string().describe('version of fieldbench'),
    run: z.strictObject({
      id: z.string(),
      mode: z.enum(['scenario', 'conform', 'tap']),
      seed: z.number(),
      startedAt: z.string(),
      command: z.string().describe('the command that repeats the run'),
      scenario: z.string().optional().describe('file of the scenario'),
      set: z.record(z.string(), z.string()).optional().describe('values that were given to its parameters'),
      link: z
        .strictObject({
          word: z.string().describe('the word that names it on the command line'),
          title: z.string(),
          patience: z.array(z.string()).describe('what it did to waits, sizes and bounds, a sentence each'),
        })
        .optional()
        .describe('the link that every connection had to itself'),
      durationMs: z.number().optional(),
      ended: z.enum(['completed', 'interrupted', 'failed', 'killed']),
      reason: z.string().optional(),
      parameters: z.record(z.string(), z.number()).describe('tolerances that the verdicts used'),
      provenance: z.record(z.string(), z.string()),
    }),
    verdict,
    suite: z.string().describe('names the checks and rules that judged: only results of one suite can be compared'),
    exitCode: z.union([z.literal(0), z.literal(1), z.literal(3)]),
    decision: decision.optional().describe('what a baseline, waivers or further verdicts to fail on made of it'),
    targets: z.array(target),
    warnings: z.array(z.string()).describe('what cannot be trusted about this run'),
  })
  .describe('What a run of fieldbench came to');

/** results.json as a value. */
export type Results = z.infer<typeof resultsSchema>;

/** The text of docs/schemas/results.schema.json. */
export function resultsJsonSchema(): string {
  const schema = { title: 'fieldbench results.json', ...z.toJSONSchema(resultsSchema, { target: 'draft-7' }) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
