// Ends and removes what a run left behind, and nothing else: only what its record owns and what is still the same.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { machineClock, pause } from '../net/clock.ts';
import { docker, removeContainer } from '../parts/brokers/docker.ts';
import { runVariable } from '../parts/brokers/local-process.ts';
import {
  identify,
  processesWith,
  stillRuns,
  thisMachine,
  type Machine,
  type ProcessIdentity,
} from './process-identity.ts';
import {
  inodeOf,
  readRecord,
  runLabel,
  unknownStart,
  type OwnedNote,
  type OwnerNote,
  type RunRecord,
} from './run-record.ts';

/** What a sweep did to one run. */
export interface SweptRun {
  readonly runId: string;
  /** What was ended or removed, in words. */
  readonly ended: readonly string[];
  /** What could not be; the next sweep tries again. */
  readonly problems: readonly string[];
}

/** A folder without an owner line is either being made right now or was left in that moment. */
const unmarkedAfterMs = 60_000;

/**
 * Cleans up behind every run in `runsFolder` whose owner is dead. Runs with a living owner, and those of another
 * machine or pid namespace (a shared home folder), are left alone.
 * @param nowMs the file system's own time, for folders that say nothing about themselves
 */
export async function sweep(runsFolder: string, nowMs: number): Promise<readonly SweptRun[]> {
  // Where this process cannot even tell itself from others, a living run would look dead.
  if (!identify(process.pid)) return [];
  const machine = thisMachine();
  const swept: SweptRun[] = [];
  for (const name of readdirSync(runsFolder)) {
    const folder = join(runsFolder, name);
    const record = readRecord(folder);
    if (record && isDead(record.owner, machine)) swept.push(await cleanUp(folder, record, machine));
    else if (!record && isOlderThan(folder, nowMs - unmarkedAfterMs)) removePath(folder);
  }
  return swept;
}

/** Ends and removes everything a record still owns, then the run's folder, unless something could not be ended. */
export async function cleanUp(folder: string, record: RunRecord, machine: Machine): Promise<SweptRun> {
  const { owner, owned } = record;
  const ended = isSameBoot(owner.machine, machine) ? await endProcesses(owner.runId, owned) : [];
  const containers = await removeContainers(owner.runId, owned);
  ended.push(...containers.ended, ...owned.flatMap((it) => removeOwnedPath(it)));
  if (containers.problems.length === 0) removePath(folder);
  return { runId: owner.runId, ended, problems: containers.problems };
}

function isDead(owner: OwnerNote, machine: Machine): boolean {
  if (owner.startTime === unknownStart) return false;
  if (isSameBoot(owner.machine, machine)) return !stillRuns(owner);
  // The same host under another boot id was started anew: nothing that ran then runs now.
  return owner.machine.host === machine.host && owner.machine.boot !== machine.boot;
}

function isSameBoot(a: Machine, b: Machine): boolean {
  return a.boot === b.boot && a.pidNamespace === b.pidNamespace;
}

/**
 * SIGKILL to every group whose leader is still the same process, and to what else carries the run's mark; waits until
 * they are gone, as a process is only some moments after its signal.
 */
async function endProcesses(runId: string, owned: readonly OwnedNote[]): Promise<string[]> {
  const leaders = owned.filter((it) => it.note === 'process').filter(stillRuns);
  const ended = leaders.map((it) => {
    killGroup(it);
    return `${it.what}, process ${it.pid}`;
  });
  const others = processesWith(runVariable, runId).filter(({ pid }) => pid !== process.pid);
  const unnoted = others.filter(({ pid }) => !leaders.some((it) => it.pid === pid));
  for (const { pid } of unnoted) kill(pid);
  await areGone([...leaders, ...unnoted]);
  return [...ended, ...unnoted.map(({ pid }) => `process ${pid}, which carries the run's mark`)];
}

const goneWithinMs = 2000;
const lookAgainMs = 5;

/** Resolves when none of them runs any more, or when one hangs in the kernel: the sweep does not. */
async function areGone(killed: readonly ProcessIdentity[]): Promise<void> {
  const clock = machineClock();
  while (killed.some(stillRuns) && clock.nowMs() < goneWithinMs) await pause(clock, lookAgainMs);
}

/** Ends a group by its leader; call only after making sure that the leader is still the same process. */
export function killGroup({ pid }: ProcessIdentity): void {
  kill(-pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone in between: just what was wanted.
  }
}

async function removeContainers(
  runId: string,
  owned: readonly OwnedNote[],
): Promise<{ ended: string[]; problems: string[] }> {
  const notes = owned.filter((it) => it.note === 'container');
  if (notes.length === 0) return { ended: [], problems: [] };
  try {
    const engine = await docker();
    const removed = await Promise.all(notes.map((it) => removeContainer(engine, it.id, { [runLabel]: runId })));
    return { ended: notes.filter((_, i) => removed[i]).map((it) => `${it.what}, container ${it.id}`), problems: [] };
  } catch (error) {
    return { ended: [], problems: [error instanceof Error ? error.message : String(error)] };
  }
}

function removeOwnedPath(it: OwnedNote): string[] {
  if (it.note !== 'path' || inodeOf(it.path) !== it.inode) return [];
  removePath(it.path);
  return [it.path];
}

function removePath(path: string): void {
  // Somebody who was just killed may still be writing into it.
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

function isOlderThan(path: string, timeMs: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.mtimeMs < timeMs;
}
