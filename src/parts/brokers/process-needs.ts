// What has to be there, and to have happened, before a described broker can be started as a process.
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FieldbenchError } from '../../error.ts';
import { withoutSecrets, type Equipment } from './equipment.ts';
import { findProgram } from './find-program.ts';
import { filled } from './placeholders.ts';
import { runProgram, type Surroundings } from './run-program.ts';
import type { Described, ProcessWay } from './target-way.ts';

/**
 * Path of the program, where the files that it needs are there too.
 * @throws FieldbenchError `FB_BROKER_ABSENT`
 */
export async function findInstalled({ name, install, here }: Described, way: ProcessWay): Promise<string> {
  const fill = (text: string): string => filled(text, (word) => (word === 'node' ? process.execPath : here));
  const names = way.program.map(fill);
  const program = await findProgram(names);
  const files = way.needs.map((path) => resolve(here, fill(path)));
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

/**
 * Runs a program of `before` to its end.
 * @throws FieldbenchError `FB_BROKER_START` with what it said; the signal's reason when aborted
 */
export async function runBefore(
  { name }: Described,
  command: readonly string[],
  surroundings: Surroundings & { readonly equipment: Equipment },
): Promise<void> {
  const { succeeded, stderr } = await runProgram(command, beforeMs, surroundings);
  surroundings.signal.throwIfAborted();
  if (succeeded) return;
  throw new FieldbenchError({
    code: 'FB_BROKER_START',
    message: `the target "${name}" could not be prepared: "${command[0]}" failed`,
    // Not the message of Node: it repeats the arguments, which may hold a secret.
    actual: withoutSecrets(stderr.trim(), surroundings.equipment) || 'it ended without a word',
    hint: 'the program stands under "before" in the target file',
  });
}
