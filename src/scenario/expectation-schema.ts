// What a scenario may expect of its run.
import { z } from 'zod';
import { duration, share, size } from '../bench/files/quantities.ts';
import { partName, phaseName, qos, topic } from './schema-words.ts';

const count = z.int('expected a whole number').min(0, 'expected 0 or more');

const account = z.strictObject({
  from: partName,
  to: partName,
  qos: qos.optional(),
  lostAtMost: count.default(0),
  duplicatedAtMost: count.optional(),
  reorderedAtMost: count.optional(),
  inFlightAtMost: count.optional(),
  unplacedAtMost: count.default(0),
});

const ends = { from: partName, to: partName };

const latency = z
  .strictObject({ ...ends, qos: qos.optional(), p50: duration.optional(), p99: duration.optional() })
  .refine((it) => it.p50 !== undefined || it.p99 !== undefined, 'expected p50, p99 or both');

/** e.g. `5 USD`. */
const money = z
  .string('expected an amount such as 5 USD')
  .regex(/^\d+(\.\d+)? [A-Z]{3}$/, 'expected an amount such as 5 USD')
  .transform((text) => ({ amount: Number(text.slice(0, -4)), currency: text.slice(-3) }));

/** Against a figure, or against another device. */
const bytes = z
  .strictObject({ of: partName, atMost: size.optional(), below: partName.optional() })
  .refine((it) => (it.atMost === undefined) !== (it.below === undefined), 'expected either atMost or below');

const cheaper = z.strictObject({ of: partName, message: money, size: size.default(140) });

const counted = z.strictObject({
  topic,
  to: partName,
  missingAtMost: count.default(0),
  repeatedAtMost: count.optional(),
  reorderedAtMost: count.optional(),
});

const will = z
  .strictObject({ of: partName, to: partName, within: duration.optional(), not: z.literal(true).optional() })
  .refine((it) => (it.within === undefined) !== (it.not === undefined), 'expected either within or not');

/** One line of the expectations. */
export const expectation = z.union(
  [
    z.strictObject({
      delivered: z.strictObject({ from: partName, to: partName, lostAtMost: z.int().min(0).default(0) }),
    }),
    z.strictObject({ account }),
    z.strictObject({ will }),
    z.strictObject({ reconnected: z.strictObject({ device: partName, within: duration }) }),
    z.strictObject({ retainedFresh: z.strictObject(ends) }),
    z.strictObject({ sessionResumed: z.strictObject({ device: partName }) }),
    z.strictObject({ latency }),
    z.strictObject({
      online: z.strictObject({ share, of: z.array(partName).min(1).optional(), during: phaseName.optional() }),
    }),
    z.strictObject({ recovers: z.strictObject({ after: partName, within: duration, share: share.default(95) }) }),
    z.strictObject({ bytes }),
    z.strictObject({ bill: z.strictObject({ of: partName, atMost: money }) }),
    z.strictObject({ cheaper }),
    z.strictObject({ counted }),
  ],
  'expected one of: delivered, account, will, reconnected, retainedFresh, sessionResumed, latency, online, recovers, bytes, bill, cheaper, counted',
);
