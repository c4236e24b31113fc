// Reads what a PLC is from its YAML: scan time, program, register map; gateways read the same map.
import { readFileSync } from 'node:fs';
import { isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { FieldbenchError } from '../../error.ts';
import type { SourcePlace } from '../../error.ts';

/** The four tables of Modbus; `input` and `discrete` can only be read. */
export type ModbusTable = 'coil' | 'discrete' | 'holding' | 'input';

const register = z.strictObject({
  table: z.enum(['coil', 'discrete', 'holding', 'input']),
  /** From 0, in its table. */
  address: z.int().min(0).max(0xffff),
  /** Of a register; a coil or discrete input is one bit. */
  type: z.enum(['uint16', 'int16']).default('uint16'),
  /** Engineering value of one raw step. */
  scale: z.number().positive().default(1),
  unit: z.string().default(''),
  /** In engineering units; of a bit: 0 or 1. */
  initial: z.number().default(0),
  /** A gateway publishes a change of more than this, in engineering units. */
  deadband: z.number().min(0).default(0),
  /** Whether a gateway publishes it at all. */
  publish: z.boolean().default(true),
});

const program = z
  .strictObject({
    name: z.string().min(1),
    unitId: z.int().min(1).max(247).default(1),
    scan: z
      .string('expected a length of time such as 100ms')
      .regex(/^\d+ms$/, 'expected a length of time such as 100ms')
      .transform((text) => Number.parseInt(text, 10))
      .refine((ms) => ms >= 1, 'expected at least 1ms'),
    program: z.enum(['tank']),
    parameters: z.record(z.string(), z.number()),
    registers: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), register),
  })
  .superRefine(({ registers }, context) => {
    const places = new Map<string, string>();
    for (const [name, { table, address }] of Object.entries(registers)) {
      const other = places.get(`${table} ${address}`);
      if (other) context.addIssue({ code: 'custom', path: ['registers', name], message: `same place as ${other}` });
      places.set(`${table} ${address}`, name);
    }
  });

/** One register, coil or discrete input. */
export type PlcRegister = z.output<typeof register>;

/** Registers by name. */
export type RegisterMap = Readonly<Record<string, PlcRegister>>;

/** What a PLC is; `scan` in milliseconds. */
export type PlcProgram = z.output<typeof program>;

/**
 * Reads a program.
 * @throws FieldbenchError `FB_PLC_PROGRAM` with file, line and column of the first thing that is wrong.
 */
export function readPlcProgram(file: string): PlcProgram {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), { lineCounter: lines, prettyErrors: false });
  const place = (offset: number | undefined): SourcePlace => {
    if (offset === undefined) return { file };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const [syntax] = document.errors;
  if (syntax) throw programError(syntax.message, place(syntax.pos[0]));
  const read = program.safeParse(document.toJS());
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path ?? [];
  throw programError(`${path.join('.')}: ${issue?.message ?? 'not a PLC program'}`, place(offsetOf(document, path)));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw programError(cause instanceof Error ? cause.message : String(cause), { file });
  }
}

/** Of what stands at the path, or of its nearest ancestor. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isScalar(node)) return node.range?.[0];
    if (typeof node === 'object' && node && 'range' in node && Array.isArray(node.range)) return Number(node.range[0]);
  }
  return undefined;
}

function programError(message: string, at: SourcePlace): FieldbenchError {
  const hint = 'devices/tank-plc.yaml in this package is a program that works.';
  return new FieldbenchError({ code: 'FB_PLC_PROGRAM', message, at, hint });
}
