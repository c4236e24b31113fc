// Finds link files: the shipped ones by name, one's own by path.
import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean, FieldbenchError } from '../error.ts';

/** Two above this file lies the package, in the source tree and in the published one. */
const folder = fileURLToPath(new URL('../../scenarios/links/', import.meta.url));

/** Names of the shipped link profiles. */
export async function shippedLinks(): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files.flatMap((it) => (it.endsWith('.yaml') ? [it.slice(0, -'.yaml'.length)] : [])).toSorted();
}

/**
 * Where the link file lies that a user names.
 * @param beside a file beside which a path is looked for; default: the working directory
 * @throws FieldbenchError `FB_LINK_UNKNOWN` when it is no path, and no shipped profile has that name
 */
export async function linkFilePath(word: string, beside?: string): Promise<string> {
  if (/[/\\]|\.ya?ml$/.test(word)) {
    return beside === undefined || isAbsolute(word) ? word : resolve(dirname(beside), word);
  }
  const known = await shippedLinks();
  if (known.includes(word)) return join(folder, `${word}.yaml`);
  throw new FieldbenchError({
    code: 'FB_LINK_UNKNOWN',
    message: `there is no link profile "${word}"`,
    expected: 'the name of a shipped profile, or the path of a link file',
    hint: didYouMean(word, known),
  });
}
