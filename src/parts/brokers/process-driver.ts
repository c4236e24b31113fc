// Any broker that is a process of this machine, started as its target file says.
import type { BrokerDriver, PartContext, StartedBroker } from '../part.ts';
import { startBroker, type BrokerRecipe } from './broker-life.ts';
import { entrancesOf } from './entrances.ts';
import { equip, loopback, portNames, tlsFiles, valuesOf, withoutSecrets, type Equipment } from './equipment.ts';
import { freePorts } from './free-port.ts';
import { fillFolder, newInstanceFolder, removeInstanceFolder, userByName, type User } from './instance-folder.ts';
import { filesOf, securedPlan } from './instance-plan.ts';
import { launchProcess } from './local-process.ts';
import { eachText, filled } from './placeholders.ts';
import { findInstalled, runBefore } from './process-needs.ts';
import type { Described, InstancePlan, ProcessWay } from './target-way.ts';
import { outputOf, versionOf } from './version-of.ts';

/** How a described broker is started as a process. */
export function processDriver(described: Described, way: ProcessWay): BrokerDriver {
  // Some programs take seconds to say their version, and say the same each time.
  let version: Promise<string> | undefined;
  const start = (name: string, plan: InstancePlan, context: PartContext): Promise<StartedBroker> => {
    const driving: Driving = { name, described, way, plan, context, versionBy: (read) => (version ??= read()) };
    return startProcess(driving);
  };
  return {
    kind: described.name,
    start: (name, context) => start(name, way, context),
    ...(way.secured && { startSecured: (name, context) => start(name, securedPlan(way), context) }),
  };
}

/** Which instance of what is started. */
interface Driving {
  readonly name: string;
  readonly described: Described;
  readonly way: ProcessWay;
  readonly plan: InstancePlan;
  readonly context: PartContext;
  readonly versionBy: (read: () => Promise<string>) => Promise<string>;
}

async function startProcess(driving: Driving): Promise<StartedBroker> {
  const { name, described, way, plan, context } = driving;
  const program = await findInstalled(described, way);
  const user = await userByName(way.user);
  const names = portNames(plan);
  const numbers = await freePorts(names.length);
  const folder = newInstanceFolder(`${described.name}-${numbers[0]}`, user, context.owns);
  try {
    const equipment = await equip(plan, new Map(names.map((it, at) => [it, numbers[at] ?? 0])));
    const recipe = await recipeOf(driving, { program, user, folder, equipment });
    return await startBroker(name, recipe, context);
  } catch (error) {
    removeInstanceFolder(folder, context.owns);
    throw error;
  }
}

/** What one instance has on this machine. */
interface Grounds {
  readonly program: string;
  readonly user: User | undefined;
  readonly folder: string;
  readonly equipment: Equipment;
}

/** Writes the instance's files, runs what has to run before it, and tells how it is launched. */
async function recipeOf(driving: Driving, { program, user, folder, equipment }: Grounds): Promise<BrokerRecipe> {
  const { name, described, way, plan, context, versionBy } = driving;
  const words = { program, here: described.here, node: process.execPath };
  const inner = { dir: folder, host: loopback, ports: equipment.ports, words };
  const valueOf = valuesOf(inner, equipment);
  const fill = (text: string): string => filled(text, valueOf);
  const environment = { ...inherited(way), ...eachText(plan.environment, fill) };
  fillFolder(folder, { ...filesOf(plan, described, fill), ...tlsFiles(equipment) }, user);
  const { signal, owns } = context;
  const surroundings = { folder, environment, user, run: owns.labels['fieldbench.run'], signal };
  for (const command of plan.before ?? [])
    await runBefore(described, command.map(fill), { ...surroundings, equipment });
  const run = (command: readonly string[]): Promise<string> => outputOf(command.map(fill), surroundings);
  const version = await versionBy(() => versionOf(way.version, { run, here: described.here }));
  signal.throwIfAborted();
  const { first, others, variants } = entrancesOf(plan, equipment);
  const command = {
    command: program,
    args: plan.args.map(fill),
    what: `broker ${name} (${described.name})`,
    folder,
    environment,
    saysOnBoth: true,
    graceMs: way.stopWithin,
    ...(user && { user }),
  };
  return {
    // With its placeholders: what they stand for is the run's own business, and perhaps a secret.
    how: [program, ...plan.args].join(' '),
    ...first,
    alsoReady: others,
    variants,
    launch: () => {
      const started = launchProcess(command, context);
      return Promise.resolve({ ...started, version, lastWords: () => withoutSecrets(started.lastWords(), equipment) });
    },
    clear: () => Promise.resolve(removeInstanceFolder(folder, context.owns)),
    readyWithinMs: way.readyWithin,
  };
}

function inherited({ inherit }: ProcessWay): Readonly<Record<string, string>> {
  const known = inherit.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
