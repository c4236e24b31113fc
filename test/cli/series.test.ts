// Several runs of one command: checked before the first starts, one exit code, and a folder and a line for each.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { need } from '../support/needs.ts';
import { run } from '../../src/cli/verbs/run.ts';
import { whatWentWrong } from '../../src/cli/went-wrong.ts';
import type { Sweep } from '../../src/report/sweep-table.ts';
import { journalOf, resultsOf, Workplace } from './command-line.ts';

const scenario = `name: line
question: What does the delay do?
include: [radio.yaml]
parameters:
  sensors: { default: 1, about: how many, max: 3 }
brokers: { hub: { target: embedded } }
devices:
  room: { kind: subscriber, broker: hub, filters: { 'site/#': 1 } }
  level:
    kind: sensor
    count: \${sensors}
    broker: hub
    link: line
    topic: site/\${n}
    interval: 100ms
    signal: { unit: m, start: 1, step: 0.1, min: 0, max: 2 }
duration: 300ms
settle: 1s
expectations:
  - delivered: { from: level, to: room }
`;
const radio = `parameters: { delay: 10ms }
links: { line: { delay: '\${delay}' } }
`;

function workplace(): Workplace {
  const place = new Workplace();
  writeFileSync(place.path('line.yaml'), scenario);
  writeFileSync(place.path('radio.yaml'), radio);
  return place;
}

test.concurrent(
  'a run with values, judged again from its journal without any of its files',
  { timeout: 60_000 },
  async () => {
    await using place = workplace();
    const ended = await place.run(['run', 'line.yaml', '--set', 'sensors=2', '--set', 'delay=30ms', '--report', 'run']);
    expect(ended.code).toBe(0);
    const before = resultsOf(place.path('run'));
    expect(before.targets[0]?.checks.map((it) => it.id)).toEqual([
      'delivered:level-1->room',
      'delivered:level-2->room',
    ]);
    expect(before.targets[0]?.checks[0]?.repeat).toBe(
      'fieldbench run line.yaml --set sensors=2 --set delay=30ms --seed 1',
    );
    expect(journalOf(place.path('run'))[0]).toMatchObject({
      scenario: { set: { sensors: '2', delay: '30ms' }, included: [{ file: 'radio.yaml', text: radio }] },
    });
    writeFileSync(place.path('line.yaml'), '');
    writeFileSync(place.path('radio.yaml'), '');
    expect((await place.run(['report', 'run'])).code).toBe(0);
    expect(resultsOf(place.path('run'))).toEqual(before);
  },
);

test.concurrent('in words: values, included files, every copy', { timeout: 60_000 }, async () => {
  await using place = workplace();
  const { stdout, code } = await place.run(['run', 'line.yaml', '--dry', '--set', 'sensors=2']);
  expect(code).toBe(0);
  expect(stdout).toContain(
    'Parameters\n  delay: 10ms\n  sensors: 2, instead of 1 (how many)\n\nIncluded files\n  radio.yaml\n',
  );
  expect(stdout).toContain('level-2: sensor, QoS 1 every 0.1 s below site/2 to hub over line');
  expect(stdout).toContain('level-2 meant to publish');
});

describe('several scenarios', () => {
  test.concurrent(
    'one after the other, each into its own folder; a value goes to those that know it',
    { timeout: 60_000 },
    async () => {
      await using place = workplace();
      const plain = scenario
        .replace('include: [radio.yaml]', 'links: { line: {} }')
        .replace('name: line', 'name: plain');
      writeFileSync(place.path('plain.yaml'), plain);
      const ended = await place.run([
        'run',
        'line.yaml',
        'plain.yaml',
        'line.yaml',
        '--set',
        'delay=20ms',
        '--report',
        'all',
      ]);
      expect(ended.code).toBe(0);
      expect(ended.stdout.trimEnd().split('\n').slice(-3)).toEqual([
        'line    pass  all/line',
        'plain   pass  all/plain',
        'line-2  pass  all/line-2',
      ]);
      expect(readdirSync(place.path('all')).toSorted()).toEqual(['line', 'line-2', 'plain']);
      expect(journalOf(place.path('all', 'plain'))[0]).not.toHaveProperty('scenario.set');
    },
  );

  test.concurrent('what is wrong in any of them is told before the first starts', { timeout: 60_000 }, async () => {
    await using place = workplace();
    writeFileSync(place.path('bad.yaml'), scenario.replace('broker: hub,', 'broker: hob,'));
    writeFileSync(
      place.path('worse.yaml'),
      scenario.replace('duration', 'durration').replace('interval: 100ms', 'interval: 100'),
    );
    const ended = await place.run(['run', 'line.yaml', 'bad.yaml', 'worse.yaml', 'gone.yaml', '--report', 'all']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    for (const says of ['bad.yaml:8:', 'worse.yaml:15:', 'worse.yaml:17:', 'gone.yaml'])
      expect(ended.stderr).toContain(says);
    expect(existsSync(place.path('all'))).toBe(false);
  });

  test.concurrent('one that cannot be played keeps no other from it', { timeout: 60_000 }, async () => {
    await using place = workplace();
    const nobody = scenario
      .replace('target: embedded', 'target: mqtt://127.0.0.1:1')
      .replace('name: line', 'name: nobody');
    writeFileSync(place.path('nobody.yaml'), nobody);
    const ended = await place.run(['run', 'nobody.yaml', 'line.yaml', '--report', 'all']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('[FB_');
    expect(ended.stdout).toMatch(/\nnobody {2}inconclusive {2}all\/nobody\nline {4}pass {10}all\/line\n$/);
  });
});

describe('a sweep', () => {
  test.concurrent('every combination, in one table and as data', { ...need('long'), timeout: 60_000 }, async () => {
    await using place = workplace();
    const words = ['run', 'line.yaml', '--sweep', 'delay=10ms,150ms', '--sweep', 'sensors=1,2', '--report', 'out'];
    const ended = await place.run(words);
    expect(ended.code).toBe(0);
    const names = [
      '1-delay=10ms-sensors=1',
      '2-delay=10ms-sensors=2',
      '3-delay=150ms-sensors=1',
      '4-delay=150ms-sensors=2',
    ];
    expect(readdirSync(place.path('out')).toSorted()).toEqual([...names, 'sweep.json', 'sweep.md']);
    const sweep = JSON.parse(readFileSync(place.path('out', 'sweep.json'), 'utf8')) as Sweep;
    expect(sweep.command).toBe('fieldbench run line.yaml --sweep delay=10ms,150ms --sweep sensors=1,2 --seed 1');
    expect(sweep.rows.map((it) => [it.folder, it.verdict, it.expectations.length])).toEqual(
      names.map((name, at) => [name, 'pass', 1 + (at % 2)]),
    );
    // The figures are those of each run's own journal, and the delay shows in them.
    const latency = sweep.rows.map((it) => it.figures.find(({ name }) => name === 'latency p50')?.value ?? 0);
    expect(latency[2]).toBeGreaterThanOrEqual(150);
    expect(ended.stdout).toMatch(/^delay +sensors +verdict /m);
    expect(ended.stdout).toMatch(/^150ms +2 +pass /m);
    const again = await place.run(words);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('out holds a sweep already [FB_REPORT_FOLDER]');
  });

  test.for<[string, readonly string[], string]>([
    ['two scenarios', ['line.yaml', 'line.yaml', '--sweep', 'delay=1ms'], '--sweep takes one scenario'],
    ['a value twice', ['line.yaml', '--sweep', 'delay=1ms,1ms'], 'takes several values, each once'],
    ['no value', ['line.yaml', '--sweep', 'delay'], '--sweep takes NAME=VALUE'],
    ['swept and set', ['line.yaml', '--sweep', 'delay=1ms', '--set', 'delay=1ms'], '"delay" is set and swept'],
    ['a parameter twice', ['line.yaml', '--set', 'delay=1ms', '--set', 'delay=2ms'], '--set gives "delay" twice'],
    [
      'values beyond the limits, each of them',
      ['line.yaml', '--sweep', 'sensors=1,4,5'],
      'sensors=5: expected at most 3',
    ],
    ['an unknown parameter', ['line.yaml', '--sweep', 'delai=1ms,2ms'], 'did you mean "delay"?'],
  ])('is refused with %s', async ([, [file = '', ...words], says]) => {
    await using place = workplace();
    const asked = [place.path(file), ...words.map((it) => (it === 'line.yaml' ? place.path(it) : it))];
    await expect(run.run(asked, AbortSignal.abort()).catch(whatWentWrong)).resolves.toContain(says);
  });
});

test.concurrent(
  'a scenario that starts a program is read in words by anybody, and played with --trust only',
  { timeout: 60_000 },
  async () => {
    await using place = workplace();
    const described = `{ title: T, process: { program: [none-such-program], listeners: { mqtt: {} } } }`;
    writeFileSync(place.path('mine.yaml'), scenario.replace('{ target: embedded }', described));
    const dry = await place.run(['run', 'mine.yaml', '--dry']);
    expect(dry.stdout).toContain('Only with --trust\n  brokers.hub: starts the program none-such-program\n');
    const refused = await place.run(['run', 'mine.yaml']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^mine\.yaml:6:12 brokers\.hub: this starts the program none-such-program.* \[FB_SCENARIO_TRUST\]\n {2}hint: .*--trust/,
    );
    expect((await place.run(['run', 'mine.yaml', '--trust'])).stderr).toContain('[FB_BROKER_ABSENT]');
  },
);
