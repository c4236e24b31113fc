// Names in a scenario that nothing has: each with its place, and the name that was probably meant.
import { didYouMean, FieldbenchError } from '../error.ts';
import { partsOfExpectations } from './expectation-names.ts';
import type { ScenarioFile } from './read-scenario.ts';
import type { Scenario, ScenarioDevice, ScenarioStep } from './schema.ts';
import { stepWord } from './step-word.ts';
import { linkWords, type StepWord } from './step-words.ts';
import type { Timing } from './step-timing.ts';

/** A name that the file uses: where, and among which kind of part it must be found. */
interface Reference {
  readonly path: readonly PropertyKey[];
  readonly name: string;
  readonly kind: 'broker' | 'link' | 'device' | 'plc' | 'sensor' | 'subscriber' | 'part' | 'broker or link';
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
  if (kind === 'part') return [...Object.keys(scenario.brokers), ...Object.keys(scenario.devices)];
  const bridges = kind === 'device' ? Object.keys(scenario.bridges) : []; // Clients too, with a will and a link.
  const devices = Object.entries(scenario.devices)
    .filter(
      ([, it]) =>
        kind === it.kind || (kind === 'subscriber' && subscribes(it)) || (kind === 'device' && it.kind !== 'plc'),
    )
    .map(([name]) => name);
  return [...devices, ...bridges];
}

/** A gateway hears commands; where its kind takes none, nothing comes to be judged. */
const subscribes = (it: ScenarioDevice): boolean =>
  'filters' in it ? Object.keys(it.filters).length > 0 : 'plc' in it;

function references(scenario: Scenario): readonly Reference[] {
  return [
    ...Object.entries(scenario.bridges).flatMap(([name, it]) => bridgeReferences(['bridges', name], it)),
    ...Object.entries(scenario.devices).flatMap(([name, it]) => deviceReferences(['devices', name], it)),
    ...scenario.timeline.flatMap((it, index) => stepReferences(['timeline', index], it)),
    ...partsOfExpectations(scenario),
  ];
}

function bridgeReferences(path: readonly PropertyKey[], it: Scenario['bridges'][string]): Reference[] {
  return [
    { path: [...path, 'from'], name: it.from, kind: 'broker' },
    { path: [...path, 'to'], name: it.to, kind: 'broker' },
    ...(it.link === undefined ? [] : [{ path: [...path, 'link'], name: it.link, kind: 'link' } as const]),
  ];
}

function deviceReferences(path: readonly PropertyKey[], it: ScenarioDevice): Reference[] {
  if (it.kind === 'plc') return [];
  return [
    { path: [...path, 'broker'], name: it.broker, kind: 'broker' },
    ...(it.link === undefined ? [] : [{ path: [...path, 'link'], name: it.link, kind: 'link' } as const]),
    ...('plc' in it ? [{ path: [...path, 'plc'], name: it.plc, kind: 'plc' } as const] : []),
  ];
}

const onLinks: ReadonlySet<StepWord> = new Set(linkWords);

function stepReferences(path: readonly PropertyKey[], step: ScenarioStep): Reference[] {
  const { word, name } = stepWord(step);
  const { when }: Timing = step;
  const waits = when === undefined ? [] : conditionReferences([...path, 'when'], when);
  if (word === 'phase') return waits;
  return [{ path: [...path, word], name, kind: onLinks.has(word) ? 'link' : 'part' }, ...waits];
}

function conditionReferences(path: readonly PropertyKey[], when: NonNullable<Timing['when']>): Reference[] {
  if ('message' in when) return [{ path: [...path, 'at'], name: when.at, kind: 'device' }];
  if ('part' in when) return [{ path: [...path, 'part'], name: when.part, kind: 'part' }];
  if ('link' in when) return [{ path: [...path, 'link'], name: when.link, kind: 'link' }];
  return []; // A share may be of a population: see step-problems.ts.
}
