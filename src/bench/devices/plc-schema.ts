// What the file of a PLC may say.
import { z } from 'zod';
import { isReserved } from '../../parts/devices/logic/parse.ts';
import { duration, share } from '../files/quantities.ts';
import { signalSchema } from './signal-schema.ts';

const name = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*$/, 'expected a name such as highLevel')
  .refine((text) => !isReserved(text), 'this word has a meaning in expressions');

/** YAML reads `true` and `1` as what they are; an expression is their text. */
const expression = z
  .union([z.string().min(1), z.number(), z.boolean()], 'expected an expression')
  .transform((it) => String(it));

/** Unit and pin: `0/9`. */
const pin = z
  .string()
  .regex(/^\d+\/\d+$/, 'expected a unit and a pin such as 0/9')
  .transform((text) => {
    const [unit = 0, at = 0] = text.split('/').map(Number);
    return { unit, pin: at };
  });

const register = z.strictObject({
  table: z.enum(['coil', 'discrete', 'holding', 'input']),
  /** From 0, in its table. */
  address: z.int().min(0).max(0xffff),
  /** Of a register; a coil or discrete input is one bit. */
  type: z.enum(['int16', 'uint16', 'int32', 'uint32', 'float32', 'float64']).default('uint16'),
  wordOrder: z.enum(['big', 'little']).default('big'),
  byteOrder: z.enum(['big', 'little']).default('big'),
  /** Engineering value of one raw step. */
  scale: z.number().positive().default(1),
  /** Engineering value of raw 0. */
  offset: z.number().default(0),
  unit: z.string().default(''),
  /** In engineering units; of a bit: 0 or 1. */
  initial: z.number().default(0),
  /** A gateway publishes a change of more than this, in engineering units. */
  deadband: z.number().min(0).default(0),
  /** Whether a gateway publishes it at all. */
  publish: z.boolean().default(true),
  retain: z.boolean().default(false),
  /** What it is set to when the logic stops. */
  safe: z.number().optional(),
  /** What a master may write. */
  min: z.number().optional(),
  max: z.number().optional(),
  shows: z.enum(['scans', 'overruns', 'starts', 'watchdogTrips', 'fault', 'clock', 'fieldBus']).optional(),
  /** Takes the reading of a pin, its status, or drives it. */
  pin: pin.optional(),
  pinStatus: pin.optional(),
  drives: pin.optional(),
});

const processValue = z.union(
  [
    z.strictObject({
      integrates: expression,
      start: z.number().optional(),
      min: z.number().optional(),
      max: z.number().optional(),
    }),
    z.strictObject({
      follows: expression,
      timeConstant: duration.refine((ms) => ms > 0),
      start: z.number().optional(),
    }),
    z.strictObject({ equals: expression }),
    z.strictObject({ signal: signalSchema }),
  ],
  'expected one of: integrates, follows (with its timeConstant), equals, signal',
);

const breaks = z.array(z.strictObject({ at: duration, for: duration })).default([]);
const at = { pin: z.int(), breaks };
const load = z.number().positive();

const wired = z.discriminatedUnion('as', [
  z.strictObject({ ...at, as: z.literal('voltage-in'), signal: signalSchema }),
  z.strictObject({ ...at, as: z.literal('contact'), signal: signalSchema }),
  z.strictObject({ ...at, as: z.literal('loop-in'), signal: signalSchema, at4: z.number(), at20: z.number() }),
  z.strictObject({
    ...at,
    as: z.literal('resistance'),
    signal: signalSchema,
    wires: z.union([z.literal(2), z.literal(3), z.literal(4)], 'expected 2, 3 or 4'),
    leadOhm: z.number().min(0).default(0),
  }),
  z.strictObject({ ...at, as: z.literal('voltage-out'), loadOhm: load }),
  z.strictObject({ ...at, as: z.literal('current-out'), loadOhm: load }),
]);

const rack = z.strictObject({
  /** A unit file beside this one. */
  unit: z.string().min(1),
  units: z.array(z.strictObject({ address: z.int().min(0).max(255), wiring: z.array(wired) })).min(1),
});

const variable = z.strictObject({
  type: z.enum(['bool', 'number', 'time']),
  initial: z.number().default(0),
  retain: z.boolean().default(false),
});

/** The schema of a PLC file. */
export const plcSchema = z
  .strictObject({
    name: z.string().min(1),
    unitId: z.int().min(1).max(247).default(1),
    /** From the begin of one scan to that of the next. */
    scan: duration.refine((ms) => ms >= 1, 'expected at least 1ms'),
    scanJitter: duration.default(0),
    slowScans: z.strictObject({ share, time: duration }).optional(),
    watchdog: duration.optional(),
    power: z.strictObject({ holdUp: duration.default(20), boot: duration.default(0) }).default({ holdUp: 20, boot: 0 }),
    start: z.enum(['warm', 'cold']).default('warm'),
    clockDriftPpm: z.number().min(-100_000).max(100_000).default(0),
    parameters: z.record(name, z.number()).default({}),
    variables: z.record(name, variable).default({}),
    registers: z.record(name, register),
    process: z.record(name, processValue).default({}),
    /** One name and its expression each, in the order in which they are worked out. */
    logic: z
      .array(
        z
          .record(z.string(), expression)
          .refine((it) => Object.keys(it).length === 1, 'expected one name and its expression'),
      )
      .default([]),
    interlocks: z.array(z.strictObject({ output: z.string(), allow: expression })).default([]),
    rack: rack.optional(),
  })
  .refine((it) => it.scanJitter < it.scan, { path: ['scanJitter'], message: 'expected less than "scan"' });

/** A PLC file as read. */
export type WrittenPlc = z.output<typeof plcSchema>;
/** A pin and what is wired to it, as read. */
export type WrittenWire = z.output<typeof wired>;

/** JSON Schema of PLC files, for editors. */
export function plcJsonSchema(): unknown {
  return z.toJSONSchema(plcSchema, { io: 'input' });
}
