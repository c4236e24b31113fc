// Devices with a count: so many parts with names of their own, and every line that names them means each.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorText } from '../../src/error.ts';
import { parseScenario, ScenarioErrors } from '../../src/scenario/read-scenario.ts';
import { planOf } from '../../src/scenario/plan-of.ts';

const text = `name: many
question: Are there so many?
parameters: { sites: 3, displays: 1 }
brokers: { hub: { target: embedded } }
links: { radio: { delay: 50ms } }
devices:
  display: { kind: subscriber, count: '\${displays}', broker: hub, filters: { 'site/#': 1 } }
  rtu: { kind: plc, count: '\${sites}', program: devices/tank-plc.yaml }
  gateway: { kind: modbus-mqtt, count: '\${sites}', plc: 'rtu-\${n}', broker: hub, link: radio, topic: 'site/\${n}' }
timeline:
  - { at: 1s, cut: radio }
duration: 2s
expectations:
  - delivered: { from: gateway, to: display }
  - reconnected: { device: gateway, within: 1s }
`;

const read = (set: Record<string, string> = {}) => parseScenario('s.yaml', text, { set });

function wrongWith(written: string, set: Record<string, string> = {}): readonly string[] {
  try {
    planOf(parseScenario('s.yaml', written, { set }));
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.errors.map((it) => errorText(it).replaceAll('\n', ' | '));
    throw error;
  }
  return [];
}

test('each has its own name, topic and PLC', () => {
  const { scenario } = read();
  expect(Object.keys(scenario.devices)).toEqual([
    'display-1',
    'rtu-1',
    'rtu-2',
    'rtu-3',
    'gateway-1',
    'gateway-2',
    'gateway-3',
  ]);
  expect(scenario.devices['gateway-2']).toMatchObject({ plc: 'rtu-2', topic: 'site/2' });
});

test('an expectation that names them means every pair of them, and a plan can be made of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (sites, displays) => {
      const file = read({ sites: String(sites), displays: String(displays) });
      const { expectations } = file.scenario;
      expect(expectations.filter((it) => 'delivered' in it)).toHaveLength(sites * displays);
      expect(expectations.filter((it) => 'reconnected' in it)).toHaveLength(sites);
      expect(new Set(expectations.map((it) => JSON.stringify(it))).size).toBe(sites * displays + sites);
      expect(planOf(file).devices).toHaveLength(displays + 2 * sites);
    }),
    { numRuns: 20 },
  );
});

test('a topic that is called like them stays a topic', () => {
  const { scenario } = parseScenario('s.yaml', text.replace("topic: 'site/${n}'", 'topic: gateway'));
  expect(scenario.devices['gateway-1']).toMatchObject({ topic: 'gateway' });
});

test('a step on a device with a count happens to all of them', () => {
  const { steps } = planOf(parseScenario('s.yaml', text.replace('cut: radio', 'kill: gateway')));
  expect(steps.map((it) => it.action)).toEqual([1, 2, 3].map((n) => ({ do: 'kill', part: `gateway-${n}` })));
});

test('a condition on a device with a count is one, on all of them together', () => {
  const waiting = '{ when: { online: 50%, of: gateway }, within: 1s, cut: radio }';
  const { steps } = planOf(parseScenario('s.yaml', text.replace('{ at: 1s, cut: radio }', waiting)));
  expect(steps).toHaveLength(1);
  expect(steps[0]).toMatchObject({ when: { condition: { devices: [1, 2, 3].map((n) => `gateway-${n}`) } } });
});

describe('what is wrong is said once, in its place', () => {
  test.for<[string, string, string, readonly unknown[]]>([
    [
      'none',
      "count: '${sites}', program",
      'count: 0, program',
      ['s.yaml:8:21 devices.rtu.count: expected a whole number from 1 to 100000 [FB_SCENARIO_SCHEMA]'],
    ],
    [
      'half a one',
      "count: '${sites}', program",
      'count: 2.5, program',
      [expect.stringContaining('8:21 devices.rtu.count')],
    ],
    [
      'an unknown key',
      'kind: plc,',
      'kind: plc, foo: 1,',
      [expect.stringMatching(/^s\.yaml:8:21 devices\.rtu-1: unknown key "foo"/)],
    ],
    [
      'an unknown parameter',
      "'site/${n}'",
      "'site/${m}'",
      [expect.stringMatching(/^s\.yaml:9:\d+ devices\.gateway-1\.topic: there is no parameter "m"/)],
    ],
    [
      'a name that a copy has',
      'devices:\n',
      'devices:\n  rtu-2: { kind: plc, program: x.yaml }\n',
      [expect.stringMatching(/^s\.yaml:9:3 devices\.rtu-2: s\.yaml:7:3 gives this name already/)],
    ],
    [
      'one of them that is not there',
      "plc: 'rtu-${n}'",
      "plc: 'rtu-4'",
      [expect.stringMatching(/devices\.gateway-1\.plc: there is no plc "rtu-4"/)],
    ],
  ])('%s', ([, from, to, says]) => {
    expect(wrongWith(text.replace(from, () => to)).slice(0, says.length)).toEqual(says);
  });

  test('one copy is asked for by its name', () => {
    const one = text.replace('device: gateway', 'device: gateway-2');
    const reconnected = parseScenario('s.yaml', one).scenario.expectations.filter((it) => 'reconnected' in it);
    expect(reconnected).toEqual([{ reconnected: { device: 'gateway-2', within: 1000 } }]);
  });
});
