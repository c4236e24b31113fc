// The folder of an instance: its files for nobody's eyes but its own, gone with it.
import { execFile } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FieldbenchError } from '../../error.ts';
import type { Ownership } from '../part.ts';

/** A user of this machine. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

const runFile = promisify(execFile);

/**
 * Who is to run a program. Nobody but root can start one as somebody else, and nobody else needs to: gives nothing then.
 * @throws FieldbenchError `FB_BROKER_START` when there is no such user
 */
export async function userByName(name: string | undefined): Promise<User | undefined> {
  if (name === undefined || process.getuid?.() !== 0) return undefined;
  const idOf = async (what: string): Promise<number> => Number((await runFile('id', [what, '--', name])).stdout);
  try {
    return { uid: await idOf('-u'), gid: await idOf('-g') };
  } catch (cause) {
    throw new FieldbenchError({
      code: 'FB_BROKER_START',
      message: `there is no user "${name}" on this machine to run the broker`,
      hint: 'the name stands under "user" in the target file',
      cause,
    });
  }
}

/** Makes a folder. Another user may not enter the run's own: such an instance has one below the temporary folder. */
export function newInstanceFolder(name: string, user: User | undefined, owns: Ownership): string {
  if (user === undefined) {
    const folder = join(owns.scratch, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
  const folder = mkdtempSync(join(tmpdir(), `fieldbench-${name}-`));
  owns.ownPath(folder);
  return folder;
}

/** Writes files, and gives all of the folder to whoever runs the broker. */
export function fillFolder(folder: string, files: Readonly<Record<string, string>>, user: User | undefined): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
  }
  if (user === undefined) return;
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  for (const it of [folder, ...inside]) chownSync(it, user.uid, user.gid);
}

export function removeInstanceFolder(folder: string, owns: Ownership): void {
  // Helpers of the broker that were just killed may still be writing into it.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  owns.release(folder);
}
