// Who a process is beyond its number: pids are used again, so nothing is ended by its number alone.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process that lived at some time on some machine. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot from /proc, or what `ps` says; compared as text only. */
  readonly startTime: string;
}

/** Where pids mean the same: one boot of one machine, one pid namespace. */
export interface Machine {
  readonly host: string;
  readonly boot: string;
  /** Empty where there are none. */
  readonly pidNamespace: string;
}

export function thisMachine(): Machine {
  return { host: hostname(), boot: bootId(), pidNamespace: attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '' };
}

/** The process with this number now; nothing when there is none, or only its exit code is left (a zombie). */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = hasProc ? startTimeFromProc(pid) : startTimeFromPs(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Whether this very process still runs here. */
export function stillRuns(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startTime === process.startTime;
}

/**
 * Processes that carry this variable in their environment, as far as this user may look. Linux only: elsewhere
 * there is no way to ask, and the answer is empty.
 */
export function processesWith(variable: string, value: string): readonly ProcessIdentity[] {
  if (!hasProc) return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const marked = pids.filter((pid) => {
    const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    return environment?.split('\0').includes(`${variable}=${value}`);
  });
  return marked.map((pid) => identify(Number(pid))).filter((it) => it !== undefined);
}

const hasProc = attempt(() => readFileSync('/proc/self/stat')) !== undefined;

/** Fields of proc(5) behind the program's name, which may itself hold spaces and brackets. */
function startTimeFromProc(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields?.[0], fields?.[19]];
  return state === 'Z' || state === 'X' ? undefined : startTime;
}

function startTimeFromPs(pid: number): string | undefined {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', env });
  const [, state, startTime] = /^\s*(\S+)\s+(\S.*?)\s*$/.exec(stdout ?? '') ?? [];
  return state?.startsWith('Z') ? undefined : startTime;
}

function bootId(): string {
  const fromProc = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  if (fromProc !== undefined) return fromProc;
  const { stdout } = spawnSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' });
  return stdout?.trim() || 'unknown';
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
