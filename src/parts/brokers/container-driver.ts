// Any broker in a container of an image, started as its target file says, and published on loopback only.
import type { StartedTestContainer } from 'testcontainers';
import type { BrokerDriver, PartContext, StartedBroker } from '../part.ts';
import { startBroker, type BrokerInstance } from './broker-life.ts';
import { instanceOf, type DockerContainer } from './container-instance.ts';
import {
  docker,
  ensureImage,
  loopbackContainer,
  noWait,
  removeContainer,
  type Docker,
  type PresentImage,
} from './docker.ts';
import { entrancesOf } from './entrances.ts';
import { equip, portNames, tlsFiles, valuesOf, withoutSecrets, type Equipment, type Ports } from './equipment.ts';
import { freePorts } from './free-port.ts';
import { filesOf, securedPlan } from './instance-plan.ts';
import { eachText, filled } from './placeholders.ts';
import type { ContainerWay, Described, InstancePlan, ListenerName } from './target-way.ts';
import { versionOf } from './version-of.ts';

/** Folder of the instance's files within its container. */
const dir = '/fieldbench';

/** Where listeners usually listen, and where they do in a container unless the file says otherwise. */
const usualPorts: Readonly<Record<ListenerName, number>> = {
  mqtt: 1883,
  websocket: 8083,
  login: 1884,
  acl: 1885,
  tls: 8883,
  clientCertificates: 8884,
};
/** First of the further ports. */
const furtherPort = 15_000;

/** How a described broker is started in a container. */
export function containerDriver(described: Described, way: ContainerWay): BrokerDriver {
  const start = (name: string, plan: InstancePlan, context: PartContext): Promise<StartedBroker> =>
    startContainer({ name, described, way, plan, context });
  return {
    kind: `${described.name}-container`,
    start: (name, context) => start(name, way, context),
    ...(way.secured && { startSecured: (name, context) => start(name, securedPlan(way), context) }),
  };
}

/** Which instance of what is started. */
interface Driving {
  readonly name: string;
  readonly described: Described;
  readonly way: ContainerWay;
  readonly plan: InstancePlan;
  readonly context: PartContext;
}

async function startContainer(driving: Driving): Promise<StartedBroker> {
  const { name, described, way, plan, context } = driving;
  const engine = await docker();
  const image = await imageOf(engine, way);
  const names = portNames(plan);
  const numbers = await freePorts(names.length);
  const equipment = await equip(plan, new Map(names.map((it, at) => [it, numbers[at] ?? 0])));
  const innerPorts = innerPortsOf(plan);
  const valueOf = valuesOf({ dir, host: '0.0.0.0', ports: innerPorts, words: { here: described.here } }, equipment);
  const fill = (text: string): string => filled(text, valueOf);
  const containerName = `fieldbench-${described.name}-${numbers[0]}-${image.id.slice(0, 6)}-${process.pid}`;
  let container: DockerContainer | undefined;
  let version = 'unknown';
  const launch = async (): Promise<BrokerInstance> => {
    if (container) await container.start();
    else {
      context.owns.ownContainer(containerName, `broker ${name} (${described.name} container)`);
      const started = await create(driving, { engine, image, equipment, containerName, innerPorts, fill });
      container = engine.client.container.getById(started.getId());
      version = await versionIn(started, driving, { engine, image, fill });
    }
    const instance = instanceOf(container, { version, stopWithinMs: way.stopWithin });
    return { ...instance, lastWords: async () => withoutSecrets(await instance.lastWords(), equipment) };
  };
  const clear = async (): Promise<void> => {
    await removeContainer(engine, containerName, context.owns.labels);
    context.owns.release(containerName);
  };
  const { first, others, variants } = entrancesOf(plan, equipment);
  const how = `container of ${image.name} (${image.id.slice(0, 12)})`;
  const recipe = { how, ...first, alsoReady: others, variants, launch, clear, readyWithinMs: way.readyWithin };
  return startBroker(name, recipe, context);
}

/** The image that was built here where there is one, else the public one, which is pulled where it is absent. */
async function imageOf(engine: Docker, { image, local }: ContainerWay): Promise<PresentImage> {
  const built = local === undefined ? undefined : await ensureImage(engine, local).catch(() => undefined);
  return built ?? ensureImage(engine, image);
}

interface Creation {
  readonly engine: Docker;
  readonly image: PresentImage;
  readonly equipment: Equipment;
  readonly containerName: string;
  readonly innerPorts: Ports;
  readonly fill: (text: string) => string;
}

/** Creates and starts the container. Storage lies inside it, so that it outlives kill and restart but not the run. */
async function create(
  { described, way, plan, context }: Driving,
  { engine, image, equipment, containerName, innerPorts, fill }: Creation,
): Promise<StartedTestContainer> {
  const files = { ...filesOf(plan, described, fill), ...tlsFiles(equipment) };
  const container = loopbackContainer(engine, image.name)
    .withName(containerName)
    .withLabels(context.owns.labels)
    .withCopyContentToContainer(
      Object.entries(files).map(([name, content]) => ({
        content,
        target: name.startsWith('/') ? name : `${dir}/${name}`,
      })),
    )
    .withEnvironment(eachText(plan.environment, fill))
    .withExposedPorts(
      ...[...innerPorts].map(([name, inner]) => ({ container: inner, host: equipment.ports.get(name) ?? 0 })),
    )
    .withPullPolicy(engine.testcontainers.PullPolicy.neverPull())
    .withWaitStrategy(noWait);
  if (way.entrypoint) container.withEntrypoint(way.entrypoint.map(fill));
  if (plan.args.length > 0) container.withCommand(plan.args.map(fill));
  if (way.user !== undefined) container.withUser(way.user);
  return container.start();
}

function innerPortsOf(plan: InstancePlan): Ports {
  const inner = (name: string): number | undefined => {
    const listener = Object.hasOwn(usualPorts, name) ? (name as ListenerName) : undefined;
    return listener && (plan.listeners[listener]?.port ?? usualPorts[listener]);
  };
  return new Map(portNames(plan).map((name, at) => [name, inner(name) ?? furtherPort + at]));
}

async function versionIn(
  started: StartedTestContainer,
  { way, described }: Driving,
  { engine, image, fill }: Pick<Creation, 'engine' | 'image' | 'fill'>,
): Promise<string> {
  const { Config } = await engine.client.container.dockerode.getImage(image.id).inspect();
  return versionOf(way.version, {
    run: async (command) => (await started.exec(command.map(fill))).output,
    here: described.here,
    labels: Config.Labels ?? {},
  });
}
