// What processes cost, read from outside, so that no engine is asked about itself.
import { readFile } from 'node:fs/promises';

/** The kernel counts in these for whoever reads /proc, on every architecture. */
const ticksPerS = 100;

/** User and system time of all these processes since they began; exact to 10 ms each. */
export async function cpuS(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(pids.map(cpuOfS));
  return each.reduce((sum, it) => sum + it, 0);
}

async function cpuOfS(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold anything; the third field follows the last bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerS;
}

/** Memory of all these processes that is in RAM. */
export async function residentB(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(pids.map(residentOfB));
  return each.reduce((sum, it) => sum + it, 0);
}

async function residentOfB(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const kB = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1];
  if (kB === undefined) throw new Error(`no VmRSS in /proc/${pid}/status`);
  return Number(kB) * 1024;
}
