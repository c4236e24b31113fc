// Wrong words on the command line: one sentence, exit code 2, nothing started and nothing written.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { closedPort } from './hostile-brokers.ts';
import { journalOf, Workplace, type Ended } from './command-line.ts';

/** One error block: sentence and code, then what was expected and came and a hint; no stack, no second error. */
function expectOneError(ended: Ended, code: string): void {
  expect(ended.stderr).toMatch(new RegExp(String.raw`^\S.* \[${code}\]\n(  (expected|came|hint): .+\n(?!\S))*$`));
  expect(ended).toMatchObject({ code: 2, signal: null, stdout: '' });
}

const scenario = (change: (text: string) => string = (it) => it): string =>
  change(`name: two
question: Does anything work?
brokers:
  hub: { target: embedded }
devices:
  watcher: { kind: subscriber, broker: hub, filters: { 'a/#': 1 } }
timeline:
  - { at: 100ms, kill: hub }
duration: 200ms
`);

test.concurrent.each<[string, readonly string[], string, string]>([
  ['an unknown command', ['cnoform'], 'FB_USAGE', 'did you mean "conform"?'],
  ['an unknown option', ['conform', '--targt', 'embedded'], 'FB_USAGE', 'did you mean "--target"?'],
  ['an option without its value', ['conform', '--target'], 'FB_USAGE', '--target'],
  ['a seed that is no number', ['conform', '--seed', 'abc'], 'FB_USAGE', '--seed takes a whole number'],
  ['words that conform does not take', ['conform', 'embedded'], 'FB_USAGE', '--target names what to judge'],
  ['a selection that fits nothing', ['conform', '--select', 'MQTT-9.9.9-9'], 'FB_USAGE', 'MQTT-9.9.9-9'],
  [
    'a slip in a selection',
    ['conform', '--select', 'will/*,publish/acknowleged'],
    'FB_USAGE',
    '"publish/acknowledged"?',
  ],
  ['a group that is no glob', ['conform', '--select', 'will'], 'FB_USAGE', 'did you mean "will/*"?'],
  ['a glob for an opt-in check', ['conform', '--select', 'publish/longes?'], 'FB_USAGE', 'by its whole id only'],
  ['a selection of nothing', ['conform', '--select', ' , '], 'FB_USAGE', 'fieldbench list checks'],
  ['MQTT 5.0', ['conform', '--mqtt', '5.0'], 'FB_USAGE', 'MQTT 5.0 is not judged yet'],
  ['MQTT 5 by another name', ['conform', '--mqtt', 'v5'], 'FB_USAGE', 'MQTT 5.0 is not judged yet'],
  ['a version that is none', ['conform', '--mqtt', '3.1'], 'FB_USAGE', '"3.1" is no version that can be judged'],
  [
    'destruction of what is no target',
    ['conform', '--target', 'mqtt://127.0.0.1:1883', '--destructive', 'mqtt://127.0.0.1:1884'],
    'FB_USAGE',
    'which is no target of this run',
  ],
  ['an unknown target', ['conform', '--target', 'mosquito'], 'FB_TARGET_UNKNOWN', 'did you mean "mosquitto"?'],
  ['a URL without a host', ['conform', '--target', 'mqtt://'], 'FB_TARGET_URL', 'mqtt://HOST:PORT'],
  ['a URL of another protocol', ['conform', '--target', 'http://127.0.0.1'], 'FB_TARGET_URL', 'came: http:'],
  ['a scenario that is not there', ['run', 'nowhere.yaml'], 'FB_SCENARIO_FILE', 'nowhere.yaml'],
  ['no scenario at all', ['run'], 'FB_USAGE', 'fieldbench run quickstart'],
  ['an unknown link backend', ['run', 'quickstart', '--backend', 'toxyproxy'], 'FB_LINK_BACKEND', '"toxiproxy"?'],
  [
    'an unknown target for a scenario',
    ['run', 'quickstart', '--target', 'natz'],
    'FB_TARGET_UNKNOWN',
    'did you mean "nats"?',
  ],
  ['a word too many for list', ['list', 'rules', 'extra'], 'FB_USAGE', 'FB_USAGE'],
  ['a word too many for doctor', ['doctor', 'foo'], 'FB_USAGE', 'FB_USAGE'],
  ['an unknown list', ['list', 'check'], 'FB_USAGE', 'did you mean "checks"?'],
  ['a folder without a run', ['report', 'nowhere'], 'FB_RUN_FOLDER', 'journal.ndjson'],
  ['no folder', ['report'], 'FB_USAGE', 'one run folder'],
])('%s', { timeout: 60_000 }, async (_, args, code, says) => {
  await using place = new Workplace();
  const ended = await place.run(args);
  expectOneError(ended, code);
  expect(ended.stderr).toContain(says);
  expect(readdirSync(place.folder)).toEqual(['state']);
  expect(place.registeredRuns()).toEqual([]);
});

test.concurrent('a password in a target URL is not repeated', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  const ended = await place.run(['conform', '--target', 'mqtt://me:hunter2@127.0.0.1']);
  expectOneError(ended, 'FB_TARGET_URL');
  expect(ended.stderr).not.toContain('hunter2');
});

describe('a mistake in a scenario is shown with file, line and column, and with a hint', () => {
  test.concurrent.each<[string, string, string, string, string]>([
    ['an unknown key', 'duration: 200ms', 'durration: 200ms', '9:1', 'did you mean "duration"?'],
    ['an unknown part', 'kill: hub', 'kill: hubb', '8:18', 'did you mean "hub"?'],
    ['an unknown target', 'target: embedded', 'target: embeded', '4:10', 'did you mean "embedded"?'],
    ['a wrong value', 'at: 100ms', 'at: 100', '8:7', '300ms, 5s, 2min'],
    ['a step after the end', 'at: 100ms', 'at: 3s', '8:7', 'raise "duration"'],
    ['no YAML at all', 'brokers:', 'brokers: [', '5:1', 'one YAML document'],
  ])('%s', { timeout: 60_000 }, async (_, from, to, place, hint) => {
    await using at = new Workplace();
    writeFileSync(
      at.path('s.yaml'),
      scenario((text) => text.replace(from, to)),
    );
    const ended = await at.run(['run', 's.yaml']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`s.yaml:${place}`);
    expect(ended.stderr).toContain(hint);
    expect(ended.stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    expect(existsSync(at.path('fieldbench-report'))).toBe(false);
  });
});

describe('folders', () => {
  test.concurrent('a report folder below a file cannot be made', { timeout: 60_000 }, async () => {
    await using place = new Workplace();
    writeFileSync(place.path('file'), '');
    expectOneError(await place.run(['conform', '--report', 'file/run']), 'FB_REPORT_FOLDER');
    expect(place.registeredRuns()).toEqual([]);
  });

  test.concurrent('a run is never written over an earlier one', { timeout: 60_000 }, async () => {
    await using place = new Workplace();
    mkdirSync(place.path('run'));
    writeFileSync(place.path('run', 'journal.ndjson'), 'earlier');
    expectOneError(await place.run(['conform', '--report', 'run']), 'FB_REPORT_FOLDER');
    expect(readFileSync(place.path('run', 'journal.ndjson'), 'utf8')).toBe('earlier');
    expect(place.registeredRuns()).toEqual([]);
  });

  test.concurrent(
    'a report that cannot be written takes neither the journal nor the others with it',
    { timeout: 60_000 },
    async () => {
      await using place = new Workplace();
      mkdirSync(place.path('run', 'report.html'), { recursive: true });
      const ended = await place.run(['conform', '--select', 'connect/accepted', '--report', 'run']);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(/report\.html could not be written .* \[FB_REPORT_FOLDER\]/);
      expect(readdirSync(place.path('run'))).toEqual(
        expect.arrayContaining(['journal.ndjson', 'junit.xml', 'results.json', 'summary.md']),
      );
      expect(place.registeredRuns()).toEqual([]);
    },
  );

  test.concurrent('a folder for the run registry that cannot be used', { timeout: 60_000 }, async () => {
    await using place = new Workplace();
    writeFileSync(place.path('file'), '');
    const ended = await place.run(['conform', '--report', 'run'], { FIELDBENCH_STATE: place.path('file') });
    expectOneError(ended, 'FB_STATE_FOLDER');
    expect(readdirSync(place.path('run'))).toEqual([]);
  });
});

test.concurrent('a journal that is none is named with its place', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  writeFileSync(place.path('journal.ndjson'), 'no journal\n');
  const ended = await place.run(['report', '.']);
  expectOneError(ended, 'FB_JOURNAL');
  expect(ended.stderr).toMatch(/^journal\.ndjson:1:\d+ /);
});

test.concurrent(
  'a target where nobody listens is given up within a quarter of a minute',
  { timeout: 60_000 },
  async () => {
    await using place = new Workplace();
    const port = await closedPort();
    const ended = await place.run(['conform', '--target', `mqtt://127.0.0.1:${port}`, '--report', 'run']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/did not become ready \[FB_BROKER_START\]\n.*\n  came: no TCP connection/);
    expect(journalOf(place.path('run')).at(-1)?.tMs).toBeLessThan(15_000);
    expect(place.registeredRuns()).toEqual([]);
  },
);
