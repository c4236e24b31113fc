// A fleet in processes of its own on a real Mosquitto: added up, missed when one dies, gone with the bench.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { targetOf } from '../../src/bench/target/target.ts';
import { planFleet } from '../../src/fleet/fleet-plan.ts';
import { problemsOf, validityOf } from '../../src/fleet/fleet-problems.ts';
import { FleetTotals } from '../../src/fleet/fleet-totals.ts';
import { reportOf } from '../../src/fleet/report-mark.ts';
import { RunningFleet } from '../../src/fleet/supervisor.ts';
import type { Walls } from '../../src/fleet/walls.ts';
import { need } from '../support/needs.ts';
import { testWorld } from '../parts/brokers/world.ts';
import { meters, ownTopic } from './populations.ts';

const mosquitto = targetOf('process:mosquitto').driver;
/** A machine that makes two processes of forty devices. */
const small: Walls = { openFilesPerProcess: 120, kernelPorts: 28_000, memoryB: 4e9, cores: 2 };

describe('on Mosquitto', need('mosquitto'), () => {
  test('two processes are one fleet, and the history alone says the same of it', async () => {
    using world = testWorld();
    await using broker = await mosquitto.start('b', world.context);
    const population = meters(broker.endpoint, { count: 40, traffic: [ownTopic(50)] });
    const plan = planFleet([{ population }], small);
    await using fleet = new RunningFleet(plan, { run: 3 }, world.context);
    expect(fleet.pids).toHaveLength(2);
    expect(await fleet.online(20_000)).toBe(40);
    fleet.publish(400);
    expect(await fleet.settled(20_000)).toBe(true);
    await fleet.stop();
    const { counts, times } = fleet.totals;
    expect(counts.intended).toBeGreaterThan(100);
    expect(counts).toMatchObject({ published: counts.intended, receivedOwn: counts.intended, connected: 40 });
    expect(times.acknowledged.count).toBe(counts.published);
    expect([fleet.totals.online, fleet.gaps, problemsOf(fleet.totals)]).toEqual([0, [], []]);
    const again = new FleetTotals();
    for (const it of world.events) {
      const report = it.kind === 'mark' ? reportOf(it) : undefined;
      if (report) again.add(report);
    }
    expect(again.counts).toEqual(counts);
    expect(again.times.delivery.data()).toEqual(times.delivery.data());
    expect(validityOf(again)).toEqual(validityOf(fleet.totals));
    expect(world.owned.size).toBe(1);
  });

  test('a process that is killed is a gap in words, and the others go on', async () => {
    using world = testWorld();
    await using broker = await mosquitto.start('b', world.context);
    const plan = planFleet([{ population: meters(broker.endpoint, { count: 40 }) }], small);
    await using fleet = new RunningFleet(plan, { run: 3 }, world.context);
    await fleet.online(20_000);
    process.kill(fleet.pids[0] ?? 0, 'SIGKILL');
    await vi.waitUntil(() => fleet.gaps.length > 0, { timeout: 10_000 });
    expect(await fleet.online(20_000)).toBe(20);
    expect(fleet.gaps[0]).toMatch(
      /^shard 0 of the fleet ended \(signal SIGKILL\) with 20 devices: the last \d+ ms of them are unknown, and nothing followed$/,
    );
    expect(world.events).toContainEqual({ kind: 'gap', why: fleet.gaps[0] });
    await fleet.stop();
    expect(world.states('shard 0 of the fleet')).toEqual(['starting', 'exited']);
    expect(world.states('shard 1 of the fleet')).toEqual(['starting', 'stopped']);
  });

  test('a template that makes no sense to a process is an error of the fleet', async () => {
    using world = testWorld();
    await using broker = await mosquitto.start('b', world.context);
    const plan = planFleet([{ population: meters(broker.endpoint, { count: 2, clientId: '{site}' }) }], small);
    await using fleet = new RunningFleet(plan, { run: 3 }, world.context);
    await expect(fleet.online(20_000)).rejects.toThrow(expect.objectContaining({ code: 'FB_FLEET_TEMPLATE' }));
  });

  test('a broker that is away is told in words, and the run goes on', async () => {
    using world = testWorld();
    await using broker = await mosquitto.start('b', world.context);
    await broker.kill();
    const plan = planFleet([{ population: meters(broker.endpoint, { count: 5 }) }], small);
    await using fleet = new RunningFleet(plan, { run: 3, reportEveryMs: 50 }, world.context);
    await vi.waitUntil(() => fleet.totals.failures.size > 0, { timeout: 10_000, interval: 10 });
    expect(problemsOf(fleet.totals)[0]).toMatch(
      /^\d+ connections could not be opened: nothing listened there \(ECONNREFUSED\)$/,
    );
    await broker.restart();
    expect(await fleet.online(20_000)).toBe(5);
  });

  test('a bench that is killed leaves no shard behind', async () => {
    const program = fileURLToPath(new URL('killed-fleet-process.ts', import.meta.url));
    using world = testWorld();
    const bench = spawn(process.execPath, [program, world.context.owns.scratch], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [pids] = (await once(bench, 'message')) as [readonly number[]];
    bench.kill('SIGKILL');
    await vi.waitUntil(() => pids.every((pid) => !isAlive(pid)), { timeout: 10_000 });
    expect(pids).toHaveLength(2);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
