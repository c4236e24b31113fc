// Devices on npm mqtt and on Paho, on a real broker: cut off, paused, killed and back, every message of theirs accounted for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../../src/history/event.ts';
import { runScenario, type CompletedRun } from '../../../src/run/complete-run.ts';
import { need } from '../../support/needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-foreign-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('on Mosquitto', need('mosquitto', 'mqtt-js', 'paho-mqtt'), () => {
  let done: CompletedRun;
  let events: readonly HistoryEvent[] = [];
  beforeAll(async () => {
    done = await runScenario({
      scenario: new URL('foreign.yaml', import.meta.url).pathname,
      target: 'mosquitto',
      reportDir: join(folder, 'run'),
      signal: new AbortController().signal,
    });
    events = done.events;
  }, 90_000);

  const states = (part: string): readonly string[] =>
    events.flatMap((it) => (it.kind === 'part' && it.part === part ? [it.state] : []));

  test('everybody comes back, and no message is lost', () => {
    expect(done.failure).toBeUndefined();
    const [hub] = done.run.targets;
    expect(hub?.checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'delivered:pump->display pass',
      'will:valve->control-room pass',
      'reconnected:valve pass',
      'reconnected:pump pass',
    ]);
  });

  test('libraries are judged as devices under their own name', () => {
    const broken = done.run.targets.flatMap((it) =>
      it.statements.filter(({ verdict }) => verdict === 'fail').map(({ id }) => `${it.name} ${id}`),
    );
    expect(broken).toEqual([]);
    const how = (name: string): string | undefined => done.run.targets.find((it) => it.name === name)?.how;
    expect(how('valve')).toMatch(/^npm mqtt \d/);
    expect(how('pump')).toMatch(/^Paho for Python \d/);
    expect(how('control-room')).toBe('simulated device');
  });

  test('they live and end as the bench says', () => {
    expect(states('valve')).toEqual([
      'starting',
      'ready',
      'stopping',
      'killed',
      'starting',
      'ready',
      'stopping',
      'stopped',
    ]);
    expect(states('pump')).toEqual(['starting', 'ready', 'paused', 'resumed', 'stopping', 'stopped']);
  });

  test('what one means to publish is counted over its lives, and a paused one means nothing', () => {
    const intents = events.filter((it) => it.kind === 'intent' && it.topic === 'site/valve/value');
    expect(intents.map((it) => it.kind === 'intent' && it.ordinal)).toEqual(intents.map((_, at) => at + 1));
    expect(intents.length).toBeGreaterThan(10);
    const paused = events.find((it) => it.kind === 'part' && it.state === 'paused')?.tMs ?? 0;
    const resumed = events.find((it) => it.kind === 'part' && it.state === 'resumed')?.tMs ?? 0;
    const margin = 100; // Signals and notes of them are not one moment.
    expect(resumed - paused).toBeGreaterThan(2 * margin);
    const meanwhile = events.filter(
      (it) => it.kind === 'intent' && it.part === 'pump' && it.tMs > paused + margin && it.tMs < resumed - margin,
    );
    expect(meanwhile).toEqual([]);
  });

  test('a device without a link has a tap of its own', () => {
    expect(events.find((it) => it.kind === 'opened' && it.client === 'display')).toMatchObject({
      link: 'tap of display/display',
      seenAt: 'clientEnd',
    });
  });
});
