// The programs of a scenario's PLCs, read before anything starts; and what its timeline and gateways ask of one in vain.
import { readPlcFile } from '../bench/devices/plc-file.ts';
import { readAllNamed } from '../bench/files/named-files.ts';
import type { Plan } from '../bench/plan.ts';
import type { PlannedAction } from '../bench/planned-action.ts';
import { didYouMean, FieldbenchError } from '../error.ts';
import type { PlcProgram } from '../parts/devices/plc-program.ts';
import type { ScenarioFile } from '../scenario/read-scenario.ts';
import { stepWord } from '../scenario/step-word.ts';
import { fileOfScenario } from './shipped.ts';

/** By the name of the PLC. */
export type PlcPrograms = ReadonlyMap<string, PlcProgram>;

/**
 * Reads them all.
 * @throws ScenarioErrors with everything that is wrong in any of them
 */
export async function readPrograms(file: ScenarioFile): Promise<PlcPrograms> {
  const named = Object.entries(file.scenario.devices).flatMap(([key, it]) => {
    if (it.kind !== 'plc') return [];
    const at = file.place(['devices', key, 'program']);
    return [{ key, at, read: () => readPlcFile(fileOfScenario(file.file, it.program)) }];
  });
  return readAllNamed(file.file, named);
}

interface Problem {
  /** The key of the line or device that names what is not there; absent: its verb. */
  readonly key?: string;
  readonly message: string;
  readonly hint: string;
}

/** One error for each input, unit, bus or port that a PLC does not have. */
export function plcProblems(file: ScenarioFile, plan: Plan, programs: PlcPrograms): readonly FieldbenchError[] {
  const ofSteps = plan.steps.flatMap(({ action, line, isUndoing }) => {
    const program = 'part' in action && isUndoing !== true ? programs.get(action.part) : undefined;
    const step = file.scenario.timeline[line];
    const problem = program && problemOf(action, program);
    if (!problem || !step) return [];
    return { ...problem, key: problem.key ?? stepWord(step).word, path: ['timeline', line], code: 'FB_SCENARIO_STEP' };
  });
  const ofGateways = plan.devices.flatMap((it) => {
    const program = 'plc' in it ? programs.get(it.plc) : undefined;
    const problem = program && 'port' in it && portProblem(it.port, program);
    return problem ? { ...problem, path: ['devices', it.name], code: 'FB_PLC_PORT' } : [];
  });
  const errors = [...ofSteps, ...ofGateways].map(
    ({ code, key, path, message, hint }) =>
      new FieldbenchError({
        code,
        message: `${[...path, key].join('.')}: ${message}`,
        at: file.place([...path, key]),
        hint,
      }),
  );
  return [...new Map(errors.map((it) => [it.message, it])).values()];
}

function problemOf(action: PlannedAction, program: PlcProgram): Problem | undefined {
  switch (action.do) {
    case 'input': {
      const { name } = action;
      if (Object.hasOwn(program.registers, name)) return undefined;
      const message = `"${action.part}" has no input "${name}"`;
      return { key: 'name', message, hint: didYouMean(name, Object.keys(program.registers)) };
    }
    case 'unplug':
    case 'plug':
      return portProblem(action.port, program);
    case 'remove':
    case 'insert': {
      if (!program.rack) return noRack(action.part);
      const addresses = program.rack.units.map(({ address }) => address);
      if (addresses.includes(action.unit)) return undefined;
      const message = `no unit of "${action.part}" has address ${action.unit}`;
      return { key: 'unit', message, hint: `addresses are ${addresses.join(', ')}` };
    }
    case 'break-bus':
    case 'mend-bus':
      return program.rack ? undefined : noRack(action.part);
    default:
      return undefined;
  }
}

function noRack(plc: string): Problem {
  return { message: `"${plc}" has no rack`, hint: 'a PLC has one where its file has "rack"' };
}

function portProblem(port: number, { rack }: PlcProgram): (Problem & { readonly key: 'port' }) | undefined {
  const count = rack?.ethernetPorts ?? 1;
  if (port <= count) return undefined;
  const has = count === 1 ? 'it has one' : `it has ${count}, counted from 1`;
  return { key: 'port', message: `there is no Ethernet port ${port}`, hint: has };
}
