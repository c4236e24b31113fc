// What is judged: a broker that can be started or reached, what it declares not to do, and what may be done to it.
import { didYouMean, FieldbenchError } from '../../error.ts';
import { aedes } from '../../parts/brokers/aedes.ts';
import { containerDriver } from '../../parts/brokers/container-driver.ts';
import { processDriver } from '../../parts/brokers/process-driver.ts';
import { remoteBroker } from '../../parts/brokers/remote.ts';
import type { ContainerWay } from '../../parts/brokers/target-way.ts';
import type { BrokerDriver } from '../../parts/part.ts';
import { isTargetPath, readTargetFile, shippedTarget, shippedTargets, type TargetFile } from './target-file.ts';
import type { WrittenLimit } from './target-schema.ts';

/** Something that a target declares not to do: checks that need it are skipped. */
export type DeclaredLimit = WrittenLimit;

/** A limit in one line, with the page that says so. */
export const limitText = ({ says, source }: DeclaredLimit): string => `${says} (${source})`;

/** What may be judged. */
export interface Target {
  /** The word that names it on the command line. */
  readonly word: string;
  readonly driver: BrokerDriver;
  readonly limits: readonly DeclaredLimit[];
}

/** Ways to start a broker, in the order of preference where none is asked for. */
const ways = ['embedded', 'process', 'container', 'remote'] as const;
type Way = (typeof ways)[number];

/**
 * The target that a word names: a shipped one (`nats`), one way of it (`process:nats`), a URL, or the path of a target
 * file.
 * @param beside a file beside which a path is looked for; default: the working directory
 * @throws FieldbenchError `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`, `FB_TARGET_FILE`; FileErrors for what is wrong in its file
 */
export function targetOf(word: string, beside?: string): Target {
  if (word.includes('://')) return { word, driver: remoteBroker(word), limits: [] };
  if (isTargetPath(word)) return described(word, readTargetFile(word, beside));
  const [, way, name = word] = /^(process|container):(.+)$/.exec(word) ?? [];
  const shipped = shippedTarget(name);
  if (shipped === undefined) throw unknownTarget(word);
  return described(word, shipped, way as Way | undefined);
}

/** The target of a file, started in the way that was asked for, or the first that it describes. */
function described(word: string, file: TargetFile, asked?: Way): Target {
  const { target } = file;
  const way = asked ?? ways.find((it) => target[it] !== undefined);
  const driver = way === undefined ? undefined : driverOf(file, way);
  if (driver === undefined) throw noSuchWay(word, file);
  return { word, driver, limits: target.limits };
}

function driverOf({ name, here, target }: TargetFile, way: Way): BrokerDriver | undefined {
  const about = { name, here, install: target.install };
  switch (way) {
    case 'embedded':
      return target.embedded && aedes;
    case 'process':
      return target.process && processDriver(about, target.process);
    case 'container':
      return target.container && containerDriver(about, chosenImage(name, target.container));
    case 'remote':
      return target.remote && remoteBroker(target.remote.url);
  }
}

/** `FIELDBENCH_MOSQUITTO_IMAGE` in the environment names another image for the target `mosquitto`. */
function chosenImage(name: string, way: ContainerWay): ContainerWay {
  const chosen = process.env[`FIELDBENCH_${name.toUpperCase().replaceAll('-', '_')}_IMAGE`];
  return chosen ? { ...way, image: chosen, local: undefined } : way;
}

function noSuchWay(word: string, { name, target }: TargetFile): FieldbenchError {
  const known = ways.filter((it) => target[it] !== undefined);
  return new FieldbenchError({
    code: 'FB_TARGET_UNKNOWN',
    message: `the target "${name}" cannot be started as "${word}" asks`,
    expected: known.map((it) => (it === 'process' || it === 'container' ? `${it}:${name}` : name)).join(' or '),
    hint: `fieldbench list targets ${name} tells what its file describes`,
  });
}

function unknownTarget(word: string): FieldbenchError {
  const known = shippedTargets();
  return new FieldbenchError({
    code: 'FB_TARGET_UNKNOWN',
    message: `there is no target "${word}"`,
    expected: `${known.join(', ')}, mqtt://HOST:PORT, ws://HOST:PORT/PATH, or the path of a target file (.yaml)`,
    hint: didYouMean(word, known),
  });
}
