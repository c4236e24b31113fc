// Included files: parts of one scenario in several files, none from beyond its folder, and none needed to judge again.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { errorText } from '../../src/error.ts';
import { planOf } from '../../src/scenario/plan-of.ts';
import { parseScenario, readScenario, ScenarioErrors } from '../../src/scenario/read-scenario.ts';

const above = mkdtempSync(join(tmpdir(), 'fieldbench-include-'));
const folder = join(above, 'site');
afterAll(() => rmSync(above, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});

function written(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const scenario = (include: string, more = ''): string =>
  written(
    's.yaml',
    `name: site
question: Is it one?
include: ${include}
brokers: { hub: { target: embedded } }
devices:
  display: { kind: subscriber, broker: hub, link: radio, filters: { '#': 1 } }
timeline: [{ at: 1s, cut: radio }]
duration: 2s
${more}`,
  );

async function wrongWith(file: string): Promise<readonly string[]> {
  try {
    planOf(await readScenario(file));
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error;
    return error.errors.map((it) => errorText(it).replaceAll('\n', ' | ').replaceAll(`${folder}/`, ''));
  }
  return [];
}

const radio = `parameters: { delay: 50ms }
links:
  radio: { delay: '\${delay}' }
timeline:
  - { at: 1500ms, restore: radio }
expectations:
  - reconnected: { device: display, within: 1s }
`;

test('parts, parameters, timeline and expectations are one', async () => {
  written('radio.yaml', radio);
  const { scenario: read } = await readScenario(scenario('[radio.yaml]'), { delay: '70ms' });
  expect(read.links['radio']).toMatchObject({ delay: 70 });
  expect(read.timeline.map((it) => it.at)).toEqual([1500, 1000]);
  expect(read.expectations).toHaveLength(1);
});

test('every section of parts may stand in an included file', async () => {
  written('more.yaml', 'brokers: { site: { target: embedded } }\nbridges: { up: { from: site, to: hub, topics: [] } }');
  written('radio.yaml', radio);
  expect(await wrongWith(scenario('[radio.yaml, more.yaml]'))).toEqual([
    expect.stringMatching(/^more\.yaml:2:\d+ bridges\.up\.topics: /),
  ]);
});

test('a file includes files of its own folder, and what two include is included once', async () => {
  written('parts/radio.yaml', radio);
  written('parts/a.yaml', 'include: [radio.yaml]');
  written('b.yaml', 'include: [parts/radio.yaml]');
  const file = await readScenario(scenario('[parts/a.yaml, b.yaml]', 'settle: 1s'));
  expect(file.source.included?.map((it) => it.file)).toEqual(['parts/a.yaml', 'b.yaml', 'parts/radio.yaml']);
  expect(file.scenario.timeline).toHaveLength(2);
});

test('what a run keeps of it is read again without the files', async () => {
  written('radio.yaml', radio);
  const { source, scenario: read } = await readScenario(scenario('[radio.yaml]'), { delay: '70ms' });
  rmSync(folder, { recursive: true });
  expect(parseScenario(source.file, source.text, source).scenario).toEqual(read);
});

test('mistakes in an included file are told in that file', async () => {
  written('radio.yaml', radio.replace("delay: '", "delai: '").replace('restore: radio', 'restore: rado'));
  expect(await wrongWith(scenario('[radio.yaml]'))).toEqual([
    'radio.yaml:3:12 links.radio: unknown key "delai" [FB_SCENARIO_SCHEMA] |   hint: did you mean "delay"?',
  ]);
  written('radio.yaml', radio.replace('restore: radio', 'restore: rado'));
  expect(await wrongWith(scenario('[radio.yaml]'))).toEqual([
    'radio.yaml:5:19 timeline.0.restore: there is no link "rado" [FB_SCENARIO_NAME] |   hint: did you mean "radio"?',
  ]);
});

describe('what is refused', () => {
  test.for([
    ['a path with ".."', '[../radio.yaml]', 'within the folder of the scenario'],
    ['an absolute path', '[/etc/radio.yaml]', 'within the folder of the scenario'],
    ['a path of another system', String.raw`['c:\radio.yaml']`, 'within the folder of the scenario'],
    ['a file that is no YAML file', '[/etc/passwd]', 'expected the path of a YAML file'],
    ['a path by parameter', "['${file}.yaml']", 'written out'],
    ['a file that is not there', '[gone.yaml]', 's.yaml:3:11 cannot read the included file gone.yaml'],
    ['no list', '{ a: 1 }', 's.yaml:3:1 include:'],
    ['the scenario itself', '[s.yaml]', 's.yaml:3:11 s.yaml includes itself'],
  ] as const)('%s', async ([, include, says]) => {
    const [first] = await wrongWith(scenario(include));
    expect(first).toContain(says);
  });

  test('a link out of the folder', async () => {
    writeFileSync(join(above, 'radio.yaml'), radio);
    symlinkSync('../radio.yaml', join(folder, 'radio.yaml'));
    expect(await wrongWith(scenario('[radio.yaml]'))).toEqual([
      expect.stringMatching(/^s\.yaml:3:11 radio\.yaml leads out of the folder of the scenario/),
    ]);
  });

  test('a name in two files, with both places', async () => {
    written('radio.yaml', radio);
    written('more.yaml', 'links:\n  radio: {}\ndevices:\n  display: {}');
    expect(await wrongWith(scenario('[radio.yaml, more.yaml]'))).toEqual([
      'more.yaml:2:3 links.radio stands in radio.yaml:3:3 already [FB_SCENARIO_INCLUDE] |   hint: give one of them another name',
      's.yaml:6:3 devices.display stands in more.yaml:4:3 already [FB_SCENARIO_INCLUDE] |   hint: give one of them another name',
    ]);
  });

  test('a circle, with the places that make it', async () => {
    written('a.yaml', 'include: [b.yaml]');
    written('b.yaml', 'links: {}\ninclude: [a.yaml]');
    expect(await wrongWith(scenario('[a.yaml]'))).toEqual([
      'b.yaml:2:11 a.yaml includes itself, by way of a.yaml:1:11 [FB_SCENARIO_INCLUDE] |   hint: take one of these lines out',
    ]);
  });

  test('a key that belongs into the scenario, and a misspelt one', async () => {
    written('a.yaml', 'duration: 3s\nlinkz: {}');
    expect(await wrongWith(scenario('[a.yaml]'))).toEqual([
      expect.stringMatching(
        /^a\.yaml:1:1 an included file has no "duration" .*anything else stands in the scenario itself/,
      ),
      expect.stringMatching(/^a\.yaml:2:1 an included file has no "linkz" .*did you mean "links"/),
    ]);
  });

  test('every file that is no YAML, at once', async () => {
    written('a.yaml', 'links: [');
    written('b.yaml', 'a: 1\nb: ]');
    expect(await wrongWith(scenario('[a.yaml, b.yaml]'))).toEqual([
      expect.stringMatching(/^a\.yaml:1:\d+ .*\[FB_SCENARIO_YAML\]/),
      expect.stringMatching(/^b\.yaml:2:\d+ .*\[FB_SCENARIO_YAML\]/),
    ]);
  });
});
