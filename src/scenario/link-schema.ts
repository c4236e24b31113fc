// What a link file may say, and what a scenario may change of it: one definition of the figures of a link.
import { z } from 'zod';
import { duration, rate, share, size } from '../bench/files/quantities.ts';

const lossForms =
  'expected a share such as 0.5%, { meanGood, meanBad, lossGood, lossBad }, { every: 20 } or { segments: [3, 7] }';

/** Loss: of each packet for itself, in spells, of every nth, of just these. */
const loss = z.union(
  [
    share,
    z.strictObject({ meanGood: duration, meanBad: duration, lossGood: share, lossBad: share }),
    z.strictObject({ every: z.int() }),
    z.strictObject({ segments: z.array(z.int()) }),
  ],
  lossForms,
);

/** Figures of one direction. */
const directionKeys = {
  delay: duration.optional(),
  jitter: duration.optional(),
  jitterDistribution: z.enum(['uniform', 'normal', 'pareto']).optional(),
  rate: rate.optional(),
  queue: z.strictObject({ size: size.optional(), time: duration.optional() }).optional(),
  framing: z.strictObject({ overhead: size, least: size, cell: size }).optional(),
  loss: loss.optional(),
};

/** Figures of both directions at once, and of each where they differ. */
export const figureKeys = {
  /** There and back, split evenly. */
  rtt: duration.optional(),
  ...directionKeys,
  up: z.strictObject(directionKeys).optional(),
  down: z.strictObject(directionKeys).optional(),
};

const figures = z.strictObject(figureKeys);
/** Figures of a link as a file gives them: lengths of time in milliseconds, rates in bit/s, sizes in bytes. */
export type WrittenFigures = z.output<typeof figures>;
export type WrittenLoss = z.output<typeof loss>;

/** Refuses a delay beside a round trip: two figures for one thing. */
export function oneDelay(it: WrittenFigures, context: z.core.$RefinementCtx): void {
  if (it.rtt === undefined) return;
  const others = [
    ...(it.delay === undefined ? [] : [['delay']]),
    ...(it.up?.delay === undefined ? [] : [['up', 'delay']]),
    ...(it.down?.delay === undefined ? [] : [['down', 'delay']]),
  ];
  for (const path of others) {
    context.addIssue({ code: 'custom', path, message: 'a delay is given, and the round trip "rtt" too' });
  }
}

const mode = z.enum(['drop', 'freeze', 'half-open-up', 'half-open-down']).default('drop');

const outage = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('schedule'),
    at: duration,
    lasts: duration,
    every: duration.optional(),
    mode,
  }),
  z.strictObject({ kind: z.literal('renewal'), meanUp: duration, meanDown: duration, mode }),
  z.strictObject({
    kind: z.literal('fade'),
    meanClear: duration,
    ramp: duration,
    meanOut: duration,
    floor: share,
    mode,
  }),
  z.strictObject({
    kind: z.literal('handover'),
    every: duration,
    gap: duration,
    extraDelay: duration.default(0),
    burst: duration.default(0),
    burstLoss: share.default(0),
    mode,
  }),
]);
export type WrittenOutage = z.output<typeof outage>;

/** A translator on the way, and how long it remembers what is silent. */
export const natSchema = z.strictObject({
  tcpIdle: duration.optional(),
  udpIdle: duration.optional(),
  onExpiry: z.enum(['silent', 'rst']).default('silent'),
});
export type WrittenNat = z.output<typeof natSchema>;

/** Name of a shipped file, or of one's own: its path without folder and extension. */
export const linkWord = z.string().min(1);

/** The schema of a link file. */
export const linkSchema = z
  .strictObject({
    /** What it is in the real world, in one line. */
    title: z.string().min(1),
    carries: z.enum(['streams', 'messages']).default('streams'),
    /** Why one should think twice before MQTT over TCP is run on it. */
    caution: z.string().min(1).optional(),
    ...figureKeys,
    mtu: size.optional(),
    /** Of a message service: the longest message each way, and the least time between the starts of two. */
    message: z.strictObject({ up: size, down: size, spacing: duration }).optional(),
    connectDelay: duration.default(0),
    halfDuplex: z.strictObject({ turnaround: duration }).optional(),
    idleWake: z.strictObject({ after: duration, extra: duration }).optional(),
    nat: natSchema.optional(),
    outages: z.array(outage).default([]),
    sharedCapacity: z.strictObject({ id: z.string().min(1), up: rate, down: rate }).optional(),
    failover: z
      .strictObject({
        to: linkWord,
        after: duration,
        backAfter: duration,
        connections: z.enum(['survive', 'silent', 'rst']),
      })
      .optional(),
    /** Name of a tariff, for the bill. */
    tariff: z.string().min(1).optional(),
    /** Where the figures come from, by the path of the figure or of the group it stands in, e.g. `up.rate`. */
    evidence: z.record(z.string(), z.string().min(1)).default({}),
  })
  .superRefine((it, context) => {
    oneDelay(it, context);
    const asMessages = it.carries === 'messages';
    if (asMessages !== (it.message !== undefined)) {
      context.addIssue({
        code: 'custom',
        path: asMessages ? ['carries'] : ['message'],
        message: asMessages
          ? 'a link that carries messages says in "message" how long they may be'
          : '"message" stands only where "carries: messages" does',
      });
    }
    if (asMessages && it.mtu !== undefined) {
      context.addIssue({ code: 'custom', path: ['mtu'], message: 'a link that carries messages has no IP packets' });
    }
  });
export type WrittenLink = z.output<typeof linkSchema>;

/** JSON Schema of link files, for editors. */
export function linkJsonSchema(): unknown {
  return z.toJSONSchema(linkSchema, { io: 'input' });
}
