// What a timeline may not do to a broker is refused before anything starts, with its place; and what is compressed is said.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { errorText } from '../../src/error.ts';
import { runScenario } from '../../src/run/complete-run.ts';
import { prepareScenario } from '../../src/run/prepared-scenario.ts';
import { ScenarioErrors } from '../../src/scenario/read-scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-timeline-refused-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;

function scenarioOn(broker: string, line: string): string {
  const file = join(folder, `scenario-${(written += 1)}.yaml`);
  writeFileSync(
    file,
    `name: tiny\nquestion: Is it refused?\nbrokers:\n  hub: ${broker}\ndevices: {}\ntimeline:\n  - ${line}\nduration: 1s\nsettle: 0s\n`,
  );
  return file;
}

async function refusalOf(broker: string, line: string): Promise<readonly string[]> {
  try {
    await prepareScenario({ scenario: scenarioOn(broker, line) });
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error;
    return error.errors.map(errorText);
  }
  return [];
}

const ours = (allows: string): string => `{ title: T, embedded: aedes, allows: [${allows}] }`;

test.for([
  [ours('restart, kill'), '{ at: 1s, pause: hub }', 'timeline.0.pause'],
  [ours('pause, kill'), '{ at: 1s, stop: hub }', 'timeline.0.stop'],
  [ours('restart, pause'), '{ at: 1s, kill: hub }', 'timeline.0.kill'],
  ['{ target: "mqtt://127.0.0.1:1" }', '{ random: { poisson: 10ms }, restart: hub }', 'timeline.0.restart'],
])('%s: %s', async ([broker = '', line = '', place = '']) => {
  const [first = '', ...others] = await refusalOf(broker, line);
  expect(others).toEqual([]);
  expect(first).toContain(`${place}: this may not be done to the target of "hub" [FB_TARGET_CAPABILITY]`);
  expect(first).toMatch(/\.yaml:7:\d+ /);
});

test('what is allowed is not refused', async () => {
  expect(await refusalOf(ours('pause'), '{ at: 0s, pause: hub, for: 1s }')).toEqual([]);
});

test('a compressed run says so in its journal, in its command and in every report', async () => {
  const scenario = scenarioOn('{ target: embedded }', '{ at: 1s, restart: hub }');
  const signal = new AbortController().signal;
  const { run } = await runScenario({ scenario, timeCompression: 4, reportDir: join(folder, 'report'), signal });
  expect(run.run).toMatchObject({ timeCompression: 4 });
  expect(run.run.command).toContain('--time-compression 4');
  expect(run.warnings).toEqual([
    'intervals of devices and timeline 4 times shorter than written; keep alive and links as written',
  ]);
});
