// Names in a scenario that nothing has: each with its place, and the name that was probably meant.
import { didYouMean, FieldbenchError } from '../error.ts';
import { plannedAction } from './planned-action.ts';
import { partsOfExpectations } from './expectation-names.ts';
import type { ScenarioFile } from './read-scenario.ts';
import type { Scenario, ScenarioDevice, ScenarioStep } from './schema.ts';

/** A name that the file uses: where, and among which kind of part it must be found. */
interface Reference {
  readonly path: readonly PropertyKey[];
  readonly name: string;
  readonly kind: 'broker' | 'link' | 'device' | 'plc' | 'sensor' | 'subscriber' | 'broker or link';
}

/** One error for each. */
export function unknownNames(file: ScenarioFile): FieldbenchError[] {
  return references(file.scenario).flatMap(({ path, name, kind }) => {
    const known = namesOf(file.scenario, kind);
    if (known.includes(name)) return [];
    return new FieldbenchError({
      code: 'FB_SCENARIO_NAME',
      message: `${path.join('.')}: there is no ${kind} "${name}"`,
      at: file.place(path),
      hint: didYouMean(name, known),
    });
  });
}

function namesOf(scenario: Scenario, kind: Reference['kind']): readonly string[] {
  if (kind === 'broker') return Object.keys(scenario.brokers);
  if (kind === 'link') return Object.keys(scenario.links);
  if (kind === 'broker or link') return [...Object.keys(scenario.brokers), ...Object.keys(scenario.links)];
  return Object.entries(scenario.devices)
    .filter(([, it]) => kind === it.kind || (kind === 'device' && it.kind !== 'plc'))
    .map(([name]) => name);
}

function references(scenario: Scenario): readonly Reference[] {
  return [
    ...Object.entries(scenario.devices).flatMap(([name, it]) => deviceReferences(['devices', name], it)),
    ...scenario.timeline.flatMap((it, index) => stepReferences(['timeline', index], it)),
    ...partsOfExpectations(scenario),
  ];
}

function deviceReferences(path: readonly PropertyKey[], it: ScenarioDevice): Reference[] {
  if (it.kind === 'plc') return [];
  return [
    { path: [...path, 'broker'], name: it.broker, kind: 'broker' },
    ...(it.link === undefined ? [] : [{ path: [...path, 'link'], name: it.link, kind: 'link' } as const]),
    ...(it.kind === 'modbus-mqtt' ? [{ path: [...path, 'plc'], name: it.plc, kind: 'plc' } as const] : []),
  ];
}

function stepReferences(path: readonly PropertyKey[], step: ScenarioStep): Reference[] {
  const action = plannedAction(step);
  const onLink = 'link' in action;
  const key = Object.keys(step).find((it) => it !== 'at' && Object.hasOwn(step, it)) ?? 'at';
  return [{ path: [...path, key], name: onLink ? action.link : action.broker, kind: onLink ? 'link' : 'broker' }];
}
