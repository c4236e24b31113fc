// What a user sees who misspells something in a scenario.
import { describe, expect, test } from 'vitest';
import { errorText, type FieldbenchError } from '../../src/error.ts';
import { parseScenario, readScenario, ScenarioErrors } from '../../src/scenario/read-scenario.ts';
import { planOf } from '../../src/scenario/plan-of.ts';

const good = `
name: tiny
question: Does it work?
brokers:
  hub: { target: embedded }
devices:
  listener: { kind: subscriber, broker: hub, filters: { 'a/#': 1 } }
duration: 2s
`;

function errorsOf(text: string): readonly FieldbenchError[] {
  try {
    planOf(parseScenario('s.yaml', text));
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.errors;
    throw error;
  }
  return [];
}

const textsOf = (text: string): readonly string[] => errorsOf(text).map((it) => errorText(it).replaceAll('\n', ' | '));

test('a good scenario gets its defaults and its times in milliseconds', () => {
  const { scenario } = parseScenario('s.yaml', good);
  expect(scenario.duration).toBe(2000);
  expect(scenario.devices['listener']).toMatchObject({ keepAlive: 60_000, cleanSession: false });
});

test('every shipped scenario can be planned', async () => {
  const plan = planOf(await readScenario('scenarios/quickstart.yaml'));
  expect(plan.steps.map((it) => it.action.do)).toEqual(['shape', 'cut', 'restore', 'kill', 'restart']);
});

describe('what is wrong is said with its place and a hint', () => {
  test('an unknown key', () => {
    expect(textsOf(good.replace('duration', 'durration'))).toContainEqual(
      's.yaml:8:1 the file: unknown key "durration" [FB_SCENARIO_SCHEMA] |   hint: did you mean "duration"?',
    );
  });

  test('a name that does not exist', () => {
    expect(textsOf(good.replace('broker: hub', 'broker: hob'))).toEqual([
      's.yaml:7:33 devices.listener.broker: there is no broker "hob" [FB_SCENARIO_NAME] |   hint: did you mean "hub"?',
    ]);
  });

  test('a length of time without a unit', () => {
    expect(textsOf(good.replace('2s', '2'))[0]).toMatch(/^s\.yaml:8:1 duration: /);
  });

  test('a step after the end', () => {
    expect(textsOf(`${good}timeline: [{ at: 3s, kill: hub }]`)).toEqual([
      's.yaml:9:14 timeline.0: happens at 3 s, after the end at 2 s [FB_SCENARIO_TIME] |   hint: raise "duration", or let it happen earlier',
    ]);
  });

  test('several things at once, all of them', () => {
    const bad = good.replace('broker: hub', 'broker: hob').replace('2s\n', '2s\ntimeline: [{ at: 1s, kill: hab }]\n');
    expect(errorsOf(bad)).toHaveLength(2);
  });

  test('text that is no YAML', () => {
    expect(textsOf('a: [1')[0]).toContain('FB_SCENARIO_YAML');
  });

  test('a file that is not there', async () => {
    await expect(readScenario('nowhere.yaml')).rejects.toMatchObject({ code: 'FB_SCENARIO_FILE' });
  });
});
