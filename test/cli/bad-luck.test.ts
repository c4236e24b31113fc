// Things that go wrong while a run is under way: Ctrl-C, SIGTERM, a broker that dies, a bench that is killed.
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { need } from '../support/needs.ts';
import { identify, type ProcessIdentity } from '../../src/bench/process-identity.ts';
import { machineClock, pause } from '../../src/net/clock.ts';
import { draw } from '../../src/faults/draw.ts';
import { comesTrue, journalOf, processesOf, resultsOf, Workplace, type RunningCommand } from './command-line.ts';
import { hostileBroker, mute } from './hostile-brokers.ts';

const scenario = `name: long
question: Does the bench end as it should while devices talk?
brokers:
  hub: { target: embedded }
devices:
  watcher: { kind: subscriber, broker: hub, filters: { 'site/#': 1 } }
  pressure:
    kind: sensor
    broker: hub
    topic: site/pressure
    interval: 50ms
    signal: { unit: bar, start: 42, step: 0.8, min: 30, max: 60 }
duration: 20s
settle: 100ms
expectations:
  - delivered: { from: pressure, to: watcher, lostAtMost: 0 }
`;

/** A scenario of 20 s under way; `run` is its folder. */
function startScenario(place: Workplace): RunningCommand {
  writeFileSync(place.path('long.yaml'), scenario);
  return place.start(['run', 'long.yaml', '--report', 'run']);
}

/** The reports are there, nothing runs any more, and what was judged is judged alike from the journal. */
async function expectKept(place: Workplace): Promise<void> {
  expect(readdirSync(place.path('run')).toSorted()).toEqual(
    expect.arrayContaining(['journal.ndjson', 'junit.xml', 'report.html', 'results.json', 'summary.md']),
  );
  expect(processesOf(place.path('run'))).toEqual([]);
  expect(place.registeredRuns()).toEqual([]);
  const before = resultsOf(place.path('run'));
  if (before.targets.length === 0) return;
  const again = await place.run(['report', 'run']);
  expect(again.code).toBe(before.exitCode);
  expect(resultsOf(place.path('run'))).toEqual(before);
}

describe('an interruption ends the run in order', () => {
  test.concurrent.each<[string, NodeJS.Signals, number, string]>([
    ['Ctrl-C while the broker starts', 'SIGINT', 130, 'starting'],
    ['Ctrl-C while devices come online', 'SIGINT', 130, 'broker hub: ready'],
    ['Ctrl-C in the timeline', 'SIGINT', 130, 'everybody is online'],
    ['SIGTERM in the timeline', 'SIGTERM', 143, 'everybody is online'],
  ])('%s', { timeout: 60_000 }, async (_, signal, code, moment) => {
    await using place = new Workplace();
    const command = startScenario(place);
    await command.said(moment);
    command.signal(signal);
    const ended = await command.ended;
    expect(ended).toMatchObject({ code, signal: null });
    expect(ended.stdout).toContain(`interrupted by ${signal}`);
    expect(journalOf(place.path('run')).at(-1)).toMatchObject({ kind: 'end', how: 'interrupted' });
    expect(resultsOf(place.path('run')).verdict).not.toBe('pass');
    await expectKept(place);
  });

  test.concurrent('Ctrl-C in a conformance run', { ...need('long'), timeout: 60_000 }, async () => {
    await using place = new Workplace();
    const command = place.start(['conform', '--report', 'run']);
    await command.said('target embedded');
    command.signal('SIGINT');
    expect(await command.ended).toMatchObject({ code: 130, signal: null });
    await expectKept(place);
  });

  test.concurrent(
    'a second Ctrl-C ends the bench at once, and the next start cleans up',
    { ...need('long'), timeout: 60_000 },
    async () => {
      await using place = new Workplace();
      const command = startScenario(place);
      await command.said('everybody is online');
      const [broker] = place.ownedProcesses();
      command.signal('SIGINT');
      command.signal('SIGINT');
      expect((await command.ended).code).toBe(130);
      await place.run(['conform', '--select', 'connect/accepted', '--report', 'next']);
      expect(place.registeredRuns()).toEqual([]);
      expect(await comesTrue(() => identify(broker?.pid ?? 0)?.startTime !== broker?.startTime)).toBe(true);
    },
  );
});

describe('a broker that dies while it is judged', () => {
  test.concurrent(
    'in a scenario: what it did before is judged, what came later is said',
    { timeout: 60_000 },
    async () => {
      await using place = new Workplace();
      const command = startScenario(place);
      await command.said('everybody is online');
      const [broker] = place.ownedProcesses();
      process.kill(broker?.pid ?? Number.NaN, 'SIGKILL');
      await command.said('broker hub: exited');
      command.signal('SIGINT');
      expect((await command.ended).code).toBe(130);
      expect(journalOf(place.path('run'))).toContainEqual(
        expect.objectContaining({ kind: 'part', part: 'hub', state: 'exited', detail: 'signal SIGKILL' }),
      );
      await expectKept(place);
    },
  );

  test.concurrent('in a conformance run: the rest is inconclusive', { ...need('long'), timeout: 60_000 }, async () => {
    await using place = new Workplace();
    const command = place.start(['conform', '--report', 'run']);
    await command.said('target embedded');
    const [broker] = place.ownedProcesses();
    process.kill(broker?.pid ?? Number.NaN, 'SIGKILL');
    const ended = await command.ended;
    expect([1, 3]).toContain(ended.code);
    const checks = resultsOf(place.path('run')).targets[0]?.checks ?? [];
    expect(checks.filter((it) => it.verdict === 'inconclusive').length).toBeGreaterThan(10);
    expect(journalOf(place.path('run')).at(-1)?.tMs).toBeLessThan(40_000);
    await expectKept(place);
  });
});

describe('something else stands in the way', () => {
  test
    .runIf(process.platform === 'linux')
    .concurrent('the port of a broker that comes back is in use', { timeout: 60_000 }, async () => {
      await using place = new Workplace();
      const timeline = 'timeline:\n  - { at: 100ms, stop: hub }\n  - { at: 2s, restart: hub }\n';
      writeFileSync(place.path('s.yaml'), scenario.replace('duration: 20s', `${timeline}duration: 5s`));
      const command = place.start(['run', 's.yaml', '--report', 'run']);
      await command.said('broker hub: ready');
      const port = portOf(place.ownedProcesses()[0]);
      await command.said('broker hub: stopped');
      await using other = await hostileBroker(mute, port);
      const ended = await command.ended;
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(/^broker "hub" \(.+\) did not become ready \[FB_BROKER_START\]$/m);
      expect(ended.stderr).toContain(`EADDRINUSE: address already in use 127.0.0.1:${other.port}`);
      await expectKept(place);
    });

  test.concurrent('no Docker for a container', { timeout: 60_000 }, async () => {
    await using place = new Workplace();
    const preload = new URL('without-docker.ts', import.meta.url).href;
    const ended = await place.run(['conform', '--target', 'container:mosquitto', '--report', 'run'], {
      NODE_OPTIONS: `--import ${preload}`,
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^no Docker engine can be reached \[FB_DOCKER_ABSENT\]$/m);
    await expectKept(place);
  });

  test.concurrent('no toxiproxy for its links', { timeout: 60_000 }, async () => {
    await using place = new Workplace();
    const linked = scenario
      .replace('devices:\n', 'links:\n  radio: {}\ndevices:\n')
      .replace('    broker: hub\n', '    broker: hub\n    link: radio\n');
    writeFileSync(place.path('s.yaml'), linked);
    const ended = await place.run(['run', 's.yaml', '--backend', 'toxiproxy', '--report', 'run'], {
      PATH: place.folder,
      FIELDBENCH_TOXIPROXY_URL: undefined,
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^no Toxiproxy server answers \[FB_TOXIPROXY_START\]$/m);
    await expectKept(place);
  });
});

test.concurrent('two benches side by side leave each other alone', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  const first = startScenario(place);
  await first.said('everybody is online');
  const [broker] = place.ownedProcesses();
  const second = await place.run(['conform', '--select', 'connect/accepted', '--report', 'second']);
  expect(second.code).toBe(0);
  expect(identify(broker?.pid ?? 0)).toEqual({ pid: broker?.pid, startTime: broker?.startTime });
  expect(place.registeredRuns()).toHaveLength(1);
  first.signal('SIGINT');
  expect((await first.ended).code).toBe(130);
  await expectKept(place);
});

describe('a bench that is killed with -9', () => {
  const clock = machineClock();
  // Drawn once for all time: the seed stands here, so the moments are the same in every run of this test.
  const moments = [1, 2, 3].map((n) =>
    Math.round(
      draw({ seed: 20_261_122, link: 'kills', connection: 0, direction: 'toServer', purpose: 'signal', n }) * 2_500,
    ),
  );

  test.concurrent.each(moments)(
    'after %d ms: the next start sweeps it, and its journal can be reported',
    { ...need('long'), timeout: 60_000 },
    async (afterMs) => {
      await using place = new Workplace();
      const command = startScenario(place);
      await pause(clock, afterMs);
      command.signal('SIGKILL');
      expect((await command.ended).signal).toBe('SIGKILL');
      const left = place.ownedProcesses();
      const next = await place.run(['conform', '--select', 'connect/accepted', '--report', 'next']);
      expect(next.code).toBe(0);
      expect(place.registeredRuns()).toEqual([]);
      for (const it of left) expect(identify(it.pid)?.startTime).not.toBe(it.startTime);
      // Killed before the first line of its journal, it has none: that is said, and what was written can be reported.
      const again = await place.run(['report', 'run']);
      const journal = place.path('run', 'journal.ndjson');
      const isWritten = existsSync(journal) && readFileSync(journal, 'utf8').includes('\n');
      expect(isWritten ? [1, 3] : [2]).toContain(again.code);
      expect(isWritten ? processesOf(place.path('run')) : []).toEqual([]);
    },
  );
});

/** One of the ports on which a process listens: Linux lists what listens, and which socket that is. */
function portOf(listener: ProcessIdentity | undefined): number {
  const open = `/proc/${listener?.pid}/fd`;
  const sockets = new Set(readdirSync(open).map((it) => linkOf(join(open, it))));
  const table = readFileSync(`/proc/${listener?.pid}/net/tcp`, 'utf8').split('\n').slice(1);
  const rows = table.map((line) => line.trim().split(/\s+/));
  const own = rows.find(([, , , state, , , , , , inode]) => state === listening && sockets.has(`socket:[${inode}]`));
  return Number.parseInt(own?.[1]?.split(':')[1] ?? '', 16);
}

/** The state of a socket that listens, in Linux's table. */
const listening = '0A';

/** What an open file is; it may be closed in between. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
