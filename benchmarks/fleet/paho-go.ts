// Paho for Go as a rival in publishing, built from its published module where it is used; in the place of mqtt-benchmark,
// which is a loop around it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Rival } from './rival.ts';
import { startSpoken } from './spoken-process.ts';

const run = promisify(execFile);
const cwd = join(import.meta.dirname, 'paho-go');

/** Builds it into a folder of its own, which goes with it; Go fetches the module once for the machine. */
export async function buildPahoGo(): Promise<Rival & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldbench-paho-go-'));
  const program = join(folder, 'paho-go');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await run('go', ['build', '-mod=readonly', '-o', program, '.'], { cwd });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    name: 'Paho for Go',
    feats: new Set(['publish']),
    async describe() {
      const { stdout } = await run('go', ['version', '-m', program]);
      const version = /eclipse\/paho\.mqtt\.golang\s+(\S+)/.exec(stdout)?.[1] ?? 'of unknown version';
      const go = /: (go\S+)/.exec(stdout)?.[1] ?? 'go';
      return `paho.mqtt.golang ${version}, ${go}, one goroutine for each connection, which is mqtt-benchmark's library and way`;
    },
    start: (load, shares) => startSpoken([program], load, shares),
    [Symbol.asyncDispose]: remove,
  };
}
