// Which shipped targets this machine can start, each way for itself, and what the others lack.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FieldbenchError } from '../../error.ts';
import { eachText, filled } from '../../parts/brokers/placeholders.ts';
import { findInstalled } from '../../parts/brokers/process-needs.ts';
import { outputOf, versionOf } from '../../parts/brokers/version-of.ts';
import { image as imageNamed } from '../probes.ts';
import { commandFor, type System } from '../this-system.ts';
import type { TargetFile } from './target-file.ts';
import type { WrittenTarget } from './target-schema.ts';

/** One way of one target. */
export interface Startable {
  /** The word that `--target` takes. */
  readonly id: string;
  /** What it is, in one line. */
  readonly what: string;
  readonly way: 'in process' | 'process' | 'container' | 'by URL';
  /** Whether somebody has seen it judged. */
  readonly status: 'tested' | 'untested';
  readonly present: boolean;
  /** Version and place, or what was looked for and what came. */
  readonly detail: string;
  /** How to get it; only where it is absent. */
  readonly fix?: string;
}

/** What is looked at, and where. */
export interface Surroundings {
  readonly system: System;
  /** Whether a container engine answers, and how one is got. */
  readonly docker: { readonly present: boolean; readonly fix: string };
  readonly signal: AbortSignal;
}

type Found = Pick<Startable, 'present' | 'detail' | 'fix'>;

/** Looks for each way of each target; never rejects. */
export async function startable(files: readonly TargetFile[], around: Surroundings): Promise<readonly Startable[]> {
  return (await Promise.all(files.map((file) => waysOf(file, around)))).flat();
}

async function waysOf(file: TargetFile, around: Surroundings): Promise<readonly Startable[]> {
  const { name, target } = file;
  const { embedded, process: asProcess, container, remote } = target;
  const about = { what: target.title, status: target.status };
  const lookedFor: Promise<Startable>[] = [];
  const add = (way: Startable['way'], found: Promise<Found>): void => {
    const id = lookedFor.length === 0 ? name : `${way}:${name}`;
    lookedFor.push(found.then((it) => ({ id, way, ...about, ...it })));
  };
  if (embedded) add('in process', comesAlong());
  if (asProcess) add('process', asProgram(file, asProcess, around));
  if (container) add('container', asImage(container, around));
  if (remote) add('by URL', atUrl(remote));
  return Promise.all(lookedFor);
}

async function comesAlong(): Promise<Found> {
  const version = await versionOf({ package: 'aedes' }, { run: () => Promise.resolve(''), here: import.meta.dirname });
  return { present: true, detail: `${version}, comes with fieldbench` };
}

async function asProgram(
  { name, here, target: { install } }: TargetFile,
  way: NonNullable<WrittenTarget['process']>,
  { system, signal }: Surroundings,
): Promise<Found> {
  let program: string;
  try {
    program = await findInstalled({ name, here, install }, way);
  } catch (error) {
    const wanted = error instanceof FieldbenchError ? error.expected : undefined;
    const fix = commandFor(system, install) ?? 'see docs/targets.md';
    return { present: false, detail: `not found: ${wanted ?? String(error)}`, fix };
  }
  const folder = await mkdtemp(join(tmpdir(), 'fieldbench-version-'));
  try {
    const words: Readonly<Record<string, string>> = { program, here, node: process.execPath, dir: folder };
    const fill = (text: string): string => filled(text, (word) => words[word] ?? '');
    const environment = eachText(way.environment, fill);
    const run = (command: readonly string[]): Promise<string> =>
      outputOf(command.map(fill), { folder, environment, signal });
    return { present: true, detail: `${await versionOf(way.version, { run, here })}, ${program}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function asImage(
  { image, local }: NonNullable<WrittenTarget['container']>,
  { docker, signal }: Surroundings,
): Promise<Found> {
  if (!docker.present) return { present: false, detail: 'no container engine', fix: docker.fix };
  for (const reference of [local ?? [], image].flat()) {
    const found = await imageNamed(reference, signal, '{{.Repository}}:{{.Tag}} {{.ID}}');
    if (found.present) return found;
  }
  const isBuiltHere = image.startsWith('fieldbench/');
  return {
    present: false,
    detail: `no image ${[local ?? [], image].flat().join(' or ')}`,
    fix: isBuiltHere ? '.ci/images, in a clone on Debian' : `docker pull ${image}`,
  };
}

function atUrl({ url, credentials }: NonNullable<WrittenTarget['remote']>): Promise<Found> {
  const names = credentials === undefined ? [] : [credentials.userNameFrom, credentials.passwordFrom];
  const unset = names.filter((it) => process.env[it] === undefined);
  const detail = unset.length === 0 ? url : `${unset.join(' and ')} not set`;
  const fix = `export ${unset.map((it) => `${it}=...`).join(' ')}`;
  return Promise.resolve({ present: unset.length === 0, detail, ...(unset.length > 0 && { fix }) });
}
