// Reads a target file and says everything that is wrong with it at once; and finds the shipped ones.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseYamlFile, unreadable, type FileWords } from '../files/yaml-file.ts';
import { targetSchema, type WrittenTarget } from './target-schema.ts';

/** A target with its name, and where files that it names are looked for. */
export interface TargetFile {
  readonly name: string;
  /** Folder of the file. */
  readonly here: string;
  readonly target: WrittenTarget;
}

const words: FileWords = {
  kind: 'target file',
  hint: 'fieldbench list targets shows the ones that are shipped',
  codes: { file: 'FB_TARGET_FILE', yaml: 'FB_TARGET_FILE', schema: 'FB_TARGET_SCHEMA' },
};

/** Three above this file lies the package, in the source tree and in the published one. */
const folder = fileURLToPath(new URL('../../../scenarios/targets/', import.meta.url));

/** Names of the shipped targets. */
export function shippedTargets(): readonly string[] {
  const files = readdirSync(folder).filter((it) => it.endsWith('.yaml'));
  return files.map((it) => it.slice(0, -'.yaml'.length)).toSorted();
}

/** A shipped target; nothing when none has this name. */
export function shippedTarget(name: string): TargetFile | undefined {
  return shippedTargets().includes(name) ? readTargetFile(join(folder, `${name}.yaml`)) : undefined;
}

/** Whether a word is the path of a target file, and no name. */
export const isTargetPath = (word: string): boolean => /\.ya?ml$/.test(word);

/**
 * Reads a target file.
 * @param beside a file beside which a path is looked for; default: the working directory
 * @throws FieldbenchError `FB_TARGET_FILE` when it cannot be read; FileErrors (`FB_TARGET_FILE`, `FB_TARGET_SCHEMA`) for
 *   what is wrong in it
 */
export function readTargetFile(path: string, beside?: string): TargetFile {
  const file = beside === undefined || isAbsolute(path) ? path : resolve(dirname(beside), path);
  return parseTargetFile(file, textOf(file));
}

/**
 * As {@link readTargetFile}, from text.
 * @throws FileErrors
 */
export function parseTargetFile(file: string, text: string): TargetFile {
  const { value } = parseYamlFile(file, text, targetSchema, words);
  return { name: basename(file).replace(/\.ya?ml$/, ''), here: dirname(resolve(file)), target: value };
}

/** A target that stands in another file. */
export function writtenTarget(name: string, target: WrittenTarget, beside?: string): TargetFile {
  return { name, here: beside === undefined ? process.cwd() : dirname(resolve(beside)), target };
}

/** At once and not later: whoever collects tests has to know what is wrong before the first one runs. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, words, cause);
  }
}
