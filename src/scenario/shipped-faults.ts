// Finds fault files: the shipped ones by name, one's own by path.
import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean, FieldbenchError } from '../error.ts';

/** Two above this file lies the package, in the source tree and in the published one. */
const folder = fileURLToPath(new URL('../../scenarios/faults/', import.meta.url));

/** Names of the shipped fault files. */
export async function shippedFaults(): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files.flatMap((it) => (it.endsWith('.yaml') ? [it.slice(0, -'.yaml'.length)] : [])).toSorted();
}

/**
 * Where the fault file lies that a user names.
 * @param beside a file beside which a path is looked for; default: the working directory
 * @throws FieldbenchError `FB_FAULT_FILE` when it is no path, and no shipped file has that name
 */
export async function faultFilePath(word: string, beside?: string): Promise<string> {
  if (/[/\\]|\.ya?ml$/.test(word)) {
    return beside === undefined || isAbsolute(word) ? word : resolve(dirname(beside), word);
  }
  const known = await shippedFaults();
  if (known.includes(word)) return join(folder, `${word}.yaml`);
  throw new FieldbenchError({
    code: 'FB_FAULT_FILE',
    message: `there are no packet faults "${word}"`,
    expected: 'the name of a shipped fault file, or the path of one',
    hint: didYouMean(word, known),
  });
}
