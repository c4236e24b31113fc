// Reads what a kind of input and output unit can do: its pins, what each can be made to do, its limits.
import { z } from 'zod';
import type { PinFunction, UnitType } from '../../parts/devices/rack/rack.ts';
import { duration } from '../files/quantities.ts';
import { readYamlFile, type FileWords } from '../files/yaml-file.ts';

/** `1-8, 12` */
const pins = z
  .string()
  .regex(/^\d+(-\d+)?(, \d+(-\d+)?)*$/, 'expected pins such as 1-8 or 1-4, 9')
  .transform((text) =>
    text.split(', ').flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n);
    }),
  );

const functions = {
  'voltage-in': pins,
  'voltage-out': pins,
  'current-out': pins,
  'loop-in': pins,
  contact: pins,
  resistance: pins,
} as const satisfies Record<PinFunction, typeof pins>;

const positive = z.number().positive();

/** The schema of a unit file. */
const unitFileSchema = z
  .strictObject({
    name: z.string().min(1),
    pins: z.int().min(1).max(256),
    ratedV: positive,
    functions: z.strictObject(functions),
    voltageOut: z.strictObject({ mostV: positive, mostMA: positive }),
    currentOut: z.strictObject({ mostMA: positive, complianceV: positive }),
    mostOhm: positive,
    rack: z.strictObject({
      mostUnits: z.int().min(1).max(256),
      ethernetPorts: z.int().min(1).max(2),
      /** How long units are not heard while the field bus goes over to its other line. */
      failover: duration,
    }),
  })
  .superRefine((unit, context) => {
    for (const [name, list] of Object.entries(unit.functions)) {
      const beyond = list.find((pin) => pin < 1 || pin > unit.pins);
      if (beyond === undefined) continue;
      context.addIssue({ code: 'custom', path: ['functions', name], message: `there is no pin ${beyond}` });
    }
  });

/** A kind of unit, and what a rack of them has. */
export interface UnitFile {
  readonly type: UnitType;
  readonly rack: { readonly mostUnits: number; readonly ethernetPorts: number; readonly failoverMs: number };
}

const words: FileWords = {
  kind: 'unit file',
  hint: 'devices/edge-plc.yaml in this package is one',
  codes: { file: 'FB_PLC_PROGRAM', yaml: 'FB_PLC_PROGRAM', schema: 'FB_PLC_PROGRAM' },
};

/**
 * Reads a unit file.
 * @throws FieldbenchError `FB_PLC_PROGRAM` when it cannot be read; FileErrors for what is wrong in it
 */
export async function readUnitFile(file: string): Promise<UnitFile> {
  const { rack, ...type } = (await readYamlFile(file, unitFileSchema, words)).value;
  const { mostUnits, ethernetPorts, failover } = rack;
  return { type, rack: { mostUnits, ethernetPorts, failoverMs: failover } };
}

/** JSON Schema of unit files, for editors. */
export function unitJsonSchema(): unknown {
  return z.toJSONSchema(unitFileSchema, { io: 'input' });
}
