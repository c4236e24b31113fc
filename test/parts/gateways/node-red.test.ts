// Node-RED, as process and container, between a real Modbus PLC and a real broker: cut off, killed and back.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HistoryEvent, PacketSeen } from '../../../src/history/event.ts';
import { frameOf } from '../../../src/history/packet-of.ts';
import { runScenario, type CompletedRun } from '../../../src/run/complete-run.ts';
import type { Publish } from '../../../src/wire/packet.ts';
import { need } from '../../support/needs.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'fieldbench-node-red-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const textOf = ({ payload }: Publish): string => Buffer.from(payload).toString();

const played = (target: string, gateway = 'node-red'): Promise<CompletedRun> =>
  runScenario({
    scenario: new URL('node-red.yaml', import.meta.url).pathname,
    set: { gateway },
    target,
    reportDir: join(folder, `${target} ${gateway.replace(':', ' ')}`),
    signal: new AbortController().signal,
  });

const brokenBy = ({ run }: CompletedRun): readonly string[] =>
  run.targets.flatMap((it) =>
    it.statements.filter(({ verdict }) => verdict === 'fail').map(({ id }) => `${it.name} ${id}`),
  );

describe('as a process', need('long', 'node-red'), () => {
  behavesWell('node-red', /^Node-RED \d+\.\d+\.\d+$/);
});

describe('in a container', need('long', 'docker', 'image:node-red'), () => {
  behavesWell('container:node-red', /^Node-RED \d+\.\d+\.\d+, container of fieldbench\/node-red:\S+ \([0-9a-f]{12}\)$/);
});

/** Tests on the embedded broker. */
function behavesWell(gateway: string, how: RegExp): void {
  let done: CompletedRun;
  let events: readonly HistoryEvent[] = [];
  beforeAll(async () => {
    done = await played('embedded', gateway);
    events = done.events;
  }, 120_000);

  /** What one client got, in order. */
  const got = (client: string): readonly { readonly event: PacketSeen; readonly packet: Publish }[] => {
    const own = new Set(events.flatMap((it) => (it.kind === 'opened' && it.client === client ? [it.connection] : [])));
    return events.flatMap((event) => {
      if (event.kind !== 'packet' || event.direction !== 'toClient' || !own.has(event.connection)) return [];
      const { packet } = frameOf(event);
      return packet?.type === 'PUBLISH' ? [{ event, packet }] : [];
    });
  };

  test('it is known to be away, and comes back', () => {
    expect(done.failure).toBeUndefined();
    expect(done.run.warnings).toEqual([]);
    expect(done.run.targets[0]?.checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'will:node-red->control-room pass',
      'reconnected:node-red pass',
    ]);
  });

  test('it is judged under its own name, and only the broker is blamed, for what it forgets', () => {
    expect(brokenBy(done)).toEqual(['hub MQTT-3.2.2-2']);
    expect(done.run.targets.find((it) => it.name === 'node-red')?.how).toMatch(how);
  });

  test('its state is online, offline by its will while it is cut off and dead, and offline when it is ended', () => {
    const states = got('control-room').flatMap(({ packet }) =>
      packet.topic === 'site/plant/status' ? [textOf(packet)] : [],
    );
    expect(states).toEqual(['online', 'offline', 'online', 'offline', 'online', 'offline']);
  });

  test('it carries every register that the PLC publishes, with value, unit and quality', () => {
    const topics = new Set(got('control-room').map(({ packet }) => packet.topic));
    const names = ['level', 'overruns', 'startBelow', 'stopAbove', 'alarmAbove', 'pump', 'automatic', 'highLevel'];
    expect([...topics].toSorted()).toEqual([...names, 'plc', 'status'].map((it) => `site/plant/${it}`).toSorted());
    const alarm = got('control-room').find(({ packet }) => packet.topic === 'site/plant/alarmAbove');
    expect(alarm && JSON.parse(textOf(alarm.packet))).toEqual({ value: 90, unit: '%', quality: 'good' });
  });

  test('who comes later gets the last value, retained', () => {
    const [first] = got('late');
    expect(first?.packet).toMatchObject({ topic: 'site/plant/level', retain: true });
  });

  test('what it means to publish is known', () => {
    const intents = events.filter((it) => it.kind === 'intent' && it.topic === 'site/plant/level');
    expect(intents.length).toBeGreaterThan(3);
    expect(intents[0]).toMatchObject({ part: 'node-red', qos: 1, retain: true, ordinal: 1 });
  });
}

// Mosquitto looks for silent clients every few seconds: its wills come later than this cut is long.
describe('on Mosquitto', need('node-red', 'mosquitto', 'long'), () => {
  test('nobody breaks a statement, and it comes back', { timeout: 120_000 }, async () => {
    const done = await played('mosquitto');
    expect(brokenBy(done)).toEqual([]);
    const back = done.run.targets[0]?.checks.find(({ id }) => id === 'reconnected:node-red');
    expect(back?.verdict).toBe('pass');
  });
});
