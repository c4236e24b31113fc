// What can be done to the lives of parts, in one short run on a real broker: everybody is back, and nobody is blamed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HistoryEvent, Marked } from '../../src/history/event.ts';
import { frameOf } from '../../src/history/packet-of.ts';
import type { CompletedRun } from '../../src/run/complete-run.ts';
import { runScenario } from '../../src/run/complete-run.ts';
import { need } from '../support/needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-lives-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scenario = new URL('lives.yaml', import.meta.url).pathname;
const played = (target: string): Promise<CompletedRun> =>
  runScenario({ scenario, target, reportDir: join(folder, target), signal: new AbortController().signal });

const brokenBy = ({ run }: CompletedRun): readonly string[] =>
  run.targets.flatMap((it) =>
    it.statements.filter(({ verdict }) => verdict === 'fail').map(({ id }) => `${it.name} ${id}`),
  );

const expectationsOf = ({ run }: CompletedRun): readonly string[] =>
  run.targets.flatMap((it) => it.checks.map(({ id, verdict }) => `${id} ${verdict}`));

describe('on the embedded broker', () => {
  let done: CompletedRun;
  let events: readonly HistoryEvent[] = [];
  beforeAll(async () => {
    done = await played('embedded');
    events = done.events;
  }, 60_000);

  const marks = (name: string): readonly Marked[] =>
    events.filter((it): it is Marked => it.kind === 'mark' && it.name === name);
  const states = (part: string): readonly string[] =>
    events.flatMap((it) => (it.kind === 'part' && it.part === part ? [it.state] : []));

  test('everybody is back, and only the broker is blamed, for what it forgets', () => {
    expect(done.failure).toBeUndefined();
    expect(brokenBy(done)).toEqual(['hub MQTT-3.2.2-2']);
    expect(expectationsOf(done)).toEqual(['will:level->control-room pass', 'reconnected:level pass']);
  });

  test('a power cut is no goodbye: the broker has to find out by itself', () => {
    const first = events.find((it) => it.kind === 'opened' && it.client === 'level');
    const ends = events.filter(
      (it) => it.kind === 'ended' && first?.kind === 'opened' && it.connection === first.connection,
    );
    expect(ends).toMatchObject([
      { seenAt: 'clientEnd', by: 'client', how: 'rst' },
      { seenAt: 'serverEnd', by: 'server' },
    ]);
  });

  test('it is back under its client id, and counts its packet ids anew', () => {
    expect(states('level')).toEqual([
      'starting',
      'ready',
      'stopping',
      'killed',
      'starting',
      'ready',
      'stopped',
      'starting',
      'ready',
      'stopped',
    ]);
    const opened = events.flatMap((it) =>
      it.kind === 'opened' && it.client === 'level' && it.seenAt === 'clientEnd' ? [it.connection] : [],
    );
    const firstIds = opened.map((connection) => {
      const sent = events.flatMap((it) =>
        it.kind === 'packet' && it.connection === connection ? [frameOf(it).packet] : [],
      );
      return sent.find((it) => it?.type === 'PUBLISH')?.packetId;
    });
    expect(firstIds).toEqual([1, 1, 1]);
  });

  test('messages are counted over its lives', () => {
    const ordinals = events.flatMap((it) =>
      it.kind === 'intent' && it.topic === 'site/level/value' ? [it.ordinal] : [],
    );
    expect(ordinals).toEqual(ordinals.map((_, at) => at + 1));
  });

  test('what stands still serves nobody, and goes on', () => {
    expect(states('hub')).toEqual(['starting', 'ready', 'paused', 'resumed', 'stopping', 'stopped']);
    const at = (state: string): number =>
      events.find((it) => it.kind === 'part' && it.part === 'hub' && it.state === state)?.seq ?? 0;
    const [paused, resumed] = [at('paused'), at('resumed')];
    const meanwhile = events.filter((it) => it.seq > paused && it.seq < resumed && it.kind === 'packet');
    const settled = meanwhile.slice(Math.floor(meanwhile.length / 2)); // Its last words may still be on their way.
    expect(settled.length).toBeGreaterThan(0);
    expect(settled.every((it) => it.kind === 'packet' && it.direction === 'toServer')).toBe(true);
  });

  test('one that starts later is not there before', () => {
    expect(states('late')).toEqual(['starting', 'ready', 'stopped']);
    const everybody = marks('timeline').find((it) => it.data?.['step'] === 'everybody is online');
    const started = events.find((it) => it.kind === 'part' && it.part === 'late');
    expect(started?.seq).toBeGreaterThan(everybody?.seq ?? Infinity);
  });

  test('phases, requests, and what did not happen, stand in the history', () => {
    expect(marks('phase').map((it) => it.data)).toEqual([{ phase: 'back' }]);
    expect(marks('request')).toMatchObject([{ data: { part: 'control-room', isAnswered: true } }]);
    expect(marks('not-done').map((it) => it.data)).toEqual([
      { step: 'radio is cut (packets vanish)', line: 8, why: 'not so within 0.1 s' },
    ]);
    expect(done.run.warnings).toEqual([
      'a step of the timeline did not happen: radio is cut (packets vanish) (not so within 0.1 s)',
    ]);
  });

  test('what waits for a message comes after it', () => {
    const note = events.find((it) => it.kind === 'packet' && it.direction === 'toClient' && isNote(it));
    const stop = marks('timeline').find((it) => it.data?.['step'] === 'late is stopped');
    expect(note?.seq).toBeLessThan(stop?.seq ?? 0);
  });
});

const isNote = (event: HistoryEvent): boolean => {
  const packet = event.kind === 'packet' ? frameOf(event).packet : undefined;
  return packet?.type === 'PUBLISH' && packet.topic === 'site/late/note';
};

describe('on Mosquitto', need('mosquitto'), () => {
  test('nobody breaks a statement', { timeout: 60_000 }, async () => {
    const done = await played('mosquitto');
    expect(brokenBy(done)).toEqual([]);
    expect(expectationsOf(done)).toContain('reconnected:level pass');
  });
});
