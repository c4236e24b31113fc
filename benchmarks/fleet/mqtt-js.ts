// npm's mqtt as a rival, each share in a Node process of its own.
import { join } from 'node:path';
import { findMqttJs, type FoundProgram } from '../../src/parts/foreign/find-foreign.ts';
import type { Rival } from './rival.ts';
import { startSpoken } from './spoken-process.ts';

const client = join(import.meta.dirname, 'mqtt-js-client.ts');

export const mqttJs: Rival = {
  name: 'mqtt.js',
  feats: new Set(['publish', 'idle', 'reconnect']),
  async describe() {
    return `${(await found()).what}, Node ${process.versions.node}`;
  },
  async start(load, shares) {
    return startSpoken([process.execPath, '--expose-gc', client, (await found()).path], load, shares);
  },
};

async function found(): Promise<FoundProgram> {
  const it = await findMqttJs();
  if (it === undefined) throw new Error('npm mqtt is not installed: .ci/mqtt-js');
  return it;
}
