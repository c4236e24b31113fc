// A bench that is killed with -9 takes the programs along that it started: nobody has to sweep behind it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { identify, processesWith } from '../../../src/bench/process-identity.ts';
import type { HistoryEvent } from '../../../src/history/event.ts';
import { machineClock, pause } from '../../../src/net/clock.ts';
import { runVariable } from '../../../src/parts/brokers/local-process.ts';
import { need } from '../../support/needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const scenario = (devices: string): string => `
name: killed
question: Who is left when the bench is killed?
brokers: { hub: { target: embedded } }
devices:
  plant: { kind: plc, program: devices/tank-plc.yaml }
${devices}
duration: 5min
`;
const programs = `
  valve: { kind: mqtt-js, broker: hub, topic: valve, interval: 1s }
  pump: { kind: paho-python, broker: hub, topic: pump, interval: 1s }
  gateway: { kind: node-red, plc: plant, broker: hub, topic: plant }
`;
const container = `
  gateway: { kind: container:node-red, plc: plant, broker: hub, topic: plant }
`;
const bin = fileURLToPath(new URL('../../../src/cli/bin.ts', import.meta.url));
const clock = machineClock();
const never = new AbortController().signal;

/** What its journal holds so far, whole lines only. */
function events(report: string): readonly HistoryEvent[] {
  const journal = join(report, 'journal.ndjson');
  if (!existsSync(journal)) return [];
  const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as HistoryEvent);
}

const isEverybodyOnline = (report: string): boolean =>
  events(report).some((it) => it.kind === 'mark' && it.data?.['step'] === 'everybody is online');

async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  const endMs = clock.nowMs() + withinMs;
  while (!holds() && clock.nowMs() < endMs) await pause(clock, 20, never);
  return holds();
}

/**
 * Plays a scenario with these devices and kills its bench when everybody is online.
 * @param watched what runs then, each as the question whether it is gone
 */
async function endsWith(devices: string, watched: (runId: string) => readonly (() => boolean)[]): Promise<void> {
  const place = mkdtempSync(join(folder, 'bench-'));
  const [file, report] = [join(place, 'killed.yaml'), join(place, 'report')];
  writeFileSync(file, scenario(devices));
  const bench = spawn(process.execPath, [bin, 'run', file, '--report', report], {
    env: { ...process.env, FIELDBENCH_STATE: join(place, 'state') },
    stdio: 'ignore',
  });
  try {
    expect(await until(() => isEverybodyOnline(report), 90_000)).toBe(true);
    const [run] = events(report);
    const left = watched(run?.kind === 'run' ? run.runId : '');
    bench.kill('SIGKILL');
    await once(bench, 'exit');
    for (const isGone of left) expect(await until(isGone, 10_000)).toBe(true);
  } finally {
    bench.kill('SIGKILL');
  }
}

test('its programs end by themselves', { timeout: 120_000, ...need('mqtt-js', 'paho-mqtt', 'node-red') }, async () => {
  await endsWith(programs, (runId) => {
    const pids = processesWith(runVariable, runId).map(({ pid }) => pid);
    expect(pids.length).toBeGreaterThanOrEqual(4); // The broker and three programs.
    return pids.map((pid) => () => identify(pid) === undefined);
  });
});

const containersOf = (runId: string): string =>
  execFileSync('docker', ['ps', '--all', '--quiet', '--filter', `label=fieldbench.run=${runId}`], { encoding: 'utf8' });

test('and so does a container', { timeout: 120_000, ...need('long', 'docker', 'image:node-red') }, async () => {
  await endsWith(container, (runId) => {
    expect(containersOf(runId)).toMatch(/^[0-9a-f]+\n$/);
    return [() => containersOf(runId) === ''];
  });
});
