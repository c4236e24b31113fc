// The way to Docker: loaded late because it is slow to load, and one clear sentence where there is none.
import type { GenericContainer, WaitStrategy } from 'testcontainers';
import type * as library from 'testcontainers';
import { FieldbenchError } from '../../error.ts';

type Testcontainers = typeof library;
/** Docker's API behind testcontainers. */
export type DockerClient = Awaited<ReturnType<Testcontainers['getContainerRuntimeClient']>>;

/** What `docker()` gives. */
export interface Docker {
  readonly testcontainers: Testcontainers;
  readonly client: DockerClient;
}

/**
 * Loads testcontainers and reaches the Docker engine.
 * @throws FieldbenchError `FB_DOCKER_ABSENT`
 */
export async function docker(): Promise<Docker> {
  const testcontainers = await import('testcontainers');
  try {
    return { testcontainers, client: await testcontainers.getContainerRuntimeClient() };
  } catch (cause) {
    throw new FieldbenchError({
      code: 'FB_DOCKER_ABSENT',
      message: 'no Docker engine can be reached',
      expected: 'a running Docker engine that this user may use',
      actual: cause instanceof Error ? cause.message : String(cause),
      hint: 'does "docker info" work? Else install and start Docker, or use the targets "embedded" or "mosquitto"',
      cause,
    });
  }
}

/**
 * A container whose published ports are bound to loopback: testcontainers itself publishes on all addresses.
 * It is never handed to testcontainers' reaper (an image of its own that must be pulled): our run registry sweeps.
 */
export function loopbackContainer({ testcontainers }: Docker, image: string): GenericContainer {
  class LoopbackContainer extends testcontainers.GenericContainer {
    protected override beforeContainerCreated(): Promise<void> {
      const bindings = Object.values((this.hostConfig.PortBindings ?? {}) as Record<string, { HostIp?: string }[]>);
      for (const binding of bindings.flat()) binding.HostIp = '127.0.0.1';
      return Promise.resolve();
    }
  }
  return new LoopbackContainer(image).withAutoCleanup(false);
}

/** Leaves the waiting to our own readiness probe: CONNACK 0, and not a line in a log. */
export const noWait: WaitStrategy = {
  waitUntilReady: () => Promise.resolve(),
  withStartupTimeout: () => noWait,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
};

/** Images under this name are built on the machine and are in no registry. */
const localPrefix = 'fieldbench/';

/** An image that is there. */
export interface PresentImage {
  readonly name: string;
  /** Hex digits of its digest. */
  readonly id: string;
}

/**
 * Finds an image; a public one is pulled when it is absent. A local one may be a pattern such as
 * `fieldbench/mosquitto:*-debian`: its tag says which version the machine's own package had when it was built.
 * @param builtBy the command that builds a local one
 * @throws FieldbenchError `FB_IMAGE_ABSENT`
 */
export async function ensureImage(engine: Docker, image: string, builtBy = '.ci/images'): Promise<PresentImage> {
  const isLocal = image.startsWith(localPrefix);
  try {
    return isLocal ? await localImage(engine, image) : await publicImage(engine, image);
  } catch (cause) {
    throw new FieldbenchError({
      code: 'FB_IMAGE_ABSENT',
      message: `there is no container image "${image}"`,
      expected: isLocal ? 'an image built on this machine' : 'an image that can be pulled',
      actual: cause instanceof Error ? cause.message : String(cause),
      hint: isLocal ? `build it with ${builtBy}` : 'is its name right, and its registry reachable?',
      cause,
    });
  }
}

async function localImage({ client }: Docker, reference: string): Promise<PresentImage> {
  const found = await client.container.dockerode.listImages({ filters: { reference: [reference] } });
  const newest = found.toSorted((a, b) => b.Created - a.Created).find((it) => it.RepoTags?.[0] !== undefined);
  const name = newest?.RepoTags?.[0];
  if (newest === undefined || name === undefined) throw new Error('no such image on this machine');
  return { name, id: newest.Id.replace('sha256:', '') };
}

async function publicImage({ testcontainers, client }: Docker, image: string): Promise<PresentImage> {
  const name = testcontainers.ImageName.fromString(image);
  if (!(await client.image.exists(name))) await client.image.pull(name);
  const { Id } = await client.image.inspect(name);
  return { name: image, id: Id.replace('sha256:', '') };
}

/** Removes a container, running or not; gives `false` when there was none by this id or name with these labels. */
export async function removeContainer(
  { client }: Docker,
  id: string,
  labels: Readonly<Record<string, string>>,
): Promise<boolean> {
  const container = client.container.getById(id);
  try {
    const found = await container.inspect();
    const carried = found.Config.Labels;
    if (!Object.entries(labels).every(([name, value]) => carried[name] === value)) return false;
    await container.remove({ force: true, v: true });
    return true;
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 409) return false;
    throw error;
  }
}

/** HTTP status of an error of Docker's API: 404 no such container, 304 and 409 it is in that state already. */
export function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : undefined;
}
