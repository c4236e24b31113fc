// A step of a scenario's timeline as the plan has it.
import type { PlannedAction } from '../bench/planned-action.ts';
import { packetFaultOf } from './packet-fault-of.ts';
import type { ScenarioStep } from './schema.ts';

/** What happens; links that change their figures are planned with their links. */
export function plannedAction(step: ScenarioStep): PlannedAction {
  if ('shape' in step) return { do: 'shape', link: step.shape };
  if ('cut' in step) return { do: 'cut', link: step.cut, how: step.how };
  if ('halfOpen' in step) return { do: 'half-open', link: step.halfOpen, dead: step.dead };
  if ('fault' in step) return { do: 'fault', link: step.fault, faults: [step.with].flat().map(packetFaultOf) };
  if ('restore' in step) return { do: 'restore', link: step.restore };
  if ('kill' in step) return { do: 'kill', broker: step.kill };
  if ('stop' in step) return { do: 'stop', broker: step.stop };
  return { do: 'restart', broker: step.restart };
}
