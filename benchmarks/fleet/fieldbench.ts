// Our own engine, each share in a process of its own.
import { join } from 'node:path';
import type { Rival } from './rival.ts';
import { startSpoken } from './spoken-process.ts';

const client = join(import.meta.dirname, 'fieldbench-client.ts');

export const fieldbench: Rival = {
  name: 'fieldbench',
  feats: new Set(['publish', 'idle', 'reconnect']),
  describe: () => Promise.resolve(`fieldbench, src/fleet, Node ${process.versions.node}`),
  start: (load, shares) => startSpoken([process.execPath, '--expose-gc', client], load, shares),
};
