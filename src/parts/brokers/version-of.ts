// Reads the version of a described broker from where its target file says.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runProgram, type Surroundings } from './run-program.ts';
import type { VersionSource } from './target-way.ts';

/** Where a version may be looked for, by whoever started the broker. */
export interface VersionPlaces {
  /** What this program prints, on both outputs; '' where it cannot be run. */
  readonly run: (command: readonly string[]) => Promise<string>;
  /** Folder from which npm packages are found. */
  readonly here: string;
  /** Labels of the container's image. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The version, or `unknown`; never rejects. What a broker says of itself is harmless text of one line. */
export async function versionOf(source: VersionSource, places: VersionPlaces): Promise<string> {
  const said = await saidBy(source, places).catch(() => '');
  const found = source.pattern === undefined ? said : new RegExp(source.pattern).exec(said)?.[1];
  const [line = ''] = (found ?? '').trim().split('\n');
  return line.replaceAll(/\p{Cc}/gu, '?').slice(0, longest) || 'unknown';
}

const longest = 80;

async function saidBy(source: VersionSource, { run, here, labels }: VersionPlaces): Promise<string> {
  if (source.command !== undefined) return run(source.command);
  if (source.package !== undefined) return packageVersion(source.package, here);
  if (source.label !== undefined) return labels?.[source.label] ?? '';
  return source.text ?? '';
}

/** Looks where Node would look for the package; what it exports does not matter. */
async function packageVersion(name: string, here: string): Promise<string> {
  const folders = createRequire(join(here, 'any.js')).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const text = await readFile(join(folder, name, 'package.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) return (JSON.parse(text) as { readonly version?: string }).version ?? '';
  }
  return '';
}

const withinMs = 20_000;

/** What a program prints on both outputs, whatever its exit code. */
export async function outputOf(command: readonly string[], surroundings: Surroundings): Promise<string> {
  const { stdout, stderr } = await runProgram(command, withinMs, surroundings);
  return `${stdout}\n${stderr}`;
}
