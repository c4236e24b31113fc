// Notes what this run owns before anything can go wrong with it, and ends all of it when the run is over.
import { randomBytes } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Ownership } from '../parts/part.ts';
import { identify, thisMachine, type Machine } from './process-identity.ts';
import { inodeOf, readRecord, runLabel, unknownStart, writeNote, type OwnedNote } from './run-record.ts';
import { stateFolder } from './state-folder.ts';
import { cleanUp, killGroup, sweep, type SweptRun } from './sweep.ts';

/** Where registries lie; every default is the user's own. */
export interface RegistryOptions {
  readonly stateFolder?: string;
}

/** The registry of one run. Disposing ends what is still owned; what cannot be ended is left to the next sweep. */
export interface RunRegistry extends Ownership, AsyncDisposable {
  /** Names the run everywhere: journal, labels, folders. Sorts by nothing. */
  readonly runId: string;
  /** What was cleaned up behind dead runs at the start. */
  readonly swept: readonly SweptRun[];
}

/**
 * Opens the registry of a new run, after cleaning up behind runs whose bench was killed.
 * @throws FieldbenchError `FB_STATE_FOLDER`
 */
export async function openRunRegistry(options: RegistryOptions = {}): Promise<RunRegistry> {
  const runsFolder = join(options.stateFolder ?? stateFolder(), 'runs');
  const runId = randomBytes(6).toString('hex');
  const folder = join(runsFolder, runId);
  const scratch = join(folder, 'scratch');
  const machine = thisMachine();
  const self = identify(process.pid) ?? { pid: process.pid, startTime: unknownStart };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeNote(folder, { note: 'owner', ...self, runId, machine });
  mkdirSync(scratch, { mode: 0o700 });
  const swept = await sweep(runsFolder, statSync(folder).mtimeMs);
  return new Registry({ runId, folder, scratch, machine, swept });
}

interface OpenRun {
  readonly runId: string;
  readonly folder: string;
  readonly scratch: string;
  readonly machine: Machine;
  readonly swept: readonly SweptRun[];
}

class Registry implements RunRegistry {
  readonly #run: OpenRun;
  #over = false;

  constructor(run: OpenRun) {
    this.#run = run;
  }

  get runId(): string {
    return this.#run.runId;
  }

  get scratch(): string {
    return this.#run.scratch;
  }

  get swept(): readonly SweptRun[] {
    return this.#run.swept;
  }

  get labels(): Readonly<Record<string, string>> {
    return { [runLabel]: this.#run.runId };
  }

  ownProcess(pid: number, what: string): void {
    const found = identify(pid);
    if (!found) return;
    // The run is over: what was still under way must not outlive it.
    if (this.#over) killGroup(found);
    else this.#note({ note: 'process', ...found, what });
  }

  ownContainer(id: string, what: string): void {
    this.#note({ note: 'container', id, what });
  }

  ownPath(path: string): void {
    const inode = inodeOf(path);
    if (inode !== undefined) this.#note({ note: 'path', path, inode });
  }

  release(it: number | string): void {
    if (this.#over) return;
    try {
      writeNote(this.#run.folder, { note: 'released', it });
    } catch {
      // Unsaid, it only costs the next sweep a look at something that is gone.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    const { folder, machine } = this.#run;
    const record = readRecord(folder);
    if (record) await cleanUp(folder, record, machine);
  }

  #note(note: OwnedNote): void {
    if (!this.#over) writeNote(this.#run.folder, note);
  }
}
