// Two Mosquittos and the bridge between them, over a satellite link that is cut: nothing at QoS 1 is lost, and it comes back.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../../src/history/event.ts';
import { frameOf } from '../../../src/history/packet-of.ts';
import { runScenario, type CompletedRun } from '../../../src/run/complete-run.ts';
import type { Publish } from '../../../src/wire/packet.ts';
import { need } from '../../support/needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-bridge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const life = (end: string): readonly string[] => ['starting', 'ready', 'stopping', end];

describe('between two Mosquittos', need('mosquitto'), () => {
  let done: CompletedRun;
  let events: readonly HistoryEvent[] = [];
  beforeAll(async () => {
    done = await runScenario({
      scenario: new URL('bridge.yaml', import.meta.url).pathname,
      reportDir: join(folder, 'run'),
      signal: new AbortController().signal,
    });
    events = done.events;
  }, 90_000);

  const connectionsOf = (client: string): ReadonlySet<string> =>
    new Set(events.flatMap((it) => (it.kind === 'opened' && it.client === client ? [it.connection] : [])));
  const got = (client: string): readonly Publish[] => {
    const own = connectionsOf(client);
    return events.flatMap((it) => {
      if (it.kind !== 'packet' || it.direction !== 'toClient' || !own.has(it.connection)) return [];
      const { packet } = frameOf(it);
      return packet?.type === 'PUBLISH' ? [packet] : [];
    });
  };

  test('what the site says at QoS 1 arrives, also what it says while the satellite is away', () => {
    expect(done.failure).toBeUndefined();
    const cut = events.find((it) => it.kind === 'link' && it.state === 'cut')?.tMs ?? Infinity;
    const restored = events.find((it) => it.kind === 'link' && it.state === 'up' && it.tMs > cut)?.tMs ?? 0;
    const meanwhile = events.filter((it) => it.kind === 'intent' && it.tMs > cut && it.tMs < restored);
    expect(meanwhile.length).toBeGreaterThan(5);
    expect(done.run.targets[0]?.checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'delivered:level->control-room pass',
      'reconnected:uplink pass',
      'reconnected:level pass',
    ]);
  });

  test('what the hub says arrives at the site', () => {
    expect(got('display')).toMatchObject([{ topic: 'orders/valve', payload: Buffer.from('open') }]);
  });

  test('the link stands between the two brokers, with a tap at either end', () => {
    const opened = events.filter((it) => it.kind === 'opened' && it.client === 'uplink');
    expect(opened.slice(0, 2)).toMatchObject([
      { server: 'hub', link: 'satellite/uplink', seenAt: 'clientEnd' },
      { server: 'hub', link: 'satellite/uplink', seenAt: 'serverEnd' },
    ]);
  });

  test('it lives and dies with its broker, and the hub is told', () => {
    const states = events.flatMap((it) => (it.kind === 'part' && it.part === 'uplink' ? [it.state] : []));
    expect(states).toEqual([...life('stopped'), ...life('killed'), ...life('stopped')]);
    const told = got('control-room').flatMap(({ topic, payload }) =>
      topic === 'bridges/uplink' ? [Buffer.from(payload).toString()] : [],
    );
    expect(new Set(told)).toEqual(new Set(['1', '0']));
    expect(done.run.warnings).toEqual([]);
  });

  test('nobody breaks a statement, and the bridge is judged as a client', () => {
    const broken = done.run.targets.flatMap((it) =>
      it.statements.filter(({ verdict }) => verdict === 'fail').map(({ id }) => `${it.name} ${id}`),
    );
    expect(broken).toEqual([]);
    expect(done.run.targets.find((it) => it.name === 'uplink')).toMatchObject({
      role: 'device',
      how: 'bridge of site',
    });
  });
});
