// What CI decides by, as docs/conformance.md shows it: a baseline, waivers, and what they make of a broker's failure.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { report } from '../../src/cli/verbs/report.ts';
import type { RunGate } from '../../src/history/run-gate.ts';
import { judgeRun } from '../../src/run/judge-run.ts';
import { readGate } from '../../src/run/gate/read-gate.ts';
import { journalOf, resultsOf, Workplace, type Ended } from './command-line.ts';

const page = readFileSync('docs/conformance.md', 'utf8').split('## What fails a run')[1] ?? '';
const [, commands = ''] = /```sh\n([^`]*)```/.exec(page) ?? [];
const [, waivers = ''] = /```yaml\n(waivers:[^`]*)```/.exec(page) ?? [];
const lines = commands.trim().split('\n');

const place = new Workplace();
const ended: Ended[] = [];
const read = (...names: readonly string[]): string => readFileSync(place.path(...names), 'utf8');

beforeAll(async () => {
  writeFileSync(place.path('waivers.yaml'), waivers);
  for (const line of lines) ended.push(await place.run(wordsOf(line)));
}, 240_000);
afterAll(() => place[Symbol.asyncDispose]());

/** The words of a command of the page, without `fieldbench`. */
function wordsOf(line: string): readonly string[] {
  return line
    .replace(/^fieldbench /, '')
    .replace(/ +#.*/, '')
    .split(' ');
}

test('each command of the page ends with the exit code that stands beside it', () => {
  const codes = lines.map((line) => Number(/# exit code (\d)/.exec(line)?.[1]));
  expect(ended.map((it) => it.code)).toEqual(codes);
  expect(codes).toEqual([1, 0, 0, 0, 0]);
});

test('a known failure is told apart and stays a failure', () => {
  const [before, after, waived] = ended;
  expect(before?.stdout).not.toContain('decided');
  expect(after?.stdout).toContain('decided  nothing new since the baseline, 2 known: exit code 0');
  expect(waived?.stdout).toContain('decided  2 waived: exit code 0');
  expect(waived?.stdout).toContain('our devices send no U+0000');
  expect(resultsOf(place.path('after'))).toMatchObject({ verdict: 'fail', exitCode: 0 });
});

test('two runs of one broker differ in nothing', () => {
  expect(ended[4]?.stdout).toMatch(/checks {6}1 judged in both: 1 the same/);
});

/** The first run as it would have been decided with this gate. */
async function decided(gate: Partial<RunGate>, today = '2027-03-31') {
  const usual = await readGate({ failOn: ['fail'] }, ['embedded'], today);
  const events = journalOf(place.path('before'));
  if (usual === undefined) throw new Error('a gate was asked for');
  return judgeRun(events.map((it) => (it.kind === 'run' ? { ...it, gate: { ...usual, ...gate } } : it)));
}

/** The first run's results as a baseline, with other verdicts. */
async function baseline(from: string, to: string): Promise<Partial<RunGate>> {
  const file = place.path(`${from}-was-${to}.json`);
  writeFileSync(file, read('before', 'results.json').replaceAll(`"verdict": "${from}"`, `"verdict": "${to}"`));
  return (await readGate({ baseline: file }, ['embedded'], '')) ?? {};
}

test('what passed in the baseline is new, and what failed in it is better', async () => {
  const { baseline: passed } = await baseline('fail', 'pass');
  const worse = await decided(passed === undefined ? {} : { baseline: passed });
  expect(worse.exitCode).toBe(1);
  expect(worse.decision?.items.map((it) => [it.id, it.standing])).toEqual([
    ['MQTT-1.5.3-2', 'new'],
    ['publish/nul-in-topic', 'new'],
  ]);
  const { baseline: failed } = await baseline('pass', 'fail');
  const better = await decided(failed === undefined ? {} : { baseline: failed });
  expect(better.exitCode).toBe(0);
  expect(better.decision?.items.filter((it) => it.standing === 'better').length).toBeGreaterThan(3);
});

test('the waiver of the page holds on its last day, and not on the next', async () => {
  const gate = await readGate({ waivers: place.path('waivers.yaml') }, ['embedded'], '');
  const on = async (today: string) => decided(gate?.waivers === undefined ? {} : { waivers: gate.waivers }, today);
  expect((await on('2099-12-31')).exitCode).toBe(0);
  const late = await on('2100-01-01');
  expect(late.exitCode).toBe(1);
  expect(late.decision?.items.every((it) => it.standing === 'expired')).toBe(true);
});

test('what is wrong with waivers ends the command before anything starts', async () => {
  writeFileSync(place.path('wrong.yaml'), 'waivers:\n  - { target: x, statement: MQTT-1.5.3-2 }\n');
  const { code, stdout, stderr } = await place.run(['conform', '--waivers', 'wrong.yaml', '--report', 'none']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('wrong.yaml:2:5 waivers.0.reason: expected a sentence that says why [FB_WAIVERS_SCHEMA]');
  expect(existsSync(place.path('none'))).toBe(false);
});

test.each([
  [['compare'], 'FB_USAGE'],
  [['compare', '--json', 'before'], 'FB_USAGE'],
  [['compare', 'nowhere', 'nowhere'], 'FB_RUN_FOLDER'],
  [['compare', 'before', 'before', '--fail-on', 'x'], 'FB_USAGE'],
])('fieldbench report %j is an error', async (words, code) => {
  await expect(report.run(words, AbortSignal.abort())).rejects.toMatchObject({ code });
});
