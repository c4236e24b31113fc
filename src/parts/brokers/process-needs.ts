// What has to be there, and to have happened, before a described broker can be started as a process.
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { FieldbenchError } from '../../error.ts';
import { findProgram } from './find-program.ts';
import type { User } from './instance-folder.ts';
import { plainEnvironment } from './local-process.ts';
import { filled } from './placeholders.ts';
import type { Described, ProcessWay } from './target-way.ts';

/**
 * Path of the program, where the files that it needs are there too.
 * @throws FieldbenchError `FB_BROKER_ABSENT`
 */
export async function findInstalled({ name, install, here }: Described, way: ProcessWay): Promise<string> {
  const names = way.program.map((it) => filled(it, (word) => (word === 'node' ? process.execPath : here)));
  const program = await findProgram(names);
  const files = way.needs.map((path) => resolve(here, path));
  const isThere = await Promise.all(
    files.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  const missing = files.filter((_, at) => isThere[at] === false);
  if (program !== undefined && missing.length === 0) return program;
  const ways = Object.entries(install).map(([system, command]) => `${system}: ${command}`);
  throw new FieldbenchError({
    code: 'FB_BROKER_ABSENT',
    message: `the target "${name}" is not installed on this machine`,
    expected: program === undefined ? `a program ${names.join(' or ')}` : missing.join(', '),
    hint: `install it${ways.length === 0 ? '' : ` (${ways.join('; ')})`}, or use the target "embedded"`,
  });
}

const beforeMs = 60_000;
const runFile = promisify(execFile);

/** In which surroundings a program is run. */
interface Surroundings {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: User | undefined;
}

/**
 * Runs a program of `before` to its end.
 * @throws FieldbenchError `FB_BROKER_START` with what it said
 */
export async function runBefore(
  { name }: Described,
  [program = '', ...args]: readonly string[],
  { folder, environment, user }: Surroundings,
): Promise<void> {
  const env = { ...plainEnvironment(), ...environment };
  await runFile(program, args, { cwd: folder, env, timeout: beforeMs, ...user }).catch((cause: unknown) => {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    throw new FieldbenchError({
      code: 'FB_BROKER_START',
      message: `the target "${name}" could not be prepared: "${program}" failed`,
      // Not the message of Node: it repeats the arguments, which may hold a secret.
      actual: said === '' ? 'it ended without a word' : said,
      hint: 'the program stands under "before" in the target file',
    });
  });
}
