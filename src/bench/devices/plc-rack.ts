// The rack of a PLC file: units, their wiring, and the registers that stand for their pins.
import { dirname, resolve } from 'node:path';
import { FieldbenchError } from '../../error.ts';
import { wiringProblems } from '../../parts/devices/rack/rack.ts';
import type { Rack, Unit, UnitType, WiredPin } from '../../parts/devices/rack/rack.ts';
import { errorsOf } from '../files/file-errors.ts';
import { type YamlFile } from '../files/yaml-file.ts';
import type { WrittenPlc, WrittenWire } from './plc-schema.ts';
import { signalOf, type Recordings } from './signal-schema.ts';
import { readUnitFile, type UnitFile } from './unit-file.ts';

/**
 * Reads the kind of unit that a rack is made of, beside the PLC file.
 * @param errors takes what is wrong
 */
export async function unitOf(file: YamlFile<WrittenPlc>, errors: FieldbenchError[]): Promise<UnitFile | undefined> {
  const { rack } = file.value;
  if (!rack) return undefined;
  try {
    return await readUnitFile(resolve(dirname(file.file), rack.unit));
  } catch (error) {
    errors.push(...errorsOf(error, file.place(['rack', 'unit'])));
    return undefined;
  }
}

/**
 * The rack of a file.
 * @param errors takes every wiring, address and register that cannot be
 */
export function rackOf(
  file: YamlFile<WrittenPlc>,
  { type, rack: limits }: UnitFile,
  recordings: Recordings,
  errors: FieldbenchError[],
): Rack {
  const wrong = (path: readonly PropertyKey[], message: string, hint: string): void => {
    errors.push(new FieldbenchError({ code: 'FB_PLC_PROGRAM', message, hint, at: file.place(path) }));
  };
  const written = file.value.rack?.units ?? [];
  if (written.length > limits.mostUnits) {
    wrong(['rack', 'units'], `${written.length} units`, `a rack of ${type.name} has ${limits.mostUnits} at most`);
  }
  const units = written.map(({ address, wiring }, index): Unit => {
    const path = ['rack', 'units', index];
    const wires = wiring.map((it) => wiredPin(it, file.value.scan, recordings));
    for (const it of wiringProblems(type, wires)) wrong([...path, 'wiring', it.index, 'pin'], it.message, it.hint);
    const isTaken = written.slice(0, index).some((it) => it.address === address);
    if (isTaken) wrong([...path, 'address'], `address ${address} is taken`, 'give each unit an address of its own');
    return { address, type, wiring: wires };
  });
  checkRegisters(file, type, units, wrong);
  return { units, ...limits };
}

function wiredPin(it: WrittenWire, everyMs: number, recordings: Recordings): WiredPin {
  const breaks = it.breaks.map(({ at, for: lengthMs }) => ({ fromMs: at, untilMs: at + lengthMs }));
  const place = { pin: it.pin, breaks };
  if (it.as === 'voltage-out' || it.as === 'current-out') return { ...place, function: it.as, loadOhm: it.loadOhm };
  const signal = signalOf(it.signal, everyMs, recordings);
  if (it.as === 'loop-in') return { ...place, function: it.as, signal, at4: it.at4, at20: it.at20 };
  if (it.as === 'resistance') return { ...place, function: it.as, signal, wires: it.wires, leadOhm: it.leadOhm };
  return { ...place, function: it.as, signal };
}

function checkRegisters(
  { value }: YamlFile<WrittenPlc>,
  type: UnitType,
  units: readonly Unit[],
  wrong: (path: readonly PropertyKey[], message: string, hint: string) => void,
): void {
  for (const [name, register] of Object.entries(value.registers)) {
    for (const key of ['pin', 'pinStatus', 'drives'] as const) {
      const at = register[key];
      if (at === undefined) continue;
      const path = ['registers', name, key];
      const unit = units.find((it) => it.address === at.unit);
      const wired = unit?.wiring.find((it) => it.pin === at.pin);
      const isOutput = wired?.function === 'voltage-out' || wired?.function === 'current-out';
      if (!unit) wrong(path, `no unit has address ${at.unit}`, `a unit is a ${type.name} of "rack"`);
      else if (!wired) wrong(path, `nothing is wired to pin ${at.pin} of unit ${at.unit}`, 'wire it below "rack"');
      else if (key === 'drives' && !isOutput)
        wrong(path, `pin ${at.pin} is ${wired.function}, no output`, 'read it by "pin"');
    }
  }
}
