// Steps of a timeline that are about a PLC alone, as the plan has them, and what takes them back.
import type { PlcAction } from '../bench/planned-action.ts';
import type { ScenarioStep } from './schema.ts';

/** What it comes to; nothing where it is none of these. */
export function plcAction(step: ScenarioStep): PlcAction | undefined {
  if ('restart' in step) return step.how && { do: 'restart-as', part: step.restart, how: step.how };
  if ('input' in step) {
    const { input: part, name, value } = step;
    return { do: 'input', part, name, ...(value !== undefined && { value }) };
  }
  if ('dip' in step) return { do: 'dip', part: step.dip, forMs: step.for };
  if ('unplug' in step) return { do: 'unplug', part: step.unplug, port: step.port };
  if ('plug' in step) return { do: 'plug', part: step.plug, port: step.port };
  if ('remove' in step) return { do: 'remove', part: step.remove, unit: step.unit };
  if ('insert' in step) return { do: 'insert', part: step.insert, unit: step.unit };
  if ('breakBus' in step) return { do: 'break-bus', part: step.breakBus, line: step.line };
  if ('mendBus' in step) return { do: 'mend-bus', part: step.mendBus, line: step.line };
  return undefined;
}

/** What takes it back, for those that may last. */
export function undoingPlcAction(step: ScenarioStep): PlcAction | undefined {
  if ('input' in step) return { do: 'input', part: step.input, name: step.name };
  if ('unplug' in step) return { do: 'plug', part: step.unplug, port: step.port };
  if ('remove' in step) return { do: 'insert', part: step.remove, unit: step.unit };
  if ('breakBus' in step) return { do: 'mend-bus', part: step.breakBus, line: step.line };
  return undefined;
}
