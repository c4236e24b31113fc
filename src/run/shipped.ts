// Finds the files that come with the package: scenarios, devices and tariffs.
import { existsSync, realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
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

/** Whether a scenario is one of those that come with the package, and not one from elsewhere by a link. */
export function isShipped(scenario: string): boolean {
  return realpathSync(scenario).startsWith(realpathSync(join(packageFolder, 'scenarios')) + sep);
}

/** A file that a scenario names: beside the scenario, else one that is shipped. */
export function fileOfScenario(scenario: string, path: string): string {
  if (isAbsolute(path)) return path;
  const beside = resolve(dirname(scenario), path);
  return existsSync(beside) ? beside : join(packageFolder, path);
}

/** A tariff that a user names: the path of one's own contract, or the name of a shipped one. */
export function tariffPath(word: string): string {
  if (existsSync(word)) return word;
  const shipped = join(packageFolder, 'scenarios', 'tariffs', `${word}.yaml`);
  return existsSync(shipped) ? shipped : word;
}

/** Names of the shipped scenarios. */
export async function shippedScenarios(): Promise<readonly string[]> {
  return namesIn('scenarios');
}

/** Names of the shipped tariffs. */
export async function shippedTariffs(): Promise<readonly string[]> {
  return namesIn(join('scenarios', 'tariffs'));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(join(packageFolder, folder));
  return files
    .filter((it) => it.endsWith('.yaml'))
    .map((it) => it.replace(/\.yaml$/, ''))
    .toSorted();
}
