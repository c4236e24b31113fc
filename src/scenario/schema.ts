// What a scenario file may say: the one definition behind validation, error messages and editors' completion.
import { z } from 'zod';
import { duration } from '../bench/files/quantities.ts';
import { targetSchema } from '../bench/target/target-schema.ts';
import { bridge } from './bridge-schema.ts';
import { device } from './device-schema.ts';
import { expectation } from './expectation-schema.ts';
import { faultSchema } from './fault-schema.ts';
import { figureKeys, linkWord, natSchema, oneDelay } from './link-schema.ts';
import { includeSchema } from './included-files.ts';
import { parameterSchema } from './parameter-schema.ts';
import { partName } from './schema-words.ts';
import { step } from './step-schema.ts';

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
    nat: natSchema.optional(),
    tariff: z.string().min(1).optional(),
    /** A file that says what the link does over time: CSV or NDJSON, see docs/links.md. */
    timeline: z.string().min(1).optional(),
    /** Packet faults: a fault file, or the faults themselves. */
    faults: z
      .union([z.string().min(1), z.array(faultSchema).min(1)], 'expected a fault file, or a list of faults')
      .optional(),
  })
  .superRefine(oneDelay);

/** The schema of a scenario file. */
export const scenarioSchema = z.strictObject({
  name: partName,
  /** What the scenario answers, in one sentence. */
  question: z.string().min(1),
  /** Further files of the scenario's folder, with parts of it. */
  include: includeSchema.default([]),
  /** What can be set for a run, and stands in the file as `${name}`. */
  parameters: parameterSchema.default({}),
  brokers: z.record(partName, broker),
  links: z.record(partName, link).default({}),
  /** Brokers that are clients of others. */
  bridges: z.record(partName, bridge).default({}),
  devices: z.record(partName, device),
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
