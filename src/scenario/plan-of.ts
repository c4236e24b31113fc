// Turns a scenario into a plan: pure, and every name that does not exist is found before anything starts.
import type { Recordings } from '../bench/devices/signal-schema.ts';
import type { Plan, PlannedBroker, PlannedLink } from '../bench/plan.ts';
import type { PlannedAction } from '../bench/planned-action.ts';
import type { PlannedStep } from '../bench/planned-step.ts';
import { occurrencesOf, type Occurrence } from './occurrence.ts';
import { plannedAction, undoingAction } from './planned-action.ts';
import { bridgeProblems, plannedBridges, startOrder } from './planned-bridge.ts';
import { plannedDevice } from './planned-device.ts';
import { linksOf, type LinkProfiles } from './scenario-links.ts';
import { faultsOf, type LinkFaultFiles } from './scenario-faults.ts';
import type { LinkTimelines } from './timeline-file.ts';
import { ScenarioErrors, type ScenarioFile } from './read-scenario.ts';
import type { Scenario } from './schema.ts';
import { stepProblems } from './step-problems.ts';
import { compressedDevice, compressionProblems } from './time-compression.ts';
import { unknownNames } from './unknown-names.ts';

/** What a run may change about a scenario without editing it. */
export interface PlanChanges {
  /** Target word that replaces the target of every broker. */
  readonly target?: string;
  /** Link backend that replaces the backend of every link. */
  readonly backend?: string;
  /** Random events of the timeline are drawn from it; default 1. */
  readonly seed?: number;
  /** How many times faster than written the schedules of devices and timeline run; default 1. */
  readonly timeCompression?: number;
}

/**
 * The plan of a scenario.
 * @param profiles those that its links name, as {@link readLinkProfiles} reads them
 * @param faultFiles those that its links name, as {@link readLinkFaults} reads them
 * @param timelines those of its links, as {@link readLinkTimelines} reads them
 * @param recordings those that its signals name, as {@link readRecordings} reads them
 * @throws ScenarioErrors with one error per name that does not exist, step that cannot be, or link that carries no
 *   TCP connection.
 */
export function planOf(
  file: ScenarioFile,
  changes: PlanChanges = {},
  profiles: LinkProfiles = new Map(),
  faultFiles: LinkFaultFiles = new Map(),
  timelines: LinkTimelines = new Map(),
  recordings: Recordings = new Map(),
): Plan {
  const { scenario } = file;
  const { seed = 1, timeCompression: compression = 1 } = changes;
  const timeline = occurrencesOf(file, { seed, compression });
  const links = linksOf(file, profiles, timeline.occurrences);
  const faults = faultsOf(file, faultFiles);
  const errors = [
    ...unknownNames(file),
    ...bridgeProblems(file),
    ...stepProblems(file),
    ...timeline.errors,
    ...links.errors,
    ...faults.errors,
    ...compressionProblems(file, compression),
  ];
  if (errors.length > 0) throw new ScenarioErrors(file.file, errors);
  return {
    name: scenario.name,
    question: scenario.question,
    brokers: startOrder(scenario).map((name) => {
      const it = scenario.brokers[name];
      return it === undefined || changes.target !== undefined
        ? { name, target: changes.target ?? '' }
        : plannedBroker(file.file, name, it);
    }),
    bridges: plannedBridges(scenario),
    links: links.links.map((it) => ({
      ...it,
      ...playedOn(it.name, timelines),
      backend: changes.backend ?? it.backend,
      faults: faults.byLink.get(it.name) ?? [],
      needs: needsOf(it.name, scenario),
    })),
    devices: Object.entries(scenario.devices).map(([name, it]) =>
      compressedDevice(plannedDevice(name, it, recordings), compression),
    ),
    steps: timeline.occurrences.map((it) => plannedStep(it, links.shapes.get(it))),
    durationMs: scenario.duration / compression,
    settleMs: scenario.settle,
    ...(compression !== 1 && { timeCompression: compression }),
  };
}

/** What a scenario says of a broker; paths are looked for beside the scenario. */
export function plannedBroker(file: string, name: string, broker: Scenario['brokers'][string]): PlannedBroker {
  return { name, target: 'target' in broker ? broker.target : broker, file };
}

function playedOn(link: string, timelines: LinkTimelines): Pick<PlannedLink, 'timeline'> {
  const timeline = timelines.get(link);
  return timeline === undefined ? {} : { timeline };
}

function plannedStep({ step, undoes, ...rest }: Occurrence, shape: PlannedAction | undefined): PlannedStep {
  const action = shape ?? (undoes && undoingAction(step)) ?? plannedAction(step);
  return { ...rest, action };
}

type Needs = NonNullable<PlannedLink['needs']>;

/** What the timeline will ask of a link. */
function needsOf(link: string, { timeline, devices }: Scenario): Needs {
  const isOnIt = (name: string): boolean => {
    const device = devices[name];
    return device !== undefined && 'link' in device && device.link === link;
  };
  const needs = timeline.flatMap((step): Needs => {
    if ('fault' in step && step.fault === link) return ['packet-faults'];
    return 'kill' in step && isOnIt(step.kill) ? ['vanish'] : [];
  });
  return [...new Set(needs)];
}
