// What doctor says of a target: each way of it by the word that --target takes, on machines made up for the test.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startable, type Startable } from '../../../src/bench/target/startable.ts';
import { parseTargetFile } from '../../../src/bench/target/target-file.ts';
import { waitingProgram } from '../../parts/brokers/waiting-program.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldbench-startable-'));
  vi.stubEnv('PATH', folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

/** Each way of a target that is described by this text in our folder. */
function ways(text: string, hasDocker = false, signal = AbortSignal.timeout(10_000)): Promise<readonly Startable[]> {
  const file = parseTargetFile(join(folder, 'quick.yaml'), `title: Quick broker\n${text}`);
  return startable([file], { system: 'Debian', docker: { present: hasDocker, fix: 'get docker' }, signal });
}

const about = { what: 'Quick broker', status: 'untested' };
const asProcess = `
install: { Debian: apt-get install quick, macOS: brew install quick }
process:
  program: [quickd, quick]
  needs: [quick.jar]
  environment: { QUICK_HOME: '\${dir}' }
  version: { command: ['\${program}', -v], pattern: 'quick (\\S+)' }
  listeners: { mqtt: {} }
`;

test('a program that is absent, with the command of this system', async () => {
  const detail = 'not found: a program quickd or quick';
  expect(await ways(asProcess)).toEqual([
    { id: 'quick', way: 'process', ...about, present: false, detail, fix: 'apt-get install quick' },
  ]);
});

test('a file that the program needs is as good as the program', async () => {
  await program('quick', 'echo quick 1.2');
  expect(await ways(asProcess)).toMatchObject([{ present: false, detail: `not found: ${join(folder, 'quick.jar')}` }]);
});

test('a program that is there, with the version that it says in a folder of its own', async () => {
  await program('quick', '[ -d "$QUICK_HOME" ] && [ "$1" = -v ] && echo quick 1.2');
  await writeFile(join(folder, 'quick.jar'), '');
  const detail = `1.2, ${join(folder, 'quick')}`;
  expect(await ways(asProcess)).toEqual([{ id: 'quick', way: 'process', ...about, present: true, detail }]);
});

test('a program that does not say its version is given up with the examination', { timeout: 10_000 }, async () => {
  await using waiting = await waitingProgram();
  await program('quick', '');
  await writeFile(join(folder, 'quick.jar'), '');
  const stop = new AbortController();
  const text = asProcess.replace("['${program}', -v]", () => JSON.stringify(waiting.command));
  const looking = ways(text, false, stop.signal);
  expect(await waiting.runs).toBe('run undefined');
  stop.abort();
  await waiting.gone;
  expect(await looking).toMatchObject([{ present: true, detail: `unknown, ${join(folder, 'quick')}` }]);
});

const asContainer = `
container:
  image: vendor/quick:1
  local: fieldbench/quick:*-debian
  listeners: { mqtt: { port: 1883 } }
`;

test('an image that cannot be looked for', async () => {
  expect(await ways(asContainer)).toMatchObject([{ present: false, detail: 'no container engine', fix: 'get docker' }]);
});

test('an image that is absent', async () => {
  await program('docker', '');
  const detail = 'no image fieldbench/quick:*-debian or vendor/quick:1';
  expect(await ways(asContainer, true)).toMatchObject([{ present: false, detail, fix: 'docker pull vendor/quick:1' }]);
});

test('an image that is there, the local one first; a second way goes by a longer word', async () => {
  await program(
    'docker',
    'case "$4" in *fieldbench*) echo fieldbench/quick:1.2-debian abc;; *) echo vendor/quick:1 def;; esac',
  );
  expect(await ways(asProcess + asContainer, true)).toMatchObject([
    { id: 'quick', way: 'process', present: false },
    { id: 'container:quick', way: 'container', present: true, detail: 'fieldbench/quick:1.2-debian abc' },
  ]);
});

test('a broker of somebody else counts as soon as its credentials are set', async () => {
  const text = 'remote: { url: "mqtts://x:8883", credentials: { userNameFrom: QUICK_USER, passwordFrom: QUICK_PASS } }';
  vi.stubEnv('QUICK_USER', 'me');
  expect(await ways(text)).toMatchObject([
    { id: 'quick', way: 'by URL', present: false, detail: 'QUICK_PASS not set', fix: 'export QUICK_PASS=...' },
  ]);
  vi.stubEnv('QUICK_PASS', 'secret');
  expect(await ways(text)).toMatchObject([{ present: true, detail: 'mqtts://x:8883' }]);
});

test('what comes with the package is always there', async () => {
  expect(await ways('embedded: aedes')).toMatchObject([
    { id: 'quick', way: 'in process', present: true, detail: expect.stringMatching(/^\d+\.\d+\.\d+, /) },
  ]);
});
