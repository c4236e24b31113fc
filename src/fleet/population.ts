// What a population of alike devices is, as plain data: written by a plan, sent to child processes, checked there.
import * as z from 'zod';

const tls = z.strictObject({
  caPem: z.string().optional(),
  serverName: z.string().optional(),
  certPem: z.string().optional(),
  keyPem: z.string().optional(),
  insecure: z.literal(true).optional(),
});

const qos = z.literal([0, 1, 2]);

/** A message that is the same for all but for its templates. */
const fixedMessage = z.strictObject({ topic: z.string(), payload: z.string(), qos, retain: z.boolean() });

const policy = z.strictObject({
  cleanSession: z.boolean(),
  keepAliveS: z.int().min(0).max(0xffff),
  pingTimeoutMs: z.number().positive(),
  connectTimeoutMs: z.number().positive(),
  backOff: z.strictObject({ baseMs: z.number().nonnegative(), capMs: z.number().nonnegative() }),
  window: z.int().min(1).max(0xffff),
  queueLimit: z.int().nonnegative(),
  whenQueueFull: z.literal(['drop-newest', 'drop-oldest']),
  queueQos0: z.boolean(),
});

/**
 * `open`: times are planned from the seed, whatever becomes of the messages; each device has a phase of its own, and
 * `random` makes the gaps those of a Poisson process. `closed`: the next message as soon as one is done, which
 * measures how fast this end can be, and no latency.
 */
const pace = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('open'),
    everyMs: z.number().positive(),
    arrival: z.literal(['regular', 'random']),
  }),
  z.strictObject({ kind: z.literal('closed'), inFlight: z.int().min(1).max(0xffff) }),
]);

const traffic = z.strictObject({ topic: z.string(), qos, retain: z.boolean(), payloadB: z.int().min(0), pace });

/** Checks what {@link Population} says. */
export const populationSchema = z
  .strictObject({
    name: z.string().min(1),
    /** Tells populations apart in payloads. */
    ordinal: z.int().min(0).max(0xffff),
    count: z.int().positive(),
    broker: z.strictObject({ host: z.string(), port: z.int().min(1).max(0xffff), tls: tls.optional() }),
    clientId: z.string(),
    userName: z.string().optional(),
    password: z.string().optional(),
    /** Names of the columns of the table that fills templates. */
    columns: z.array(z.string()).default([]),
    policy,
    will: fixedMessage.optional(),
    /** Published after every CONNACK. */
    birth: fixedMessage.optional(),
    subscriptions: z.array(z.strictObject({ filter: z.string(), qos })).default([]),
    traffic: z.array(traffic).max(16).default([]),
  })
  .refine(({ traffic: all }) => all.every(({ pace: it, qos: level }) => it.kind === 'open' || level > 0), {
    error: 'closed traffic waits for acknowledgements, and QoS 0 has none',
  })
  .refine(({ traffic: all }) => all.length < 2 || all.every(({ pace: it }) => it.kind === 'open'), {
    error: 'closed traffic stands alone',
  });

/** Alike devices: what they say of themselves, whom they connect to, what they publish and want. Texts are templates. */
export type Population = z.infer<typeof populationSchema>;

/** What a population publishes on one topic of each device. */
export type Traffic = Population['traffic'][number];
