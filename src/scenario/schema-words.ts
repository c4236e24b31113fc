// The small words of scenario files: names of parts, QoS, topics.
import { z } from 'zod';

/** Name of a part, a link, a parameter. */
export const partName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'expected a name of lower-case letters, digits and dashes');
/** Name of a phase of the timeline: no device with a count is meant by it. */
export const phaseName = partName.meta({});
/** A device, or all those whose names begin so: it stands for itself, and is not written out for each. */
export const populationName = partName.meta({});
/** A quality of service. */
export const qos = z.union([z.literal(0), z.literal(1), z.literal(2)], 'expected 0, 1 or 2');
/** A topic name: what can be published to. */
export const topic = z
  .string()
  .min(1)
  .refine((text) => !/[+#\0]/.test(text), 'expected a topic without wildcards');
