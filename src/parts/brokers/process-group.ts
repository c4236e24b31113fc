// What is left of a process group when its leader is gone: a broker's helpers, which must not outlive it.
import { readdirSync, readFileSync } from 'node:fs';
import { pause, type Clock } from '../../net/clock.ts';

const pollMs = 20;
/** After SIGKILL the kernel needs no time of its own; only a process in the middle of a disk access does. */
const killedWithinMs = 2_000;

/**
 * Waits until nobody of the group is left, and ends by SIGKILL who is still there after `graceMs`.
 * Call it when the leader is gone: its number is then no other group's as long as a member lives.
 */
export async function endRestOfGroup(leader: number, graceMs: number, clock: Clock): Promise<void> {
  if (await emptyWithin(leader, graceMs, clock)) return;
  signal(leader, 'SIGKILL');
  await emptyWithin(leader, killedWithinMs, clock);
}

async function emptyWithin(leader: number, durationMs: number, clock: Clock): Promise<boolean> {
  const endMs = clock.nowMs() + durationMs;
  const never = new AbortController().signal;
  while (hasMembers(leader)) {
    if (clock.nowMs() >= endMs) return false;
    await pause(clock, pollMs, never);
  }
  return true;
}

/** Whether anybody of the group lives; who only waits to be reaped (a zombie) does not. */
function hasMembers(leader: number): boolean {
  return signal(leader, 0) && (livingByProc(leader) ?? true);
}

/** Gives false when there is no such group. */
function signal(leader: number, what: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, what);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Looks the group up in /proc; nothing where there is none. */
function livingByProc(leader: number): boolean | undefined {
  try {
    return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isLivingMember(name, leader));
  } catch {
    return undefined;
  }
}

/** Fields of proc(5) behind the program's name, which may itself hold spaces and brackets: state, parent, group. */
function isLivingMember(pid: string, leader: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(group) === leader && !'ZX'.includes(state);
  } catch {
    return false; // Gone in between.
  }
}
