// Reads the files that a scenario includes: those of its own folder, and none beyond it.
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { z } from 'zod';
import { parsePlaced, placeIn, type Placed } from '../bench/files/placed-yaml.ts';
import { errorsOf, FileErrors, type FileWords } from '../bench/files/file-errors.ts';
import { checked } from '../bench/files/yaml-file.ts';
import { FieldbenchError, type SourcePlace } from '../error.ts';

/** A file that a scenario includes; `file` is its path from the scenario's folder. */
export interface IncludedText {
  readonly file: string;
  readonly text: string;
}

/** A line of `include:`. */
export interface Inclusion {
  /** Path of what is included, from the scenario's folder. */
  readonly file: string;
  readonly place: SourcePlace;
}

/** The schema of `include:`. */
export const includeSchema = z.array(
  z
    .string()
    .regex(/\.ya?ml$/, 'expected the path of a YAML file (.yaml)')
    .refine((it) => !/^[/\\]|^[A-Za-z]:|\\/.test(it) && !it.split('/').includes('..'), {
      error: 'expected a path within the folder of the scenario: not absolute, without ".."',
    })
    .refine((it) => !it.includes('${'), { error: 'expected a path that is written out, without ${...}' }),
);

const withInclude = z.object({ include: includeSchema.default([]) });

/**
 * What a file includes, and what is wrong with how it says so.
 * @param within path of the file from the scenario's folder: paths in it count from its own
 */
export function inclusionsOf(
  tree: Placed,
  within: string,
  words: FileWords,
): { readonly inclusions: readonly Inclusion[]; readonly errors: readonly FieldbenchError[] } {
  if (tree.kind !== 'map') return { inclusions: [], errors: [] };
  const entries = tree.entries.filter((it) => it.key === 'include');
  const { value, errors } = checked({ ...tree, entries }, withInclude, words);
  const inclusions = (value?.value.include ?? []).map((word, at) => ({
    file: posix.join(posix.dirname(within), word),
    place: placeIn(tree, ['include', at]),
  }));
  return { inclusions, errors: errors.map((it) => it.error) };
}

/**
 * Reads every file that a scenario includes, and those that these include.
 * @throws FileErrors with everything that keeps any of them from being read
 */
export async function readIncluded(file: string, tree: Placed, words: FileWords): Promise<readonly IncludedText[]> {
  const read = new Map<string, IncludedText>();
  const errors: FieldbenchError[] = [];
  const first = inclusionsOf(tree, '', words);
  errors.push(...first.errors);
  const waiting = [...first.inclusions];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (read.has(next.file)) continue;
    const path = join(dirname(file), next.file);
    try {
      const text = await textWithin(dirname(file), path, next.place);
      read.set(next.file, { file: next.file, text });
      const further = inclusionsOf(parsePlaced(path, text, words), next.file, words);
      errors.push(...further.errors);
      waiting.push(...further.inclusions);
    } catch (error) {
      errors.push(...errorsOf(error, next.place));
    }
  }
  if (errors.length > 0) throw new FileErrors(file, errors);
  return [...read.values()];
}

/** A link that leads out of the folder is no way around the rule. */
async function textWithin(folder: string, path: string, at: SourcePlace): Promise<string> {
  const [home, real] = await Promise.all([realpath(folder), realpath(path)]).catch((cause: unknown) => {
    throw unreadable(path, at, cause);
  });
  if (!real.startsWith(home.endsWith(sep) ? home : home + sep)) {
    throw new FieldbenchError({
      code: 'FB_SCENARIO_INCLUDE',
      message: `${path} leads out of the folder of the scenario`,
      actual: real,
      at,
      hint: 'put the file itself there',
    });
  }
  return readFile(real, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, at, cause);
  });
}

function unreadable(path: string, at: SourcePlace, cause: unknown): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_SCENARIO_INCLUDE',
    message: `cannot read the included file ${path}`,
    actual: cause instanceof Error ? cause.message : String(cause),
    at,
    hint: 'paths of "include" count from the file that says so',
    cause,
  });
}
