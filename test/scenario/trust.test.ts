// What a scenario from elsewhere would start or send is named with its place, and happens only where it is trusted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorText } from '../../src/error.ts';
import { prepareScenario, type ScenarioOptions } from '../../src/run/prepared-scenario.ts';
import { ScenarioErrors } from '../../src/scenario/read-scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-trust-'));
beforeAll(() => {
  process.env['TRUST_TEST'] = 'a value';
});
afterAll(() => {
  delete process.env['TRUST_TEST'];
  rmSync(folder, { recursive: true, force: true });
});

const program = 'process: { program: [mine, yours], before: [[make, it]], listeners: { mqtt: {} } }';
writeFileSync(join(folder, 'site.yaml'), `title: T\n${program}\n`);
writeFileSync(join(folder, 'plain.yaml'), 'title: T\nembedded: aedes\n');

function written(broker: string): string {
  const file = join(folder, 's.yaml');
  writeFileSync(file, `name: s\nquestion: Q?\nbrokers:\n  hub: ${broker}\ndevices: {}\nduration: 1s\n`);
  return file;
}

async function refused(options: ScenarioOptions): Promise<readonly string[]> {
  try {
    await prepareScenario(options);
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error;
    return error.errors.map((it) => errorText(it).replace(`${folder}/`, '').split(', and the scenario')[0] ?? '');
  }
  return [];
}

describe('a scenario that is not shipped', () => {
  test.for<[string, string, readonly string[]]>([
    [
      'a program, and what runs before it',
      `{ title: T, ${program} }`,
      [
        's.yaml:4:3 brokers.hub: this starts the program mine or yours',
        's.yaml:4:3 brokers.hub: this runs make it beforehand',
      ],
    ],
    [
      'an image',
      '{ title: T, container: { image: site/broker, listeners: { mqtt: { port: 1883 } } } }',
      ['s.yaml:4:3 brokers.hub: this starts the image site/broker'],
    ],
    [
      'an image by its word',
      '{ target: image:site/broker }',
      ['s.yaml:4:10 brokers.hub.target: this starts the image site/broker'],
    ],
    [
      'an image that is like a shipped target',
      '{ target: nats@image:site/broker }',
      ['s.yaml:4:10 brokers.hub.target: this starts the image site/broker'],
    ],
    [
      'a target file of its own',
      '{ target: ./site.yaml }',
      [
        's.yaml:4:10 brokers.hub.target: this starts the program mine or yours',
        's.yaml:4:10 brokers.hub.target: this runs make it beforehand',
      ],
    ],
    [
      'a command that tells a version',
      '{ title: T, remote: { url: "mqtt://h:1", version: { command: [rm, all] } } }',
      ['s.yaml:4:3 brokers.hub: this runs rm all to learn a version'],
    ],
    [
      'credentials of the environment for somebody else',
      '{ title: T, remote: { url: "mqtt://h:1", credentials: { userNameFrom: TRUST_TEST, passwordFrom: TRUST_TEST } } }',
      ['s.yaml:4:3 brokers.hub: this sends credentials of the environment to mqtt://h:1'],
    ],
  ])('%s', async ([, broker, says]) => {
    const scenario = written(broker);
    expect(await refused({ scenario })).toEqual(says);
    const trusted = await prepareScenario({ scenario, trust: true });
    expect(trusted.needsTrust).toHaveLength(says.length);
    expect(trusted.bench.command).toMatch(/ --trust --seed 1$/);
    expect(await refused({ scenario, target: 'embedded' })).toEqual([]);
  });

  test.for(['embedded', 'mosquitto', 'container:mosquitto', 'mqtt://127.0.0.1:1', './plain.yaml', 'nats@./plain.yaml'])(
    '%s needs no trust',
    async (word) => {
      expect((await prepareScenario({ scenario: written(`{ target: ${word} }`) })).needsTrust).toEqual([]);
    },
  );
});

const withImage = (image: string): string => {
  const file = join(folder, 'gateway.yaml');
  const gateway = `{ kind: container:node-red, plc: plant, broker: hub, topic: t${image} }`;
  const devices = `  plant: { kind: plc, program: devices/tank-plc.yaml }\n  gateway: ${gateway}\n`;
  const hub = 'brokers: { hub: { target: embedded } }';
  writeFileSync(file, `name: s\nquestion: Q?\n${hub}\ndevices:\n${devices}duration: 1s\n`);
  return file;
};

describe('a gateway in a container', () => {
  test('of an image that it names needs trust, whatever the broker is', async () => {
    const scenario = withImage(', image: site/node-red');
    const says = ['gateway.yaml:6:3 devices.gateway: this starts the image site/node-red'];
    expect(await refused({ scenario })).toEqual(says);
    expect(await refused({ scenario, target: 'mosquitto' })).toEqual(says);
    expect((await prepareScenario({ scenario, trust: true })).needsTrust).toHaveLength(1);
  });

  test('of the image that is built here needs none', async () => {
    expect((await prepareScenario({ scenario: withImage('') })).needsTrust).toEqual([]);
  });
});

test('a shipped scenario needs none', async () => {
  expect((await prepareScenario({ scenario: 'quickstart' })).needsTrust).toEqual([]);
});
