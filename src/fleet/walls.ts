// How much of a fleet this machine bears: said before anything starts, because running into a wall spoils a run.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';

/** What this machine has; every process has its own open files. */
export interface Walls {
  readonly openFilesPerProcess: number;
  /** Ports of one local address to one listener, when the kernel chooses. */
  readonly kernelPorts: number;
  readonly memoryB: number;
  readonly cores: number;
}

/** Open files of a process that are no devices: its program, its channel, what Node keeps. */
const FILES_KEPT = 100;
/** Measured with full session state, and rounded up. */
export const DEVICE_B = 8_192;
/** A process before its first device, and what its heap may grow by while it works. */
export const PROCESS_B = 150e6;
/** As many devices as one process serves well; more processes than that bring nothing on two cores. */
export const DEVICES_PER_PROCESS = 15_000;

/** Looks the walls up. */
export function wallsOfMachine(): Walls {
  return {
    openFilesPerProcess: openFiles(),
    kernelPorts: kernelPorts(),
    memoryB: freeMemoryB(),
    cores: availableParallelism(),
  };
}

/** Most devices of one process. */
export const mostPerProcess = ({ openFilesPerProcess }: Walls): number => Math.max(0, openFilesPerProcess - FILES_KEPT);

/** Node raises its own limit to the hard one when it starts, as the children will. */
function openFiles(): number {
  const limits = read('/proc/self/limits');
  const [, ofProc] = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? '') ?? [];
  const text = ofProc ?? execFileSync('/bin/sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  return text === 'unlimited' ? 1_048_576 : Number(text);
}

function kernelPorts(): number {
  const [low, high] = (read('/proc/sys/net/ipv4/ip_local_port_range') ?? '49152 65535').trim().split(/\s+/).map(Number);
  return (high ?? 65_535) - (low ?? 49_152) + 1;
}

function freeMemoryB(): number {
  const [, kB] = /^MemAvailable:\s+(\d+) kB/m.exec(read('/proc/meminfo') ?? '') ?? [];
  return kB === undefined ? freemem() : Number(kB) * 1024;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
