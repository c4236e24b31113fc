// Turns a scenario into a plan: pure, and every name that does not exist is found before anything starts.
import { FieldbenchError } from '../error.ts';
import type { Recordings } from '../bench/devices/signal-schema.ts';
import type { Plan, PlannedBroker, PlannedLink } from '../bench/plan.ts';
import { plannedAction } from './planned-action.ts';
import { plannedDevice } from './planned-device.ts';
import { linksOf, type LinkProfiles } from './scenario-links.ts';
import { faultsOf, type LinkFaultFiles } from './scenario-faults.ts';
import type { LinkTimelines } from './timeline-file.ts';
import { ScenarioErrors, type ScenarioFile } from './read-scenario.ts';
import type { Scenario } from './schema.ts';
import { unknownNames } from './unknown-names.ts';

/** What a run may change about a scenario without editing it. */
export interface PlanChanges {
  /** Target word that replaces the target of every broker. */
  readonly target?: string;
  /** Link backend that replaces the backend of every link. */
  readonly backend?: string;
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
  const links = linksOf(file, profiles);
  const faults = faultsOf(file, faultFiles);
  const errors = [...unknownNames(file), ...lateSteps(file), ...links.errors, ...faults.errors];
  if (errors.length > 0) throw new ScenarioErrors(file.file, errors);
  return {
    name: scenario.name,
    question: scenario.question,
    brokers: Object.entries(scenario.brokers).map(([name, it]) =>
      changes.target === undefined ? plannedBroker(file.file, name, it) : { name, target: changes.target },
    ),
    links: links.links.map((it) => ({
      ...it,
      ...playedOn(it.name, timelines),
      backend: changes.backend ?? it.backend,
      faults: faults.byLink.get(it.name) ?? [],
      ...(scenario.timeline.some((step) => 'fault' in step && step.fault === it.name) && { needs: ['packet-faults'] }),
    })),
    devices: Object.entries(scenario.devices).map(([name, it]) => plannedDevice(name, it, recordings)),
    steps: scenario.timeline
      .map((it) => ({ atMs: it.at, action: links.shapes.get(it) ?? plannedAction(it) }))
      .toSorted((a, b) => a.atMs - b.atMs),
    durationMs: scenario.duration,
    settleMs: scenario.settle,
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

function lateSteps(file: ScenarioFile): FieldbenchError[] {
  const { timeline, duration } = file.scenario;
  return timeline.flatMap((step, index) =>
    step.at <= duration
      ? []
      : new FieldbenchError({
          code: 'FB_SCENARIO_TIME',
          message: `timeline.${index}: happens at ${step.at / 1000} s, after the end at ${duration / 1000} s`,
          at: file.place(['timeline', index, 'at']),
          hint: 'raise "duration", or let it happen earlier',
        }),
  );
}
