// A step of a scenario's timeline as the plan has it, and what undoes it.
import { lifeWords, type PlannedAction } from '../bench/planned-action.ts';
import { packetFaultOf } from './packet-fault-of.ts';
import { plcAction, undoingPlcAction } from './plc-action.ts';
import type { ScenarioStep } from './schema.ts';

/** What happens; links that change their figures are planned with their links. */
export function plannedAction(step: ScenarioStep): PlannedAction {
  if ('shape' in step) return { do: 'shape', link: step.shape };
  if ('cut' in step) return { do: 'cut', link: step.cut, how: step.how };
  if ('halfOpen' in step) return { do: 'half-open', link: step.halfOpen, dead: step.dead };
  if ('fault' in step) return { do: 'fault', link: step.fault, faults: [step.with].flat().map(packetFaultOf) };
  if ('restore' in step) return { do: 'restore', link: step.restore };
  if ('phase' in step) return { do: 'phase', phase: step.phase };
  if ('stimulate' in step)
    return { do: 'stimulate', part: step.stimulate, ...(step.value !== undefined && { value: step.value }) };
  if ('alarm' in step) return { do: 'alarm', part: step.alarm, on: step.on };
  if ('clock' in step) return { do: 'clock', part: step.clock, stepMs: step.step };
  if ('publish' in step) return { do: 'publish', part: step.publish, ...messageOf(step) };
  if ('request' in step) {
    const { topic: answer, within: withinMs } = step.answer;
    return { do: 'request', part: step.request, ...messageOf(step), answer, withinMs };
  }
  return plcAction(step) ?? lifeAction(step);
}

/** What takes a step back, for those that may last; a link that changed its figures is planned with its link. */
export function undoingAction(step: ScenarioStep): PlannedAction | undefined {
  if ('shape' in step) return { do: 'shape', link: step.shape };
  if ('cut' in step) return { do: 'restore', link: step.cut };
  if ('halfOpen' in step) return { do: 'restore', link: step.halfOpen };
  if ('stop' in step) return { do: 'start', part: step.stop };
  if ('kill' in step) return { do: 'start', part: step.kill };
  if ('pause' in step) return { do: 'resume', part: step.pause };
  if ('stimulate' in step) return { do: 'stimulate', part: step.stimulate };
  if ('alarm' in step) return { do: 'alarm', part: step.alarm, on: !step.on };
  return undoingPlcAction(step);
}

type MessageStep = Extract<ScenarioStep, { readonly topic: string }>;

function lifeAction(step: ScenarioStep): PlannedAction {
  const words = new Map(Object.entries(step));
  for (const word of lifeWords) {
    const part = words.get(word);
    if (typeof part === 'string') return { do: word, part };
  }
  throw new TypeError('the schema lets no other step through');
}

function messageOf({ topic, payload, qos, retain }: MessageStep) {
  return { topic, payload, qos, retain };
}
