// Plans of fleets: every device once, no process above its wall, and each wall in words.
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDeviceList } from '../../src/fleet/device-list.ts';
import { planFleet } from '../../src/fleet/fleet-plan.ts';
import { problemsOf, validityOf } from '../../src/fleet/fleet-problems.ts';
import { FleetTotals } from '../../src/fleet/fleet-totals.ts';
import { noCounts } from '../../src/fleet/counts.ts';
import { Times } from '../../src/fleet/times.ts';
import type { ShardReport } from '../../src/fleet/shard-messages.ts';
import { deviceCount } from '../../src/fleet/shard.ts';
import { mostPerProcess, wallsOfMachine, type Walls } from '../../src/fleet/walls.ts';
import { meters } from './populations.ts';

const machine: Walls = { openFilesPerProcess: 20_000, kernelPorts: 28_232, memoryB: 8e9, cores: 2 };
const at = (port: number) => ({ host: '127.0.0.1', port });

test('every device has one place, and parts are equal to one device', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(counts, fc.integer({ min: 101, max: 300 }), (all, openFilesPerProcess) => {
      const populations = all.map((count, n) => ({ population: meters(at(1883), { name: `p${n}`, count }) }));
      const walls = { ...machine, openFilesPerProcess, memoryB: 1e12 };
      const { shards, devices } = planFleet(populations, walls);
      const placed = shards
        .flat()
        .flatMap(({ population, from, to }) =>
          Array.from({ length: to - from + 1 }, (_, it) => `${population.name} ${from + it}`),
        );
      const wanted = all.flatMap((count, n) => Array.from({ length: count }, (_, it) => `p${n} ${it + 1}`));
      expect(placed).toEqual(wanted);
      expect(devices).toBe(wanted.length);
      const sizes = shards.map((slices) => deviceCount({ slices: [...slices] }));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(mostPerProcess(walls));
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('the plan is told in words', () => {
  const regions = [meters(at(1883), { count: 15_000 }), meters(at(1884), { count: 15_000 })];
  const plan = planFleet(
    regions.map((population) => ({ population, brokerHolds: 19_900 })),
    machine,
  );
  const page = readFileSync(new URL('../../docs/fleet.md', import.meta.url), 'utf8');
  const [, shown] = /```\n(.*?)\n```/s.exec(page) ?? [];
  expect(plan.words.join('\n')).toBe(shown);
});

const thrown = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('walls', () => {
  const population = meters(at(1883), { count: 30_000 });
  test('a broker that cannot hold them', () => {
    expect(thrown(() => planFleet([{ population, brokerHolds: 19_900 }], machine))).toMatchObject({
      code: 'FB_FLEET_WALL',
      message: '30000 devices are more than the broker at 127.0.0.1:1883 can hold',
      hint: expect.stringContaining('use 2 brokers as regions') as string,
    });
  });

  test('memory', () => {
    expect(thrown(() => planFleet([{ population }], { ...machine, memoryB: 400e6 }))).toMatchObject({
      code: 'FB_FLEET_WALL',
      expected: 'about 546 MB free',
      hint: 'about 12207 devices fit',
    });
  });

  test('ports to a broker elsewhere', () => {
    const far = meters({ host: '192.0.2.1', port: 1883 }, { count: 30_000 });
    expect(thrown(() => planFleet([{ population: far }], machine))).toMatchObject({
      code: 'FB_FLEET_WALL',
      expected: 'at most 28232 connections from one address to one listener',
    });
  });

  test('a table that is too short', () => {
    const listed = meters(at(1883), { count: 3, columns: ['site'] });
    expect(thrown(() => planFleet([{ population: listed, rows: [['a'], ['b']] }], machine))).toMatchObject({
      code: 'FB_FLEET_TABLE',
      actual: '2 rows',
      hint: 'lower the count to 2, or add rows',
    });
  });

  test('rows go where their devices go', () => {
    const listed = meters(at(1883), { count: 4, columns: ['site'] });
    const rows = ['a', 'b', 'c', 'd'].map((it) => [it]);
    const { shards } = planFleet([{ population: listed, rows }], { ...machine, openFilesPerProcess: 102 });
    expect(shards.map(([slice]) => slice?.rows)).toEqual([
      [['a'], ['b']],
      [['c'], ['d']],
    ]);
  });

  test('this machine has some', () => {
    const { openFilesPerProcess, kernelPorts, memoryB, cores } = wallsOfMachine();
    expect(Math.min(openFilesPerProcess, kernelPorts, memoryB / 1e6)).toBeGreaterThan(100);
    expect(cores).toBeGreaterThan(0);
  });
});

describe('tables', () => {
  test('quotes, empty cells, and both ends of lines', () => {
    expect(readDeviceList('id,note\r\na,"x, ""y"""\n"b\nb",\n\n', 't.csv')).toEqual({
      columns: ['id', 'note'],
      rows: [
        ['a', 'x, "y"'],
        ['b\nb', ''],
      ],
    });
    expect(readDeviceList('id,note\na,', 't.csv').rows).toEqual([['a', '']]);
  });

  test.each([
    ['id,note\na', 2],
    ['id\na\n"b', 3],
  ])('%j is none', (text, line) => {
    expect(() => readDeviceList(text, 't.csv')).toThrow(
      expect.objectContaining({ code: 'FB_FLEET_TABLE', at: { file: 't.csv', line } }),
    );
  });
});

test('a generator that was late beyond its share makes latencies invalid', () => {
  const totals = new FleetTotals();
  expect(validityOf(totals).isValid).toBe(true);
  const { times } = totals;
  for (let n = 0; n < 100; n++) times.acknowledged.recordMs(50);
  for (let n = 0; n < 100; n++) times.lateness.recordMs(4);
  expect(validityOf(totals).isValid).toBe(true);
  for (let n = 0; n < 2; n++) times.lateness.recordMs(20);
  expect(validityOf(totals)).toEqual({
    isValid: false,
    why: "the generator's lateness at p99 is 20.223 ms, allowed are 5.02 ms beside a p99 of 50.175 ms",
  });
});

const report = (shard: number, failures: ShardReport['failures']): ShardReport => ({
  kind: 'report',
  shard,
  ordinal: 1,
  atMs: 0,
  isLast: false,
  devices: 1,
  online: 0,
  heldBack: 0,
  unfinished: 0,
  counts: noCounts(),
  failures,
  times: new Times().take() as ShardReport['times'],
  loopDelayP99Ms: 0,
  loopDelayMaxMs: 0,
  cpuMs: 0,
  rssB: 0,
});

test('what went wrong is told in sentences, of all shards together', () => {
  const totals = new FleetTotals();
  totals.add(report(0, { 'dial EMFILE': 5, 'CONNACK 5': 9 }));
  totals.add(
    report(1, { 'dial EMFILE': 7, 'lost FIN': 1, 'CONNECT ECONNRESET': 2, 'violation qos-3: both QoS bits set': 3 }),
  );
  expect(problemsOf(totals)).toEqual([
    '12 connections could not be opened: the process ran out of open files (EMFILE)',
    'the broker refused 9 times with CONNACK code 5 (not authorised)',
    '3 times the broker broke the standard: qos-3: both QoS bits set',
    '2 connections ended before CONNACK: the broker reset the connection (ECONNRESET)',
    '1 connections that stood were lost: the broker closed the connection (FIN)',
  ]);
});
