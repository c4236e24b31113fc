// The measure of the benchmark: our own small C client on epoll, compiled where it is used.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Rival } from './rival.ts';
import { startSpoken } from './spoken-process.ts';

const run = promisify(execFile);
const source = join(import.meta.dirname, 'epoll-client.c');
const flags = ['-O2', '-std=gnu17', '-Wall', '-Wextra', '-Werror'] as const;

/** Compiles it into a folder of its own, which goes with it. */
export async function compileEpollClient(): Promise<Rival & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldbench-epoll-'));
  const program = join(folder, 'epoll-client');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await run('cc', [...flags, '-o', program, source]);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    name: 'C, epoll',
    feats: new Set(['publish', 'idle', 'reconnect']),
    async describe() {
      const { stdout } = await run('cc', ['--version']);
      return `benchmarks/fleet/epoll-client.c, cc -O2 (${stdout.split('\n')[0]})`;
    },
    start: (load, shares) => startSpoken([program], load, shares),
    [Symbol.asyncDispose]: remove,
  };
}
