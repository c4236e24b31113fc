// What a killed bench left behind is ended by the next start, and nothing that belongs to anybody else is.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identify, stillRuns, thisMachine } from '../../src/bench/process-identity.ts';
import { writeNote, type OwnerNote } from '../../src/bench/run-record.ts';
import { openRunRegistry } from '../../src/bench/run-registry.ts';
import { machineClock, pause } from '../../src/net/clock.ts';
import { docker } from '../../src/parts/brokers/docker.ts';
import { targetOf } from '../../src/bench/target/target.ts';
import { need } from '../support/needs.ts';
import type { KilledBench } from './killed-bench-process.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'fieldbench-test-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const open = (): ReturnType<typeof openRunRegistry> => openRunRegistry({ stateFolder: state });
const self = { pid: process.pid, startTime: identify(process.pid)?.startTime ?? '' };

/** A program that does nothing until it is killed. */
function endless(): { pid: number; gone: Promise<unknown> } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  return { pid: child.pid ?? 0, gone: once(child, 'exit') };
}

/** Writes the record of a run as an earlier bench would have. */
function pastRun(runId: string, owner: Partial<OwnerNote>): string {
  const folder = join(state, 'runs', runId);
  mkdirSync(join(folder, 'scratch'), { recursive: true });
  writeNote(folder, { note: 'owner', ...self, runId, machine: thisMachine(), ...owner });
  return folder;
}

async function isGone(pid: number | undefined): Promise<boolean> {
  const clock = machineClock();
  const lives = (): boolean => pid === undefined || identify(pid) !== undefined;
  while (lives() && clock.nowMs() < 5_000) await pause(clock, 10);
  return !lives();
}

describe('a run', () => {
  test('has a private folder that is gone with it, and ends what it still owns', async () => {
    const registry = await open();
    const { pid, gone } = endless();
    const outside = join(state, 'outside');
    mkdirSync(outside);
    registry.ownProcess(pid, 'an endless program');
    registry.ownPath(outside);
    expect(statSync(registry.scratch).mode & 0o777).toBe(0o700);
    await registry[Symbol.asyncDispose]();
    expect(await gone).toEqual([null, 'SIGKILL']);
    expect(existsSync(outside)).toBe(false);
    expect(readdirSync(join(state, 'runs'))).toEqual([]);
  });

  test('leaves alone what it released', async () => {
    const registry = await open();
    const { pid, gone } = endless();
    registry.ownProcess(pid, 'an endless program');
    registry.release(pid);
    await registry[Symbol.asyncDispose]();
    expect(identify(pid)).toBeDefined();
    process.kill(pid, 'SIGKILL');
    await gone;
  });

  test('ends at once what comes to it after its end', async () => {
    const registry = await open();
    await registry[Symbol.asyncDispose]();
    const { pid, gone } = endless();
    registry.ownProcess(pid, 'a late program');
    expect(await gone).toEqual([null, 'SIGKILL']);
  });
});

describe('the next start', () => {
  test('ends what a bench killed with -9 left running, noted or not yet, and removes its files', async () => {
    const program = fileURLToPath(new URL('killed-bench-process.ts', import.meta.url));
    const bench = fork(program, { env: { ...process.env, FIELDBENCH_STATE: state } });
    const exited = new AbortController();
    bench.once('exit', (code) => exited.abort(new Error(`the bench ended by itself with ${code}`)));
    const [left] = (await once(bench, 'message', { signal: exited.signal })) as [KilledBench];
    bench.kill('SIGKILL');
    await once(bench, 'exit');
    expect(identify(left.noted ?? 0)).toBeDefined();
    expect(identify(left.unnoted ?? 0)).toBeDefined();

    await using registry = await open();
    expect(registry.swept).toEqual([{ runId: left.runId, ended: expect.any(Array) as string[], problems: [] }]);
    expect(await isGone(left.noted)).toBe(true);
    // Only Linux tells which processes carry the run's mark.
    if (process.platform !== 'linux') process.kill(left.unnoted ?? 0, 'SIGKILL');
    expect(await isGone(left.unnoted)).toBe(true);
    expect(existsSync(left.scratch)).toBe(false);
    expect(existsSync(left.outside)).toBe(false);
    expect(readdirSync(join(state, 'runs'))).toEqual([registry.runId]);
  });

  test('leaves alone a run beside it whose bench lives', async () => {
    await using other = await open();
    const { pid, gone } = endless();
    other.ownProcess(pid, 'an endless program');
    await using registry = await open();
    expect(registry.swept).toEqual([]);
    expect(existsSync(other.scratch)).toBe(true);
    expect(identify(pid)).toBeDefined();
    other.release(pid);
    process.kill(pid, 'SIGKILL');
    await gone;
  });

  test('leaves alone a foreign process that was given the number of an owned one', async () => {
    const foreign = endless();
    const folder = pastRun('aa', { startTime: '1' });
    writeNote(folder, { note: 'process', pid: foreign.pid, startTime: '1', what: 'a broker of long ago' });
    await using registry = await open();
    expect(registry.swept).toEqual([{ runId: 'aa', ended: [], problems: [] }]);
    expect(existsSync(folder)).toBe(false);
    expect(identify(foreign.pid)).toBeDefined();
    process.kill(foreign.pid, 'SIGKILL');
    await foreign.gone;
  });

  test('takes a run of an earlier boot for dead and kills nothing for it', async () => {
    const foreign = endless();
    const now = identify(foreign.pid);
    const folder = pastRun('bb', { machine: { ...thisMachine(), boot: 'an earlier one' } });
    if (now) writeNote(folder, { note: 'process', ...now, what: 'a broker before the boot' });
    await using registry = await open();
    expect(registry.swept).toEqual([{ runId: 'bb', ended: [], problems: [] }]);
    expect(now && stillRuns(now)).toBe(true);
    process.kill(foreign.pid, 'SIGKILL');
    await foreign.gone;
  });

  test.each([
    ['another pid namespace', { startTime: '1', machine: { ...thisMachine(), pidNamespace: 'pid:[1]' } }],
    ['another machine', { startTime: '1', machine: { host: 'elsewhere', boot: 'x', pidNamespace: '' } }],
    ['a machine that cannot tell processes apart', { startTime: 'unknown' }],
  ])('leaves alone a run of %s', async (_, owner) => {
    const folder = pastRun('cc', owner);
    await using registry = await open();
    expect(registry.swept).toEqual([]);
    expect(existsSync(folder)).toBe(true);
  });

  test('does not remove a path that is no longer the same', async () => {
    const path = join(state, 'reused');
    mkdirSync(path);
    const folder = pastRun('dd', { startTime: '1' });
    writeNote(folder, { note: 'path', path, inode: '0:0' });
    await using registry = await open();
    expect(registry.swept).toHaveLength(1);
    expect(existsSync(path)).toBe(true);
  });

  test('reads a record whose last line was torn by the kill', async () => {
    const folder = pastRun('ee', { startTime: '1' });
    appendFileSync(join(folder, 'owned.ndjson'), '{"note":"proc');
    await using registry = await open();
    expect(registry.swept).toEqual([{ runId: 'ee', ended: [], problems: [] }]);
  });

  test('removes a folder without a record only when it is old', async () => {
    const [young, old] = [join(state, 'runs', 'young'), join(state, 'runs', 'old')];
    for (const folder of [young, old]) mkdirSync(folder, { recursive: true });
    utimesSync(old, 0, 0);
    await using registry = await open();
    expect(readdirSync(join(state, 'runs')).toSorted()).toEqual([registry.runId, 'young'].toSorted());
  });
});

describe('containers', need('docker', 'image:mosquitto'), () => {
  test(
    'are removed by the next start when they carry the run\u2019s label, and only then',
    { timeout: 60_000 },
    async () => {
      const { client } = await docker();
      const lost = await open();
      const context = {
        clock: machineClock(),
        seed: 1,
        history: { record: () => undefined },
        owns: lost,
        signal: new AbortController().signal,
      };
      await targetOf('container:mosquitto').driver.start('b', context);
      const named = { all: true, filters: { label: [`fieldbench.run=${lost.runId}`] } };
      const [container] = await client.container.dockerode.listContainers(named);
      const id = container?.Id ?? '';

      const stranger = pastRun('ff', { startTime: '1' });
      writeNote(stranger, { note: 'container', id, what: 'a container of somebody else' });
      const first = await open();
      expect(first.swept).toEqual([{ runId: 'ff', ended: [], problems: [] }]);
      expect(await client.container.dockerode.listContainers(named)).toHaveLength(1);
      await first[Symbol.asyncDispose]();

      const folder = pastRun(lost.runId, {});
      rmSync(join(folder, 'owned.ndjson'));
      writeNote(folder, { note: 'owner', ...self, startTime: '1', runId: lost.runId, machine: thisMachine() });
      writeNote(folder, { note: 'container', id, what: 'broker b' });
      await using second = await open();
      expect(second.swept).toMatchObject([{ runId: lost.runId, problems: [] }]);
      expect(await client.container.dockerode.listContainers(named)).toEqual([]);
    },
  );
});
