// A bench from its first event to its last: parts end in reverse order, and the journal always says how the run ended.
import { plainProfile } from '../../src/faults/link-profile.ts';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBench, type BenchOptions } from '../../src/bench/bench.ts';
import { identify } from '../../src/bench/process-identity.ts';
import { openRunRegistry } from '../../src/bench/run-registry.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import { machineClock, pause } from '../../src/net/clock.ts';
import { tryConnect } from '../../src/parts/brokers/readiness.ts';
import { linkBackend } from '../../src/parts/links/backend.ts';
import { has, need } from '../support/needs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fieldbench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function options(signal = new AbortController().signal): BenchOptions {
  return {
    reportDir: join(folder, 'report'),
    stateFolder: join(folder, 'state'),
    mode: 'scenario',
    seed: 7,
    command: 'fieldbench run x.yaml --seed 7',
    parameters: { quietMs: 300 },
    signal,
  };
}

function journal(): HistoryEvent[] {
  const text = readFileSync(join(folder, 'report', 'journal.ndjson'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as HistoryEvent);
}

test('begins with the run, describes its target, and ends with how it went', async () => {
  await using bench = await openBench(options());
  const broker = await bench.startTarget('b', 'embedded');
  expect(await tryConnect(broker.endpoint, bench.context)).toEqual({ kind: 'accepted' });
  bench.finish('completed');
  await bench[Symbol.asyncDispose]();

  const events = journal();
  expect(events[0]).toMatchObject({
    kind: 'run',
    schema: 1,
    runId: bench.runId,
    seed: 7,
    parameters: { quietMs: 300 },
  });
  expect(events.filter((it) => it.kind === 'target')).toMatchObject([{ target: 'b', repeat: 'embedded', limits: [] }]);
  expect(events.flatMap((it) => (it.kind === 'part' ? [it.state] : []))).toEqual([
    'starting',
    'ready',
    'stopping',
    'stopped',
  ]);
  expect(events.at(-1)).toMatchObject({ kind: 'end', how: 'completed' });
  expect(readdirSync(join(folder, 'state', 'runs'))).toEqual([]);
});

test('puts a link before its target and names the connections over it', async () => {
  await using bench = await openBench(options());
  const { endpoint } = await bench.startTarget('b', 'embedded');
  const link = await bench.startLink(linkBackend('embedded'), {
    name: 'sat',
    upstream: endpoint,
    client: 'probe',
    server: 'b',
    profile: plainProfile,
    taps: true,
  });
  expect(await tryConnect(link.endpoint, bench.context)).toEqual({ kind: 'accepted' });
  await bench[Symbol.asyncDispose]();
  const opened = journal().flatMap((it) => (it.kind === 'opened' ? [[it.connection, it.seenAt, it.link]] : []));
  expect(opened).toEqual([
    ['c1', 'clientEnd', 'sat'],
    ['c1', 'serverEnd', 'sat'],
  ]);
});

test('ends parts in reverse order, and the others when one fails to end', async () => {
  const ended: string[] = [];
  const part = (name: string, fails = false): AsyncDisposable => ({
    [Symbol.asyncDispose]() {
      ended.push(name);
      return fails ? Promise.reject(new Error('stuck')) : Promise.resolve();
    },
  });
  await using bench = await openBench(options());
  bench.use(part('broker'));
  bench.use(part('link', true));
  bench.use(part('device'));
  await bench[Symbol.asyncDispose]();
  expect(ended).toEqual(['device', 'link', 'broker']);
  expect(journal()).toContainEqual(
    expect.objectContaining({ name: 'disposal-failed', data: { what: 'parts', why: 'Error: stuck' } }),
  );
  expect(journal().at(-1)).toMatchObject({ kind: 'end', how: 'failed' });
});

test('an aborted run is noted as interrupted, with why', async () => {
  const stop = new AbortController();
  const bench = await openBench(options(stop.signal));
  stop.abort(new Error('SIGINT'));
  await expect(bench.startTarget('b', 'embedded')).rejects.toThrow('SIGINT');
  await bench[Symbol.asyncDispose]();
  expect(journal().at(-1)).toMatchObject({ kind: 'end', how: 'interrupted', reason: 'SIGINT' });
});

test('a report folder that cannot be written starts nothing', async () => {
  writeFileSync(join(folder, 'report'), 'a file where the folder should be');
  await expect(openBench(options())).rejects.toMatchObject({ code: 'FB_REPORT_FOLDER' });
  expect(readdirSync(folder)).toEqual(['report']);
});

test('never writes over an earlier run', async () => {
  const first = await openBench(options());
  await first[Symbol.asyncDispose]();
  const before = journal();
  await expect(openBench(options())).rejects.toMatchObject({ code: 'FB_REPORT_FOLDER' });
  expect(journal()).toEqual(before);
});

/** Starts a bench with this target in a process of its own, kills it with -9, and gives what it left. */
async function killedBench(target: string): Promise<{ runId: string; brokers: readonly number[] }> {
  const program = fileURLToPath(new URL('killed-run-process.ts', import.meta.url));
  const bench = fork(program, [target, join(folder, 'report')], {
    env: { ...process.env, FIELDBENCH_STATE: join(folder, 'state') },
  });
  const exited = new AbortController();
  bench.once('exit', (code) => exited.abort(new Error(`the bench ended by itself with ${code}`)));
  const [left] = (await once(bench, 'message', { signal: exited.signal })) as [{ runId: string; brokers: number[] }];
  bench.kill('SIGKILL');
  await once(bench, 'exit');
  return left;
}

async function areGone(pids: readonly number[]): Promise<boolean> {
  const clock = machineClock();
  const lives = (): boolean => pids.some((pid) => identify(pid) !== undefined);
  while (lives() && clock.nowMs() < 5_000) await pause(clock, 10);
  return !lives();
}

test('the embedded broker of a bench killed with -9 ends by itself', async () => {
  const { brokers } = await killedBench('embedded');
  expect(brokers).toHaveLength(1);
  expect(await areGone(brokers)).toBe(true);
  expect(journal().slice(0, 2)).toMatchObject([{ kind: 'run' }, { kind: 'part', state: 'starting' }]);
});

test('the Mosquitto of a bench killed with -9 is ended by the next start', need('mosquitto'), async () => {
  expect(has('mosquitto')).toBe(true);
  const { runId, brokers } = await killedBench('mosquitto');
  expect(brokers.filter((pid) => identify(pid))).toHaveLength(1);
  await using registry = await openRunRegistry({ stateFolder: join(folder, 'state') });
  expect(registry.swept).toMatchObject([{ runId, problems: [] }]);
  expect(await areGone(brokers)).toBe(true);
});
