// What a scenario makes this machine do beyond talking: programs, images and credentials that it brings or names itself.
import { isTargetPath, readTargetFile } from '../bench/target/target-file.ts';
import type { WrittenTarget } from '../bench/target/target-schema.ts';
import { FieldbenchError } from '../error.ts';
import type { ScenarioFile } from './read-scenario.ts';
import type { ScenarioDevice } from './schema.ts';

/** Something that needs trust: where the scenario says so, and what would happen. */
export interface TrustNeed {
  readonly path: readonly PropertyKey[];
  /** e.g. `starts the program /opt/broker/bin/run`. */
  readonly does: string;
}

/**
 * All that a scenario may do only where somebody trusts it.
 * @param target a target word that replaces the scenario's own: what those would start is not started then
 */
export function trustNeeds(file: ScenarioFile, target?: string): readonly TrustNeed[] {
  const { brokers, devices } = file.scenario;
  const ofBrokers = Object.entries(brokers).flatMap(([name, it]) =>
    ('target' in it ? doneByWord(it.target, file.file) : doneByTarget(it)).map((does) => ({
      path: ['brokers', name, ...('target' in it ? ['target'] : [])],
      does,
    })),
  );
  const ofDevices = Object.entries(devices).flatMap(([name, it]) =>
    doneByDevice(it).map((does) => ({ path: ['devices', name], does })),
  );
  return [...(target === undefined ? ofBrokers : []), ...ofDevices];
}

/** One error for each, for whoever did not say that he trusts the scenario. */
export function untrusted(file: ScenarioFile, needs: readonly TrustNeed[]): readonly FieldbenchError[] {
  return needs.map(
    ({ path, does }) =>
      new FieldbenchError({
        code: 'FB_SCENARIO_TRUST',
        message: `${path.join('.')}: this ${does}, and the scenario is not one that is shipped`,
        at: file.place(path),
        hint: 'read it; if you trust it, run it with --trust',
      }),
  );
}

/** What a device does beyond talking: most start no program and no image that a scenario names. */
function doneByDevice(it: ScenarioDevice): readonly string[] {
  switch (it.kind) {
    case 'container:node-red':
      return it.image === undefined ? [] : [`starts the image ${it.image}`];
    case 'sensor':
    case 'subscriber':
    case 'plc':
    case 'modbus-mqtt':
    case 'mqtt-js':
    case 'paho-python':
    case 'node-red':
    case 'http-poller':
      return [];
  }
}

/** Names of shipped targets and addresses of brokers that run already need no trust. */
function doneByWord(word: string, beside: string): readonly string[] {
  const plain = word.replace(/^[a-z][a-z0-9-]*@/, '');
  if (plain.startsWith('image:')) return [`starts the image ${plain.slice('image:'.length)}`];
  if (plain.includes('://') || !isTargetPath(plain)) return [];
  try {
    return doneByTarget(readTargetFile(plain, beside).target);
  } catch {
    return []; // Nothing is started from a file that cannot be read; that it cannot is told by whoever needs it.
  }
}

function doneByTarget({ process, container, remote }: WrittenTarget): readonly string[] {
  return [
    ...(process ? [`starts the program ${process.program.join(' or ')}`, ...process.before.map(startsBefore)] : []),
    ...(container ? [`starts the image ${container.image}`] : []),
    ...[process, container, remote].flatMap((it) =>
      it?.version.command ? [`runs ${it.version.command.join(' ')} to learn a version`] : [],
    ),
    ...(remote?.credentials ? [`sends credentials of the environment to ${remote.url}`] : []),
  ];
}

const startsBefore = (command: readonly string[]): string => `runs ${command.join(' ')} beforehand`;
