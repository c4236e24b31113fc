// A broker's port is its own for the whole run, so it lies where the kernel takes none for outgoing connections.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { listen } from '../../../src/net/listen.ts';
import { freePort, freePorts } from '../../../src/parts/brokers/free-port.ts';

test('is free, and below the ports of outgoing connections', async () => {
  const port = await freePort();
  expect(port).toBeGreaterThanOrEqual(15_000);
  expect(port).toBeLessThan(32_768);
  await using listener = await listen({ port, onWire: () => undefined });
  expect(listener.endpoint.port).toBe(port);
});

/** Takes ports in a process of its own, and keeps them until its stdin ends. */
const another = `
  const { freePorts } = await import(process.argv[1]);
  process.stdout.write(JSON.stringify(await freePorts(400)) + '\\n');
  process.stdin.resume();
`;

test('is given once, also by two benches side by side', { timeout: 60_000 }, async () => {
  const source = new URL('../../../src/parts/brokers/free-port.ts', import.meta.url).href;
  const other = spawn(process.execPath, ['--input-type=module', '-e', another, source], { stdio: 'pipe' });
  try {
    const [said, mine] = await Promise.all([firstLine(other.stdout), freePorts(400)]);
    const theirs = JSON.parse(said) as number[];
    expect(new Set([...mine, ...theirs]).size).toBe(800);
  } finally {
    other.kill();
  }
});

async function firstLine(output: Readable): Promise<string> {
  for await (const line of createInterface(output)) return line;
  throw new Error('it said nothing');
}
