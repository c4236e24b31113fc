// Turns a scenario into a plan: pure, and every name that does not exist is found before anything starts.
import { didYouMean, FieldbenchError } from '../error.ts';
import type { Plan, PlannedAction, PlannedBroker, PlannedDevice, PlannedLink, PlannedSession } from '../bench/plan.ts';
import { linksOf, type LinkProfiles } from './scenario-links.ts';
import { faultsOf, type LinkFaultFiles } from './scenario-faults.ts';
import type { LinkTimelines } from './timeline-file.ts';
import { packetFaultOf } from './packet-fault-of.ts';
import { ScenarioErrors, type ScenarioFile } from './read-scenario.ts';
import type { Scenario, ScenarioDevice, ScenarioStep } from './schema.ts';

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
 * @throws ScenarioErrors with one error per name that does not exist, step that cannot be, or link that carries no
 *   TCP connection.
 */
export function planOf(
  file: ScenarioFile,
  changes: PlanChanges = {},
  profiles: LinkProfiles = new Map(),
  faultFiles: LinkFaultFiles = new Map(),
  timelines: LinkTimelines = new Map(),
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
    devices: Object.entries(scenario.devices).map(([name, it]) => plannedDevice(name, it)),
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

type OnMqtt = Exclude<ScenarioDevice, { kind: 'plc' }>;

function plannedSession(it: OnMqtt): PlannedSession {
  return {
    broker: it.broker,
    ...(it.link === undefined ? {} : { link: it.link }),
    keepAliveS: Math.round(it.keepAlive / 1000),
    cleanSession: it.cleanSession,
    backOff: { baseMs: it.reconnect.base, capMs: it.reconnect.cap },
  };
}

function plannedDevice(name: string, it: ScenarioDevice): PlannedDevice {
  switch (it.kind) {
    case 'plc':
      return { kind: it.kind, name, program: it.program };
    case 'subscriber':
      return { kind: it.kind, name, session: plannedSession(it), filters: it.filters };
    case 'modbus-mqtt':
      return {
        kind: it.kind,
        name,
        session: plannedSession(it),
        plc: it.plc,
        topic: it.topic,
        qos: it.qos,
        pollMs: it.poll,
      };
    case 'sensor':
      return {
        kind: it.kind,
        name,
        session: plannedSession(it),
        topic: it.topic,
        qos: it.qos,
        intervalMs: it.interval,
        signal: it.signal,
        ...(it.alarmAbove === undefined ? {} : { alarmAbove: it.alarmAbove }),
      };
  }
}

function plannedAction(step: ScenarioStep): PlannedAction {
  if ('shape' in step) return { do: 'shape', link: step.shape };
  if ('cut' in step) return { do: 'cut', link: step.cut, how: step.how };
  if ('halfOpen' in step) return { do: 'half-open', link: step.halfOpen, dead: step.dead };
  if ('fault' in step) return { do: 'fault', link: step.fault, faults: [step.with].flat().map(packetFaultOf) };
  if ('restore' in step) return { do: 'restore', link: step.restore };
  if ('kill' in step) return { do: 'kill', broker: step.kill };
  if ('stop' in step) return { do: 'stop', broker: step.stop };
  return { do: 'restart', broker: step.restart };
}

/** A name that the file uses: where, and among which kind of part it must be found. */
interface Reference {
  readonly path: readonly PropertyKey[];
  readonly name: string;
  readonly kind: 'broker' | 'link' | 'device' | 'plc' | 'sensor' | 'subscriber';
}

function unknownNames(file: ScenarioFile): FieldbenchError[] {
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
  return Object.entries(scenario.devices)
    .filter(([, it]) => kind === it.kind || (kind === 'device' && it.kind !== 'plc'))
    .map(([name]) => name);
}

function references(scenario: Scenario): readonly Reference[] {
  return [
    ...Object.entries(scenario.devices).flatMap(([name, it]) => deviceReferences(['devices', name], it)),
    ...scenario.timeline.flatMap((it, index) => stepReferences(['timeline', index], it)),
    ...scenario.expectations.flatMap((it, index): Reference[] => {
      const path = ['expectations', index];
      if ('delivered' in it) {
        return [
          { path: [...path, 'delivered', 'from'], name: it.delivered.from, kind: 'device' },
          { path: [...path, 'delivered', 'to'], name: it.delivered.to, kind: 'subscriber' },
        ];
      }
      if ('will' in it) {
        return [
          { path: [...path, 'will', 'of'], name: it.will.of, kind: 'device' },
          { path: [...path, 'will', 'to'], name: it.will.to, kind: 'subscriber' },
        ];
      }
      return [{ path: [...path, 'reconnected', 'device'], name: it.reconnected.device, kind: 'device' }];
    }),
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
