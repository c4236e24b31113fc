// Where the processes of a run listen, read from /proc: nobody else's machine may come in.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Sockets in state "listening", as /proc/net/tcp and tcp6 write it. */
const listening = '0A';

/** Addresses, as hexadecimal digits of the kernel's own order, at which these processes listen for TCP. */
export function listeningAddresses(pids: readonly number[]): readonly string[] {
  const own = new Set(pids.flatMap(socketsOf));
  const lines = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1));
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === listening && own.has(inode) ? [local.split(':')[0] ?? ''] : [];
  });
}

/** 127.0.0.1 in either table, and ::1. */
export const loopbackAddresses: readonly string[] = [
  '0100007F',
  '0000000000000000FFFF00000100007F',
  '00000000000000000000000001000000',
];

function socketsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    return []; // Gone in between.
  }
}
