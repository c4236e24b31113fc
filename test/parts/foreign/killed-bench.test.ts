// A bench that is killed with -9 takes the programs along that it started: nobody has to sweep behind it.
import { spawn } from 'node:child_process';
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

const scenario = `
name: killed
question: Who is left when the bench is killed?
brokers: { hub: { target: embedded } }
devices:
  plant: { kind: plc, program: devices/tank-plc.yaml }
  valve: { kind: mqtt-js, broker: hub, topic: valve, interval: 1s }
  pump: { kind: paho-python, broker: hub, topic: pump, interval: 1s }
  gateway: { kind: node-red, plc: plant, broker: hub, topic: plant }
duration: 5min
`;
const bin = fileURLToPath(new URL('../../../src/cli/bin.ts', import.meta.url));
const journal = join(folder, 'report', 'journal.ndjson');
const clock = machineClock();
const never = new AbortController().signal;

/** What its journal holds so far, whole lines only. */
function events(): readonly HistoryEvent[] {
  if (!existsSync(journal)) return [];
  const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as HistoryEvent);
}

const isEverybodyOnline = (): boolean =>
  events().some((it) => it.kind === 'mark' && it.data?.['step'] === 'everybody is online');

async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  const endMs = clock.nowMs() + withinMs;
  while (!holds() && clock.nowMs() < endMs) await pause(clock, 20, never);
  return holds();
}

test('its programs end by themselves', { timeout: 120_000, ...need('mqtt-js', 'paho-mqtt', 'node-red') }, async () => {
  const file = join(folder, 'killed.yaml');
  writeFileSync(file, scenario);
  const bench = spawn(process.execPath, [bin, 'run', file, '--report', join(folder, 'report')], {
    env: { ...process.env, FIELDBENCH_STATE: join(folder, 'state') },
    stdio: 'ignore',
  });
  try {
    expect(await until(isEverybodyOnline, 90_000)).toBe(true);
    const [run] = events();
    const pids = processesWith(runVariable, run?.kind === 'run' ? run.runId : '').map(({ pid }) => pid);
    expect(pids.length).toBeGreaterThanOrEqual(4); // The broker and three programs.
    bench.kill('SIGKILL');
    await once(bench, 'exit');
    expect(await until(() => pids.every((pid) => identify(pid) === undefined), 10_000)).toBe(true);
  } finally {
    bench.kill('SIGKILL');
  }
});
