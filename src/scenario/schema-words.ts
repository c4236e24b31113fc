// The small words of scenario files: names of parts, QoS, topics.
import { z } from 'zod';

const name = () => z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a name of lower-case letters, digits and dashes');

/** Name of a part, a link, a parameter. Of a device with a count it stands for each: its line is written once for each. */
export const partName = name();

/** Name of a device, or of all copies of one with a count together. */
export const populationName = name();

/** Name of a phase of the timeline. */
export const phaseName = name();

/** A quality of service. */
export const qos = z.union([z.literal(0), z.literal(1), z.literal(2)], 'expected 0, 1 or 2');
/** A topic name: what can be published to. */
export const topic = z
  .string()
  .min(1)
  .refine((text) => !/[+#\0]/.test(text), 'expected a topic without wildcards');
