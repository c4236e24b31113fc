// Reads what a PLC is from its file and says everything that is wrong with it at once, down to the column in an expression.
import { FieldbenchError } from '../../error.ts';
import type { PlcProgram, PlcRegister } from '../../parts/devices/plc-program.ts';
import { widthOf } from '../../parts/devices/register-codec.ts';
import { FileErrors } from '../files/file-errors.ts';
import { readNamed } from '../files/named-files.ts';
import { readYamlFile, type FileWords, type YamlFile } from '../files/yaml-file.ts';
import { expressionsOf } from './plc-expressions.ts';
import { rackOf, unitOf } from './plc-rack.ts';
import { plcSchema, type WrittenPlc } from './plc-schema.ts';
import { namedRecordings, type PlacedSignal } from './recordings.ts';

const words: FileWords = {
  kind: 'PLC file',
  hint: 'devices/tank-plc.yaml in this package is one that works',
  codes: { file: 'FB_PLC_PROGRAM', yaml: 'FB_PLC_PROGRAM', schema: 'FB_PLC_PROGRAM' },
};

/**
 * Reads a PLC file, with the files that it names beside it.
 * @throws FieldbenchError `FB_PLC_PROGRAM` when it cannot be read; FileErrors with everything that is wrong in it
 */
export async function readPlcFile(path: string): Promise<PlcProgram> {
  const file = await readYamlFile(path, plcSchema, words);
  const errors: FieldbenchError[] = [];
  const { read: recordings, errors: unread } = await readNamed(namedRecordings(file, signalsOf(file.value)));
  errors.push(...unread);
  const unit = await unitOf(file, errors);
  checkNames(file, errors);
  checkAddresses(file, errors);
  const expressions = expressionsOf(file, recordings, errors);
  const rack = unit && rackOf(file, unit, recordings, errors);
  if (errors.length > 0) throw new FileErrors(path, errors);
  const { value } = file;
  return {
    name: value.name,
    unitId: value.unitId,
    scanMs: value.scan,
    scanJitterMs: value.scanJitter,
    ...(value.slowScans && { slowScans: { sharePct: value.slowScans.share, timeMs: value.slowScans.time } }),
    ...(value.watchdog !== undefined && { watchdogMs: value.watchdog }),
    holdUpMs: value.power.holdUp,
    bootMs: value.power.boot,
    start: value.start,
    clockDriftPpm: value.clockDriftPpm,
    parameters: value.parameters,
    variables: value.variables,
    registers: Object.fromEntries(Object.entries(value.registers).map(([name, it]) => [name, registerOf(it)])),
    ...expressions,
    ...(rack && { rack }),
  };
}

function registerOf({ pin, pinStatus, drives, safe, min, max, shows, ...rest }: WrittenPlc['registers'][string]) {
  const wired = pinOf(pin, 'value') ?? pinOf(pinStatus, 'status') ?? pinOf(drives, 'drive');
  return {
    ...rest,
    ...(safe !== undefined && { safe }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(shows !== undefined && { shows }),
    ...(wired && { pin: wired }),
  } satisfies PlcRegister;
}

function pinOf<What extends string>(at: { readonly unit: number; readonly pin: number } | undefined, what: What) {
  return at && { ...at, what };
}

/** One name means one thing. */
function checkNames(file: YamlFile<WrittenPlc>, errors: FieldbenchError[]): void {
  const { registers, variables, parameters } = file.value;
  const kinds = { registers, variables, parameters };
  const taken = new Map<string, string>();
  for (const [kind, names] of Object.entries(kinds)) {
    for (const name of Object.keys(names)) {
      const other = taken.get(name);
      if (other) errors.push(wrong(file, [kind, name], `"${name}" stands among ${other} too`, 'take another name'));
      taken.set(name, kind);
    }
  }
}

/** Registers of several words take several addresses. */
function checkAddresses(file: YamlFile<WrittenPlc>, errors: FieldbenchError[]): void {
  const taken = new Map<string, string>();
  for (const [name, register] of Object.entries(file.value.registers)) {
    const path = ['registers', name];
    const addresses = Array.from({ length: widthOf(register) }, (_, n) => register.address + n);
    const other = addresses.map((it) => taken.get(`${register.table} ${it}`)).find((it) => it !== undefined);
    if (other)
      errors.push(wrong(file, path, `registers.${name}: same place as ${other}`, 'each address is given once'));
    if (addresses.some((it) => it > 0xffff)) errors.push(wrong(file, path, `registers.${name}: ends beyond 65535`, ''));
    for (const it of addresses) taken.set(`${register.table} ${it}`, name);
  }
}

function wrong(file: YamlFile<WrittenPlc>, path: readonly PropertyKey[], message: string, hint: string) {
  return new FieldbenchError({ code: 'FB_PLC_PROGRAM', message, at: file.place(path), hint });
}

/** Every signal in the file, with its path. */
function signalsOf({ process, rack }: WrittenPlc): readonly PlacedSignal[] {
  const ofProcess = Object.entries(process).flatMap(([name, it]) =>
    'signal' in it ? [{ signal: it.signal, path: ['process', name, 'signal'] }] : [],
  );
  const ofRack = (rack?.units ?? []).flatMap(({ wiring }, unit) =>
    wiring.flatMap((it, index) =>
      'signal' in it ? [{ signal: it.signal, path: ['rack', 'units', unit, 'wiring', index, 'signal'] }] : [],
    ),
  );
  return [...ofProcess, ...ofRack];
}
