// The folder of this user where runs note what they own: it must outlive the run, and belong to nobody else.
import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { FieldbenchError } from '../error.ts';

/**
 * `FIELDBENCH_STATE`, else `$XDG_STATE_HOME/fieldbench`, else `~/.local/state/fieldbench`, else a folder of the
 * user's own below the temporary one; made when missing.
 * @throws FieldbenchError `FB_STATE_FOLDER` when none of them can be used
 */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { FIELDBENCH_STATE: chosen, XDG_STATE_HOME: base } = environment;
  const candidates = chosen
    ? [chosen]
    : [join(base || join(homedir(), '.local', 'state'), 'fieldbench'), join(tmpdir(), `fieldbench-${user()}`)];
  const problems: string[] = [];
  for (const folder of candidates) {
    const problem = unusable(folder);
    if (problem === undefined) return folder;
    problems.push(`${folder}: ${problem}`);
  }
  throw new FieldbenchError({
    code: 'FB_STATE_FOLDER',
    message: 'there is no folder to note what a run owns',
    expected: 'a folder of this user that can be written to',
    actual: problems.join('; '),
    hint: 'name one in the environment variable FIELDBENCH_STATE',
  });
}

/** The number alone: in a container it may be one that the machine has no name for. */
function user(): string {
  return String(process.getuid?.() ?? userInfo().username);
}

/** What forbids using it: in a shared temporary folder somebody else may have made it first. */
function unusable(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory()) return 'it is no folder';
    if (process.getuid && found.uid !== process.getuid()) return 'it belongs to another user';
    // Records planted by others would be swept as ours.
    if ((found.mode & 0o002) !== 0) return 'everybody may write to it';
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
