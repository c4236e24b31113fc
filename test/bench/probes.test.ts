// The probes against machines made up for the test: a folder of fake programs as PATH, a server that plays Toxiproxy.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { probeAll, probes, type Probed } from '../../src/bench/probes.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldbench-probes-'));
  vi.stubEnv('PATH', folder);
  vi.stubEnv('FIELDBENCH_TOXIPROXY_URL', '');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

async function found(id: string, signal = AbortSignal.timeout(5000)): Promise<Probed | undefined> {
  return (await probeAll(signal)).get(id);
}

test('every probe has a name of its own and says how to get what it looks for', () => {
  expect(new Set(probes.map((it) => it.id)).size).toBe(probes.length);
  for (const { fix, what } of probes) expect([fix, what]).not.toContain('');
});

test('an empty machine has nothing, and each probe says what it looked for', async () => {
  expect(await found('chromium')).toEqual({
    present: false,
    detail: 'no chromium or chromium-browser or google-chrome on PATH',
  });
  expect((await found('docker'))?.detail).toMatch(/^docker info: .*ENOENT/);
  expect((await found('image:mosquitto'))?.present).toBe(false);
  expect((await found('toxiproxy'))?.detail).toContain('no toxiproxy-server on PATH');
});

test('a program is found by its path; a file that cannot be run is none', async () => {
  await program('google-chrome', 'exit 0');
  await writeFile(join(folder, 'chromium'), 'not a program', { mode: 0o644 });
  expect(await found('chromium')).toEqual({ present: true, detail: join(folder, 'google-chrome') });
});

test('a Docker client without an engine is no Docker', async () => {
  await program('docker', 'echo; echo "Cannot connect to the Docker daemon" >&2; exit 1');
  expect(await found('docker')).toEqual({ present: false, detail: 'docker info: Cannot connect to the Docker daemon' });
});

test('an engine and a local image are found by version and name', async () => {
  await program('docker', 'case "$1" in info) echo 20.10.24;; *) echo fieldbench/mosquitto:2.0.11-debian;; esac');
  expect(await found('docker')).toEqual({ present: true, detail: 'Docker 20.10.24' });
  expect(await found('image:mosquitto')).toEqual({ present: true, detail: 'fieldbench/mosquitto:2.0.11-debian' });
});

test('a Docker client that never answers is given up with the signal', async () => {
  await program('docker', 'exec /usr/bin/tail -f /dev/null');
  expect((await found('docker', AbortSignal.timeout(200)))?.present).toBe(false);
});

test('Toxiproxy at a URL counts when it answers, and is not looked for elsewhere when it does not', async () => {
  const server = createServer((request, response) => response.writeHead(request.url === '/version' ? 200 : 404).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  vi.stubEnv('FIELDBENCH_TOXIPROXY_URL', url);
  expect(await found('toxiproxy')).toEqual({ present: true, detail: url });

  await new Promise((resolve) => server.close(resolve));
  await program('toxiproxy-server', 'exit 0');
  expect(await found('toxiproxy')).toMatchObject({ present: false });
});
