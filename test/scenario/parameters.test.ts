// Parameters of a scenario: what is set stands where it is named, in the type that it has, and every slip has its place.
import * as fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { errorText } from '../../src/error.ts';
import { parseScenario, ScenarioErrors } from '../../src/scenario/read-scenario.ts';
import { scenarioJsonSchema } from '../../src/scenario/scenario-json-schema.ts';

const text = `name: tiny
question: Does \${site} work?
parameters:
  interval: 200ms
  qos: 1
  clean: false
  site: north
  start: { default: 2, about: where the level begins, min: 0, max: 4 }
  pause: { default: 1s, max: 1min }
brokers:
  hub: { target: embedded }
devices:
  level:
    kind: sensor
    broker: hub
    topic: site/\${site}/level
    interval: \${interval}
    qos: \${qos}
    cleanSession: \${clean}
    signal: { unit: m, start: '\${start}', step: 0.1, min: 0, max: 4 }
  display: { kind: subscriber, broker: hub, filters: { 'site/\${site}/#': 1, 'plain/$\${site}': 0 } }
duration: 2s
settle: \${pause}
`;

const scenarioWith = (set: Record<string, string>) => parseScenario('s.yaml', text, { set }).scenario;

function wrongWith(written: string, set: Record<string, string> = {}): readonly string[] {
  try {
    parseScenario('s.yaml', written, { set });
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.errors.map((it) => errorText(it).replaceAll('\n', ' | '));
    throw error;
  }
  return [];
}

test('defaults stand where nothing is set', () => {
  expect(scenarioWith({})).toMatchObject({
    question: 'Does north work?',
    settle: 1000,
    devices: {
      level: { topic: 'site/north/level', interval: 200, qos: 1, cleanSession: false, signal: { start: 2 } },
      display: { filters: { 'site/north/#': 1, 'plain/${site}': 0 } },
    },
  });
});

test('what is set takes the type of its default', () => {
  const set = { interval: '5s', qos: '2', clean: 'true', site: '7', start: '0.5', pause: '1min' };
  expect(scenarioWith(set)).toMatchObject({
    question: 'Does 7 work?',
    settle: 60_000,
    devices: {
      level: { topic: 'site/7/level', interval: 5000, qos: 2, cleanSession: true, signal: { start: 0.5 } },
      display: { filters: { 'site/7/#': 1 } },
    },
  });
});

test('any number within its limits is that number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: 0, max: 4 }), (value) => {
      const { devices } = scenarioWith({ start: String(value) });
      expect(devices['level']).toMatchObject({ signal: { start: Number(String(value)) } });
    }),
  );
});

test('no number beyond its limits is taken', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true }).filter((it) => it < 0 || it > 4),
      (value) => {
        expect(wrongWith(text, { start: String(value) })).toHaveLength(1);
      },
    ),
  );
});

test('a text is that text, whatever stands in it', () => {
  fc.assert(
    fc.property(
      fc.string().filter((it) => !/[+#\0]/.test(it)),
      (value) => {
        expect(parseScenario('s.yaml', text, { set: { site: value } }).scenario.question).toBe(`Does ${value} work?`);
      },
    ),
  );
});

test('what a described broker puts in itself is left to it', () => {
  const described = text.replace(
    '{ target: embedded }',
    () => `
    title: a broker of one's own
    process:
      program: sh
      args: ['\${site}', '\${port.mqtt}', '$\${HOME}']
      listeners: { mqtt: {} }`,
  );
  expect(parseScenario('s.yaml', described).scenario.brokers).toMatchObject({
    hub: { process: { args: ['north', '${port.mqtt}', '$${HOME}'] } },
  });
});

describe('what is wrong is said with its place and a hint', () => {
  test.for<[string, string, string, readonly string[]]>([
    [
      'a parameter that does not exist',
      'interval: ${interval}',
      'interval: ${intervall}',
      [
        's.yaml:17:15 devices.level.interval: there is no parameter "intervall" [FB_SCENARIO_PARAMETER] |   hint: did you mean "interval"?; "$${" stands for "${"',
      ],
    ],
    [
      'one within a text, and one in a topic filter',
      'topic: site/${site}/level',
      'topic: site/${sit}/${n}',
      [
        expect.stringMatching(/^s\.yaml:16:12 devices\.level\.topic: .*"sit" .*did you mean "site"/),
        expect.stringMatching(/^s\.yaml:16:12 devices\.level\.topic: .*"n" .*"count"/),
      ],
    ],
    [
      'a value of another type than its place',
      'qos: ${qos}',
      'qos: ${site}',
      ['s.yaml:18:5 devices.level.qos: expected 0, 1 or 2 [FB_SCENARIO_SCHEMA]'],
    ],
    [
      'a default beyond its limits',
      'default: 2,',
      'default: 7,',
      ['s.yaml:8:12 parameters.start.default: expected at most 4 [FB_SCENARIO_PARAMETER]'],
    ],
    [
      'a limit of another kind',
      'max: 1min',
      'max: 60',
      [
        expect.stringMatching(
          /^s\.yaml:9:\d+ parameters\.pause\.max: expected a length of time .*, as the default is one/,
        ),
      ],
    ],
    [
      'limits of a text',
      'site: north',
      'site: { default: north, min: 1 }',
      [expect.stringContaining('parameters.site.min: a text has no limits')],
    ],
    [
      'a name that is taken',
      'site: north',
      'site: north\n  host: me',
      [
        's.yaml:8:3 parameters.host: "host" stands for something else already [FB_SCENARIO_PARAMETER] |   hint: take another name',
      ],
    ],
    [
      'a declaration that is none',
      'site: north',
      'site: { defalt: north }',
      [expect.stringMatching(/^s\.yaml:7:3 parameters\.site: expected a default/)],
    ],
  ])('%s', ([, from, to, says]) => {
    expect(wrongWith(text.replace(from, to))).toEqual(says);
  });

  test.for<[Record<string, string>, string]>([
    [
      { intervall: '1s' },
      's.yaml --set intervall: the scenario has no parameter "intervall" [FB_SCENARIO_PARAMETER] |   hint: did you mean "interval"?',
    ],
    [
      { interval: '5' },
      's.yaml:4:3 --set interval=5: expected a length of time such as 300ms, 5s, 2min or 1h [FB_SCENARIO_PARAMETER]',
    ],
    [{ qos: 'one' }, 's.yaml:5:3 --set qos=one: expected a number [FB_SCENARIO_PARAMETER]'],
    [{ clean: 'yes' }, 's.yaml:6:3 --set clean=yes: expected true or false [FB_SCENARIO_PARAMETER]'],
    [{ start: '5' }, 's.yaml:8:3 --set start=5: expected at most 4 [FB_SCENARIO_PARAMETER]'],
    [{ pause: '2min' }, 's.yaml:9:3 --set pause=2min: expected at most 1min [FB_SCENARIO_PARAMETER]'],
  ])('%o', ([set, says]) => {
    expect(wrongWith(text, set)).toEqual([says]);
  });

  test('all of it at once', () => {
    const bad = text.replace('${interval}', '${intervall}').replace('kind: subscriber', 'kind: subscriber, foo: 1');
    expect(wrongWith(bad.replace('settle:', 'setle:'), { qos: 'one' })).toEqual([
      expect.stringContaining('--set qos=one'),
      expect.stringContaining('"intervall"'),
      expect.stringContaining('unknown key "foo"'),
      expect.stringContaining('unknown key "setle"'),
    ]);
  });
});

test('editors take a parameter wherever a value stands, and a count', () => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(scenarioJsonSchema() as object);
  const counted = text.replace('kind: sensor', 'kind: sensor\n    count: ${qos}');
  expect(validate(parse(counted)) || validate.errors).toBe(true);
  expect(validate(parse(text.replace('${interval}', 'soon')))).toBe(false);
});
