// Finds the files that come with the package: scenarios and devices.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own folder: two above this file, in the source tree and in the published one. */
const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

/** A scenario that a user names: a path as it stands, or the name of a shipped one. */
export function scenarioPath(word: string): string {
  if (existsSync(word)) return word;
  const candidates = [
    join(packageFolder, word),
    join(packageFolder, 'scenarios', word),
    join(packageFolder, 'scenarios', `${word}.yaml`),
  ];
  return candidates.find((path) => existsSync(path)) ?? word;
}

/** A file that a scenario names: beside the scenario, else one that is shipped. */
export function fileOfScenario(scenario: string, path: string): string {
  if (isAbsolute(path)) return path;
  const beside = resolve(dirname(scenario), path);
  return existsSync(beside) ? beside : join(packageFolder, path);
}

/** Names of the shipped scenarios. */
export async function shippedScenarios(): Promise<readonly string[]> {
  const files = await readdir(join(packageFolder, 'scenarios'));
  return files.filter((it) => it.endsWith('.yaml')).map((it) => it.replace(/\.yaml$/, ''));
}
