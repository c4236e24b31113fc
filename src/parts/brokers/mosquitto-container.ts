// Mosquitto in a container of its own, published on loopback only.
import type { BrokerDriver, PartContext } from '../part.ts';
import { startBroker, type BrokerInstance } from './broker-life.ts';
import { freePort } from './free-port.ts';
import { docker, ensureImage, loopbackContainer, noWait, removeContainer, type Docker } from './docker.ts';
import { instanceOf, type DockerContainer } from './container-instance.ts';
import { mosquittoConfig, mosquittoVersion } from './mosquitto-config.ts';

/** Built from Debian's package on the machine itself; no public registry has an image of this name. */
const localImages = 'fieldbench/mosquitto:*-debian';

const innerPort = 1883;
const configFile = '/fieldbench/mosquitto.conf';

/**
 * Mosquitto from our local image, or from another one such as `eclipse-mosquitto:2`, which is pulled when absent.
 * `FIELDBENCH_MOSQUITTO_IMAGE` in the environment names the default.
 */
export function mosquittoContainer(
  image: string = process.env['FIELDBENCH_MOSQUITTO_IMAGE'] ?? localImages,
): BrokerDriver {
  return {
    kind: 'mosquitto-container',
    async start(name, context) {
      const engine = await docker();
      const { name: imageName, id: imageId } = await ensureImage(engine, image);
      const port = await freePort();
      const containerName = `fieldbench-mosquitto-${port}-${imageId.slice(0, 6)}-${process.pid}`;
      let container: DockerContainer | undefined;
      let version = 'unknown';
      const launch = async (): Promise<BrokerInstance> => {
        if (container) await container.start();
        else {
          context.owns.ownContainer(containerName, `broker ${name} (mosquitto container)`);
          ({ container, version } = await create(engine, { image: imageName, containerName, port }, context));
        }
        return instanceOf(container, version);
      };
      const clear = async (): Promise<void> => {
        await removeContainer(engine, containerName, context.owns.labels);
        context.owns.release(containerName);
      };
      const how = `container of ${imageName} (${imageId.slice(0, 12)})`;
      return startBroker(name, { how, endpoint: { host: '127.0.0.1', port }, launch, clear }, context);
    },
  };
}

interface Creation {
  readonly image: string;
  readonly containerName: string;
  readonly port: number;
}

/** Creates and starts the container. Storage lies inside it, so that it outlives kill and restart but not the run. */
async function create(
  engine: Docker,
  { image, containerName, port }: Creation,
  { owns }: PartContext,
): Promise<{ container: DockerContainer; version: string }> {
  const config = mosquittoConfig({ port: innerPort, storage: '/fieldbench' });
  const started = await loopbackContainer(engine, image)
    .withName(containerName)
    .withLabels(owns.labels)
    .withEntrypoint(['mosquitto'])
    .withCommand(['-c', configFile])
    .withCopyContentToContainer([{ content: config, target: configFile }])
    .withExposedPorts({ container: innerPort, host: port })
    .withPullPolicy(engine.testcontainers.PullPolicy.neverPull())
    .withWaitStrategy(noWait)
    .start();
  const help = await started.exec(['mosquitto', '-h']).catch(() => ({ output: '' }));
  return { container: engine.client.container.getById(started.getId()), version: mosquittoVersion(help.output) };
}
