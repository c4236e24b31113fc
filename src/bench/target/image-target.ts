// Any container image as a target: what is known of a shipped target holds for its public image under every tag.
import { containerDriver } from '../../parts/brokers/container-driver.ts';
import type { ContainerWay } from '../../parts/brokers/target-way.ts';
import type { BrokerDriver } from '../../parts/part.ts';
import { shippedTarget, shippedTargets, type TargetFile } from './target-file.ts';
import { containerWay } from './way-schema.ts';

/** A driver for an image, and the shipped target whose image it is. */
export interface ImageTarget {
  readonly driver: BrokerDriver;
  readonly file?: TargetFile;
}

/** MQTT on its usual port, for everybody: what nothing else is known of. */
const plainWay = (image: string): ContainerWay =>
  containerWay.parse({
    image,
    listeners: { mqtt: { port: 1883 } },
    version: { label: 'org.opencontainers.image.version' },
  });

/** A container of this image, configured as the shipped target is whose image it is, or not at all. */
export function containerOfImage(image: string): ImageTarget {
  const own = repositoryOf(image);
  for (const name of shippedTargets()) {
    const file = shippedTarget(name);
    const way = file?.target.container;
    if (file === undefined || way === undefined) continue;
    const known = [way.image, ...(way.local === undefined ? [] : [way.local])].map(repositoryOf);
    if (!known.includes(own)) continue;
    const { here, target } = file;
    return {
      file,
      driver: containerDriver({ name, here, install: target.install }, { ...way, image, local: undefined }),
    };
  }
  const name = own.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return { driver: containerDriver({ name, here: process.cwd(), install: {} }, plainWay(image)) };
}

/** `docker.io/library/nats:2@sha256:...` -> `nats` */
function repositoryOf(image: string): string {
  return image
    .toLowerCase()
    .replace(/@.*$/, '')
    .replace(/:[^:/]*$/, '')
    .replace(/^(?:index\.)?docker\.io\//, '')
    .replace(/^library\//, '');
}
