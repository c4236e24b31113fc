// Packet faults in a scenario: from a file, written in place, and joining while it runs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/bench/plan.ts';
import { errorText, type FieldbenchError } from '../../src/error.ts';
import { prepareScenario } from '../../src/run/prepared-scenario.ts';
import { describePlan } from '../../src/scenario/describe.ts';
import { planOf } from '../../src/scenario/plan-of.ts';
import { parseScenario, ScenarioErrors, type ScenarioFile } from '../../src/scenario/read-scenario.ts';
import { readLinkFaults } from '../../src/scenario/scenario-faults.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ownFile = 'faults: [{ id: from-file, when: { type: PUBACK }, do: drop, times: 1 }]';
writeFileSync(join(folder, 'own.yaml'), ownFile);
writeFileSync(join(folder, 'wrong.yaml'), 'faults: [{ id: x, do: hold }, { id: y, do: drop, for: 1s }]');

const scenario = (link: string, timeline = '[]'): ScenarioFile =>
  parseScenario(
    join(folder, 's.yaml'),
    [
      'name: tiny',
      'question: Does it work?',
      'brokers: { hub: { target: embedded } }',
      `links: { line: { ${link} } }`,
      "devices: { listener: { kind: subscriber, broker: hub, link: line, filters: { 'a/#': 1 } } }",
      `timeline: ${timeline}`,
      'duration: 2s',
    ].join('\n'),
  );

const step = (more: string): ScenarioFile =>
  scenario('faults: own.yaml', `[{ at: 1s, fault: line, with: { id: from-file, ${more} } }]`);

async function planned(file: ScenarioFile): Promise<Plan> {
  return planOf(file, {}, new Map(), await readLinkFaults(file));
}

async function complaints(of: () => ScenarioFile): Promise<readonly string[]> {
  try {
    await planned(of());
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error;
    const short = (it: FieldbenchError): string => errorText(it).replaceAll(`${folder}/`, '').replaceAll('\n  ', ' | ');
    return error.errors.map(short);
  }
  return [];
}

test('from a file beside the scenario', async () => {
  const [link] = (await planned(scenario('faults: own.yaml'))).links;
  expect(link?.faults).toEqual([{ id: 'from-file', when: { type: 'PUBACK' }, action: { do: 'drop' }, times: 1 }]);
});

test('from a shipped file, by its name', async () => {
  const [link] = (await planned(scenario('faults: lose-first-pubrec'))).links;
  expect(link?.faults).toMatchObject([{ id: 'lose-first-pubrec', action: { do: 'drop' } }]);
});

test('written in place, and joining while it runs', async () => {
  const plan = await planned(
    scenario(
      'faults: [{ id: one, do: drop }]',
      '[{ at: 1s, fault: line, with: { id: two, when: { type: PUBREC }, do: hold, for: 1s } }, { at: 2s, fault: line, with: [{ id: three, do: rst }] }]',
    ),
  );
  expect(plan.links[0]?.faults?.map((it) => it.id)).toEqual(['one']);
  const two = { id: 'two', when: { type: 'PUBREC' }, action: { do: 'hold', holdMs: 1000 } };
  const three = { id: 'three', when: {}, action: { do: 'rst', side: 'both' } };
  expect(plan.steps.map((it) => it.action)).toEqual([
    { do: 'fault', link: 'line', faults: [two] },
    { do: 'fault', link: 'line', faults: [three] },
  ]);
  const lines = describePlan(plan, []);
  expect(lines).toContain('    fault one: drop any packet');
  expect(lines).toContain('     1.0 s  line: from here on two: hold for 1000 ms PUBREC');
});

function written(link: string, timed: string): string {
  const file = join(folder, 'refused.yaml');
  writeFileSync(file, scenario(link, `[${timed}]`).text);
  return file;
}

describe('a backend that has no packet faults refuses, before anything starts', () => {
  const adding = '{ at: 1s, fault: line, with: { id: a, do: drop } }';

  test.each([
    ['faults from the beginning', 'faults: own.yaml', ''],
    ['faults that join', '', adding],
  ])('%s', async (_, link, timed) => {
    const file = written(link, timed);
    await expect(prepareScenario({ scenario: file, backend: 'toxiproxy' })).rejects.toMatchObject({
      code: 'FB_LINK_CAPABILITY',
      message: expect.stringContaining('packet-faults'),
    });
    expect((await prepareScenario({ scenario: file })).plan.name).toBe('tiny');
  });
});

describe('what is wrong is said with its place', () => {
  test('in place', async () => {
    expect(
      await complaints(() => scenario('faults: [{ id: one, when: { type: CONNECT, qos: 1 }, do: drop }]')),
    ).toEqual([
      's.yaml:4:61 links.line.faults.0.when.qos: CONNECT has no QoS [FB_FAULT_SCHEMA] | hint: it is a field of PUBLISH',
    ]);
  });

  test('in a step, with the names of the link', async () => {
    expect(await complaints(() => step('do: drop'))).toEqual([
      's.yaml:6:35 timeline.0.with: a fault of "line" is called "from-file" already [FB_FAULT_NAME] | hint: give each fault of a link an id of its own',
    ]);
    expect(await complaints(() => step('do: drop, for: 1s'))).toEqual([
      's.yaml:6:68 timeline.0.with.for: "for" does not go with drop, but with hold and black-hole [FB_SCENARIO_SCHEMA]',
    ]);
    expect(await complaints(() => step('do: drop, when: { typ: PUBACK }'))).toEqual([
      's.yaml:6:76 timeline.0.with.when: unknown key "typ" [FB_SCENARIO_SCHEMA] | hint: did you mean "type"?',
    ]);
    expect(await complaints(() => scenario('', '[{ at: 1s, fault: lime, with: { id: a, do: drop } }]'))).toEqual([
      's.yaml:6:22 timeline.0.fault: there is no link "lime" [FB_SCENARIO_NAME] | hint: did you mean "line"?',
    ]);
  });

  test('in a file that it names, all of it', async () => {
    expect(await complaints(() => scenario('faults: wrong.yaml'))).toEqual([
      expect.stringContaining('wrong.yaml:1:10 faults.0.for: expected a length of time'),
      expect.stringContaining('wrong.yaml:1:50 faults.1.for: "for" does not go with drop'),
    ]);
  });

  test('a file that is not there, and a name that nobody knows', async () => {
    expect(await complaints(() => scenario('faults: ./none.yaml'))).toEqual([
      expect.stringContaining('s.yaml:4:18 cannot read the fault file none.yaml'),
    ]);
    expect(await complaints(() => scenario('faults: lose-first-pubrek'))).toEqual([
      expect.stringContaining('did you mean "lose-first-pubrec"'),
    ]);
  });
});
