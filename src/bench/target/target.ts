// What is judged: a broker that can be started or reached, what it declares not to do, and what may be done to it.
import { didYouMean, FieldbenchError } from '../../error.ts';
import type { DeclaredLimit } from '../../history/event.ts';
import { remoteBroker } from '../../parts/brokers/remote.ts';
import type { BrokerDriver } from '../../parts/part.ts';
import { allowances, guarded, type Allowance } from './allowance.ts';
import { containerOfImage } from './image-target.ts';
import type { Need } from './need.ts';
import {
  isTargetPath,
  readTargetFile,
  shippedTarget,
  shippedTargets,
  writtenTarget,
  type TargetFile,
} from './target-file.ts';
import { driverOf } from './target-driver.ts';
import { ways, type Way } from './target-schema.ts';

/** A limit that checks can be held against. */
export interface TargetLimit extends DeclaredLimit {
  readonly needs: Need;
}

/** What may be judged. */
export interface Target {
  /** The word that names it on the command line. */
  readonly word: string;
  readonly driver: BrokerDriver;
  /** Each need at most once. */
  readonly limits: readonly TargetLimit[];
  /** What may be done to it; nothing to a broker that somebody else runs. */
  readonly allows: readonly Allowance[];
  /** The same with bridges, in the words of mosquitto.conf; absent where it cannot have any. */
  readonly bridged?: (configuration: string) => Target;
}

/**
 * The target that a word names: a shipped one (`nats`), one way of it (`process:nats`, `container:nats`), any image
 * (`image:nats:2`), a URL, or the path of a target file. `NAME@` before any of the last three says that it is like the
 * shipped target NAME: its limits then hold too.
 * @param beside a file beside which a path is looked for; default: the working directory
 * @throws FieldbenchError `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`, `FB_TARGET_FILE`, `FB_TARGET_CREDENTIALS`; FileErrors for
 *   what is wrong in its file
 */
export function targetOf(word: string, beside?: string): Target {
  const [, like, rest] = /^([a-z][a-z0-9-]*)@(.+)$/.exec(word) ?? [];
  if (like !== undefined && rest !== undefined) return { ...withLimitsOf(like, targetOf(rest, beside)), word };
  if (word.includes('://')) return { word, driver: remoteBroker(word), limits: [], allows: [] };
  if (isTargetPath(word)) return described(word, readTargetFile(word, beside));
  const [, way, name = word] = /^(process|container|image):(.+)$/.exec(word) ?? [];
  if (way === 'image') return ofImage(word, name);
  const shipped = shippedTarget(name);
  if (shipped === undefined) throw unknownTarget(word);
  return described(word, shipped, way as Way | undefined);
}

/**
 * The target that a scenario describes itself.
 * @param name of the broker
 * @param beside a file beside which paths are looked for; default: the working directory
 * @throws FieldbenchError `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`, `FB_TARGET_FILE`, `FB_TARGET_CREDENTIALS`
 */
export function targetWritten(name: string, written: TargetFile['target'], beside?: string): Target {
  return described(name, writtenTarget(name, written, beside));
}

/** The target of a file, started in the way that was asked for, or the first that it describes. */
function described(word: string, file: TargetFile, asked?: Way): Target {
  const { target } = file;
  const way = asked ?? ways.find((it) => target[it] !== undefined);
  const driver = way === undefined ? undefined : driverOf(file, way);
  if (driver === undefined) throw noSuchWay(word, file);
  const allows = way === 'remote' ? [] : target.allows;
  const own = { word, driver: guarded(driver, allows), limits: target.limits, allows, ...bridging(word, file, way) };
  return target.like === undefined ? own : withLimitsOf(target.like, own);
}

/** Bridges are one file more. What they hold is no business of placeholders. */
function bridging(word: string, file: TargetFile, way: Way | undefined): Pick<Target, 'bridged'> {
  const { process } = file.target;
  const name = process?.bridgeFile;
  if (way !== 'process' || process === undefined || name === undefined) return {};
  return {
    bridged: (configuration) => {
      const files = { ...process.files, [name]: configuration.replaceAll('${', '$${') };
      return described(word, { ...file, target: { ...file.target, process: { ...process, files } } }, way);
    },
  };
}

function ofImage(word: string, image: string): Target {
  const { file, driver } = containerOfImage(image);
  const { limits = [], allows = allowances } = file?.target ?? {};
  return { word, driver: guarded(driver, allows), limits, allows };
}

/** What it says itself comes first. */
function withLimitsOf(name: string, target: Target): Target {
  const like = shippedTarget(name);
  if (like === undefined) throw unknownTarget(name);
  const own = new Set(target.limits.map((it) => it.needs));
  return { ...target, limits: [...target.limits, ...like.target.limits.filter((it) => !own.has(it.needs))] };
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
    expected: `${known.join(', ')}, image:REF, mqtt://HOST:PORT, ws://HOST:PORT/PATH, or the path of a target file (.yaml)`,
    hint: didYouMean(word.replace(/^(?:process|container):/, ''), known),
  });
}
