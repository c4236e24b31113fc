// What a scenario may say of a bridge between two of its brokers.
import { z } from 'zod';
import { duration } from '../bench/files/quantities.ts';
import { topicFilterFlaw } from '../wire/topic.ts';
import { partName, qos } from './schema-words.ts';

/** It stands in a configuration file, where a space would end it and a line break begin something else. */
const filter = z
  .string()
  .refine((text) => topicFilterFlaw(text) === undefined, 'expected a topic filter')
  .refine((text) => !/[\s\p{Cc}]/u.test(text), 'expected a topic filter without spaces');

const seconds = (leastS: number) =>
  duration.refine(
    (ms) => ms % 1000 === 0 && ms >= leastS * 1000 && ms <= 65_535_000,
    `expected whole seconds, at least ${leastS}s and at most 65535s`,
  );

/** A bridge: the broker `from` is a client of the broker `to`. */
export const bridge = z.strictObject({
  from: partName,
  to: partName,
  link: partName.optional(),
  topics: z
    .array(z.strictObject({ filter, direction: z.enum(['out', 'in', 'both']).default('out'), qos: qos.default(1) }))
    .min(1),
  /** Mosquitto takes no shorter one. */
  keepAlive: seconds(5).default(60_000),
  cleanSession: z.boolean().default(false),
  reconnect: z.strictObject({ base: seconds(1), cap: seconds(1) }).default({ base: 1000, cap: 5000 }),
});
