// What a run notes about itself while it lives, so that somebody else can clean up behind it: append only, line by line.
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine, ProcessIdentity } from './process-identity.ts';

/** Start time of an owner on a machine that cannot tell: such a run is never taken for dead. */
export const unknownStart = 'unknown';

/** The bench process that a run belongs to; first line of every record. */
export interface OwnerNote extends ProcessIdentity {
  readonly note: 'owner';
  readonly runId: string;
  readonly machine: Machine;
}

/** A process that leads its own group. */
interface ProcessNote extends ProcessIdentity {
  readonly note: 'process';
  readonly what: string;
}

/** A container by id or name, with the run's label on it. */
interface ContainerNote {
  readonly note: 'container';
  readonly id: string;
  readonly what: string;
}

/** A file or folder outside the run's own; the inode tells it from a later one of the same name. */
interface PathNote {
  readonly note: 'path';
  readonly path: string;
  readonly inode: string;
}

export type OwnedNote = ProcessNote | ContainerNote | PathNote;
interface ReleasedNote {
  readonly note: 'released';
  readonly it: number | string;
}
export type Note = OwnerNote | OwnedNote | ReleasedNote;

/** What a record says: whose run it is and what it still owns. */
export interface RunRecord {
  readonly owner: OwnerNote;
  readonly owned: readonly OwnedNote[];
}

const fileName = 'owned.ndjson';

/** The label that every container of a run carries, with the run's id as value. */
export const runLabel = 'fieldbench.run';

/** Appends one line; it is in the kernel's hands when this returns, so that kill -9 cannot lose it. */
export function writeNote(folder: string, note: Note): void {
  appendFileSync(join(folder, fileName), `${JSON.stringify(note)}\n`, { mode: 0o600 });
}

/** Reads a run's folder; nothing when it has no owner line (yet). A torn last line is passed over. */
export function readRecord(folder: string): RunRecord | undefined {
  let owner: OwnerNote | undefined;
  const owned = new Map<number | string, OwnedNote>();
  for (const note of readNotes(folder)) {
    if (note.note === 'owner') owner ??= note;
    else if (note.note === 'released') owned.delete(note.it);
    else owned.set(keyOf(note), note);
  }
  return owner && { owner, owned: [...owned.values()] };
}

/** What `release` names it by. */
function keyOf(note: OwnedNote): number | string {
  if (note.note === 'process') return note.pid;
  return note.note === 'container' ? note.id : note.path;
}

/** Device and inode, or nothing when there is no such path. */
export function inodeOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found && `${found.dev}:${found.ino}`;
}

function readNotes(folder: string): readonly Note[] {
  let text: string;
  try {
    text = readFileSync(join(folder, fileName), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Note];
    } catch {
      return [];
    }
  });
}
