// What a packet fault may say in a file: when a packet like this passes, do that, so many times.
import { z } from 'zod';
import { packetTypes } from '../faults/packet-traits.ts';
import { duration, size } from '../bench/files/quantities.ts';

const packetType = z.enum(packetTypes, `expected one of ${packetTypes.join(', ')}`);
const direction = z.enum(['toServer', 'toClient'], 'expected toServer or toClient');
const qos = z.union([z.literal(0), z.literal(1), z.literal(2)], 'expected 0, 1 or 2');
const count = z.int('expected a whole number').min(1, 'expected 1 or more');
const packetId = z.int().min(1).max(65_535);
const byte = z.int().min(0).max(255);

/** Every field must fit. */
const when = z.strictObject({
  type: z
    .union([packetType, z.array(packetType).min(1)], 'expected a packet type such as PUBREC, or a list')
    .optional(),
  direction: direction.optional(),
  /** Topic filter that the topic of a PUBLISH matches. */
  topic: z.string().optional(),
  qos: qos.optional(),
  retain: z.boolean().optional(),
  dup: z.boolean().optional(),
  /** Exactly this text. */
  payload: z.string().optional(),
  packetId: packetId.optional(),
  /** Of a CONNACK. */
  returnCode: byte.optional(),
  /** `*` stands for any characters. */
  clientId: z.string().optional(),
  /** The how-manieth fitting packet of its connection: just this one, or from one on. */
  nth: z
    .union([count, z.strictObject({ from: count, to: count.optional() })], 'expected a number, or { from: 3 }')
    .optional(),
  /** Only on the how-manieth connection of a client id. */
  connection: count.optional(),
  /** Once such a packet has passed for this client id, or the connection has stood for so long. */
  after: z
    .union([packetType, duration], 'expected a packet type such as PUBREC, or a length of time such as 10s')
    .optional(),
});

/** Fields that are written anew; a packet without the field stays as it is. */
const set = z.strictObject({
  packetId: z.union([packetId, z.strictObject({ add: z.int() })]).optional(),
  dup: z.boolean().optional(),
  qos: qos.optional(),
  retain: z.boolean().optional(),
  topic: z.union([z.string(), z.strictObject({ append: z.string() })]).optional(),
  payload: z.union([z.string(), z.strictObject({ append: z.string() }), z.strictObject({ cutTo: size })]).optional(),
  sessionPresent: z.boolean().optional(),
  returnCode: byte.optional(),
  returnCodes: z.array(byte).optional(),
  requestedQos: qos.optional(),
  cleanSession: z.boolean().optional(),
  keepAlive: duration.refine((ms) => ms % 1000 === 0 && ms <= 65_535_000, 'expected whole seconds').optional(),
  clientId: z.strictObject({ append: z.string() }).optional(),
  userName: z.string().optional(),
  will: z.literal('remove', 'expected "remove"').optional(),
});

/** What each parameter belongs to. */
const owners = {
  for: 'hold and black-hole',
  delay: 'duplicate',
  set: 'rewrite and duplicate',
  within: 'reorder',
  past: 'reorder',
  side: 'rst and fin',
  dead: 'half-open',
  bytes: 'corrupt',
  xor: 'corrupt',
  bits: 'corrupt',
  keep: 'truncate',
} as const;
type Parameter = keyof typeof owners;

/** A kind of fault; parameters of other kinds are refused by name. */
function kind<Do extends string, Own extends Partial<Record<Parameter, z.ZodType>>>(does: Do, own: Own) {
  const others = (Object.keys(owners) as Parameter[]).filter((it) => !(it in own));
  const foreign = others.map((it) => [
    it,
    z.never(`"${it}" does not go with ${does}, but with ${owners[it]}`).optional(),
  ]);
  return z.strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a name of lower-case letters, digits and dashes'),
    when: when.default({}),
    do: z.literal(does),
    ...own,
    /** How often per link; without it, as often as it fits. */
    times: count.optional(),
    ...(Object.fromEntries(foreign) as Record<Exclude<Parameter, keyof Own>, z.ZodOptional<z.ZodNever>>), // by construction
  });
}

const side = z.enum(['client', 'server', 'both'], 'expected client, server or both').default('both');

const kinds = [
  kind('drop', {}),
  kind('hold', { for: duration }),
  kind('duplicate', { delay: duration.default(0), set: set.optional() }),
  kind('rewrite', { set }),
  kind('reorder', { within: duration.default(5000), past: count.default(1) }),
  kind('rst', { side }),
  kind('fin', { side }),
  kind('half-open', { dead: direction.optional() }),
  kind('black-hole', { for: duration.optional() }),
  kind('corrupt', {
    bytes: z.array(z.int()).min(1).optional(),
    xor: z.int().min(1).max(255).optional(),
    bits: count.optional(),
  }).superRefine(({ bytes, xor, bits }, context) => {
    if ((bytes === undefined) === (bits === undefined)) {
      context.addIssue({
        code: 'custom',
        message: 'either "bytes" (which) or "bits" (how many, anywhere) is expected',
      });
    }
    if (xor !== undefined && bytes === undefined) {
      context.addIssue({ code: 'custom', path: ['xor'], message: '"xor" goes with "bytes"' });
    }
  }),
  kind('truncate', { keep: size.refine((it) => Number.isInteger(it) && it > 0, 'expected a whole number of bytes') }),
] as const;

/** What a fault can do, as files call it. */
export const deeds: readonly string[] = kinds.map((it) => it.shape.do.value);

/** Parameters of one of them. */
export function deedKeys(deed: string): readonly string[] {
  const shape = kinds.find((it) => it.shape.do.value === deed)?.shape ?? {};
  return Object.entries(shape).flatMap(([key, it]) => (key in owners && !isRefused(it) ? [key] : []));
}

function isRefused(schema: unknown): boolean {
  return schema instanceof z.ZodOptional && schema.unwrap() instanceof z.ZodNever;
}

/** Fields of a match, and of a rewrite. */
export const whenKeys = Object.keys(when.shape);
export const setKeys = Object.keys(set.shape) as readonly (keyof typeof set.shape)[]; // its own keys

/** One packet fault. */
export const faultSchema = z.discriminatedUnion('do', kinds, `expected one of ${deeds.join(', ')}`);

/** A file of packet faults. */
export const faultFileSchema = z.strictObject({ faults: z.array(faultSchema).min(1, 'expected at least one fault') });

/** A fault as a file gives it: lengths of time in milliseconds, sizes in bytes, defaults filled in. */
export type WrittenFault = z.output<typeof faultSchema>;

/** JSON Schema of fault files, for editors. */
export function faultJsonSchema(): unknown {
  return z.toJSONSchema(faultFileSchema, { io: 'input' });
}
