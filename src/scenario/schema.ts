// What a scenario file may say: the one definition behind validation, error messages and editors' completion.
import { z } from 'zod';
import { faultSchema } from './fault-schema.ts';
import { figureKeys, linkWord, oneDelay } from './link-schema.ts';
import { duration } from '../bench/files/quantities.ts';
import { targetSchema } from '../bench/target/target-schema.ts';

const partName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a name of lower-case letters, digits and dashes');
const qos = z.union([z.literal(0), z.literal(1), z.literal(2)], 'expected 0, 1 or 2');
const topic = z
  .string()
  .min(1)
  .refine((text) => !/[+#\0]/.test(text), 'expected a topic without wildcards');

/** A broker: a target by its word, or described in full as a target file does. */
const broker = z.union(
  [z.strictObject({ target: z.string().min(1) }), targetSchema],
  'expected a target by its name, or the description of one',
);

const link = z
  .strictObject({
    backend: z.enum(['embedded', 'toxiproxy']).default('embedded'),
    /** What it is: a shipped profile or a link file. The figures beside it change it. */
    profile: linkWord.optional(),
    ...figureKeys,
    tariff: z.string().min(1).optional(),
    /** A file that says what the link does over time: CSV or NDJSON, see docs/links.md. */
    timeline: z.string().min(1).optional(),
    /** Packet faults: a fault file, or the faults themselves. */
    faults: z
      .union([z.string().min(1), z.array(faultSchema).min(1)], 'expected a fault file, or a list of faults')
      .optional(),
  })
  .superRefine(oneDelay);

const session = {
  broker: partName,
  link: partName.optional(),
  keepAlive: duration
    .refine((ms) => ms % 1000 === 0 && ms <= 65_535_000, 'expected whole seconds, at most 65535s')
    .default(60_000),
  cleanSession: z.boolean().default(false),
  /** Back-off with full jitter: the n-th try waits up to base x 2^n, at most the cap. */
  reconnect: z
    .strictObject({ base: duration.default(500), cap: duration.default(5000) })
    .default({ base: 500, cap: 5000 }),
};

const sensor = z.strictObject({
  kind: z.literal('sensor'),
  ...session,
  topic,
  qos: qos.default(1),
  interval: duration,
  signal: z.strictObject({
    unit: z.string(),
    start: z.number(),
    step: z.number().positive(),
    min: z.number(),
    max: z.number(),
  }),
  alarmAbove: z.number().optional(),
});

const subscriber = z.strictObject({
  kind: z.literal('subscriber'),
  ...session,
  filters: z.record(z.string().min(1), qos),
});

const plc = z.strictObject({ kind: z.literal('plc'), program: z.string().min(1) });

const gateway = z.strictObject({
  kind: z.literal('modbus-mqtt'),
  ...session,
  plc: partName,
  topic,
  qos: qos.default(1),
  poll: duration.default(500),
});

const at = { at: duration };
const step = z.union(
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

const expectation = z.union(
  [
    z.strictObject({
      delivered: z.strictObject({ from: partName, to: partName, lostAtMost: z.int().min(0).default(0) }),
    }),
    z.strictObject({ will: z.strictObject({ of: partName, to: partName, within: duration }) }),
    z.strictObject({ reconnected: z.strictObject({ device: partName, within: duration }) }),
  ],
  'expected one of: delivered, will, reconnected',
);

/** The schema of a scenario file. */
export const scenarioSchema = z.strictObject({
  name: partName,
  /** What the scenario answers, in one sentence. */
  question: z.string().min(1),
  brokers: z.record(partName, broker),
  links: z.record(partName, link).default({}),
  devices: z.record(partName, z.discriminatedUnion('kind', [sensor, subscriber, plc, gateway])),
  timeline: z.array(step).default([]),
  duration,
  settle: duration.default(5000),
  expectations: z.array(expectation).default([]),
});

/** A scenario file as read: lengths of time in milliseconds, defaults filled in. */
export type Scenario = z.infer<typeof scenarioSchema>;
export type ScenarioDevice = Scenario['devices'][string];
export type ScenarioStep = Scenario['timeline'][number];
export type ScenarioExpectation = Scenario['expectations'][number];

/** JSON Schema of scenario files, for editors. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
