// fieldbench in a container: nothing in it but the bench, nobody special, and it judges without a network.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../support/needs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const image = 'fieldbench/fieldbench:local';

describe('the Dockerfile', need('long', 'docker', 'image:node'), () => {
  let reports = '';

  // .ci/run has built it already; elsewhere the first time takes a minute.
  beforeAll(() => {
    reports = mkdtempSync(join(tmpdir(), 'fieldbench-docker-'));
    const { status, stdout, stderr } = spawnSync(join(root, '.ci', 'fieldbench-image'), { encoding: 'utf8' });
    if (status !== 0) throw new Error(`.ci/fieldbench-image ended with ${status}\n${stdout}${stderr}`);
  }, 300_000);

  afterAll(() => rmSync(reports, { recursive: true, force: true }));

  test('judges the embedded broker, with no network and nothing to write to but its volume', () => {
    const sealed = ['--network=none', '--read-only', '--tmpfs=/tmp'];
    const { status, stdout } = docker(...sealed, image, 'conform', '--target', 'embedded', '--select', 'publish/order');
    expect(stdout).toMatch(/^✓ pass +embedded /);
    expect(status).toBe(0);
  });

  test('leaves its reports in the folder of whom it was run as', () => {
    chmodSync(reports, 0o777);
    const uid = process.getuid?.() || 12_345;
    const asMe = [`--user=${uid}:${process.getgid?.() ?? 0}`, `--volume=${reports}:/reports`];
    const { status, stderr } = docker(...asMe, image, 'conform', '--select', 'connect/accepted', '--report', 'run');
    expect({ status, errors: stderr.match(/FB_\w+/g) }).toEqual({ status: 0, errors: null });
    expect(readdirSync(join(reports, 'run'))).toEqual(expect.arrayContaining(['report.html', 'summary.md']));
    expect(statSync(join(reports, 'run', 'report.html')).uid).toBe(uid);
  });

  test('a signal ends it in good order', async () => {
    const name = basename(reports).toLowerCase();
    const bench = spawn('docker', ['run', '--rm', `--name=${name}`, image, 'conform']);
    let said = '';
    let printed = '';
    bench.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    bench.stderr.on('data', (chunk: Buffer) => {
      const isReady = !said.includes('ready') && (said += chunk.toString()).includes('ready');
      if (isReady) spawnSync('docker', ['kill', '--signal=TERM', name]);
    });
    const [status] = (await once(bench, 'close', { signal: AbortSignal.timeout(25_000) }).finally(() =>
      spawnSync('docker', ['rm', '--force', name]),
    )) as [number | null];
    expect({ status, printed }).toEqual({ status: 143, printed: expect.stringContaining('embedded') });
  });

  test('holds no sources, no tools of ours and no address of a registry, and is run by nobody special', () => {
    const inside = docker('--entrypoint=sh', image, '-c', 'id -u; ls /fieldbench /fieldbench/node_modules').stdout;
    const names = inside.split('\n');
    expect(names).toEqual(expect.arrayContaining(['1000', 'dist', 'scenarios', 'aedes']));
    expect(names.filter((it) => ['src', 'test', '.ci', 'typescript', 'vitest', 'oxlint'].includes(it))).toEqual([]);
    const made = spawnSync('docker', ['history', '--no-trunc', '--format={{.CreatedBy}}', image], { encoding: 'utf8' });
    expect(made.stdout).toContain('VOLUME');
    expect(made.stdout).not.toMatch(/registry|https?:/i);
  });
});

function docker(...args: string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync('docker', ['run', '--rm', ...args], { encoding: 'utf8', timeout: 60_000 });
}
