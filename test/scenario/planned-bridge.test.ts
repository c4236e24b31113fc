// Bridges that cannot be are told before anything starts; brokers start after those that they are bridged to.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bridgeConfiguration } from '../../src/parts/gateways/mosquitto-bridge.ts';
import { prepareScenario } from '../../src/run/prepared-scenario.ts';
import { bridgeProblems, startOrder } from '../../src/scenario/planned-bridge.ts';
import { parseScenario, ScenarioErrors } from '../../src/scenario/read-scenario.ts';

const text = (bridges: string, target = 'mosquitto'): string => `
name: sites
question: Which bridges can be?
brokers: { a: { target: ${target} }, b: { target: mosquitto }, c: { target: mosquitto } }
bridges:
${bridges}
devices: { hub: { kind: subscriber, broker: c, filters: { '#': 1 } } }
duration: 1s
`;
const bridge = (name: string, from: string, to: string): string =>
  `  ${name}: { from: ${from}, to: ${to}, topics: [{ filter: '#' }] }`;
const problemsOf = (bridges: string): readonly string[] =>
  bridgeProblems(parseScenario('sites.yaml', text(bridges))).map((it) => `${it.at?.line} ${it.message}`);

function messagesOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.errors.map(({ message }) => message);
    throw error;
  }
}

test('a chain starts from its far end', () => {
  const { scenario } = parseScenario('sites.yaml', text(`${bridge('x', 'a', 'b')}\n${bridge('y', 'b', 'c')}`));
  expect(startOrder(scenario)).toEqual(['c', 'b', 'a']);
  expect(problemsOf(`${bridge('x', 'a', 'b')}\n${bridge('y', 'b', 'c')}`)).toEqual([]);
});

test('a circle is told, and so is a name that another part has', () => {
  expect(problemsOf(bridge('x', 'a', 'a'))).toEqual(['6 bridges.x: it closes a circle from "a" to itself']);
  expect(problemsOf(`${bridge('x', 'a', 'b')}\n${bridge('y', 'b', 'a')}`)).toHaveLength(1);
  expect(problemsOf(bridge('hub', 'a', 'b'))).toEqual(['6 bridges.hub: there is another part named "hub"']);
});

test('what would end its line in a configuration file is no filter', () => {
  const hostile = `  x: { from: a, to: b, topics: [{ filter: "a\\nallow_anonymous true" }] }`;
  expect(messagesOf(() => parseScenario('sites.yaml', text(hostile)))).toEqual([
    expect.stringContaining('expected a topic filter without spaces'),
  ]);
});

test('a broker that cannot be bridged is told before anything starts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fieldbench-bridges-'));
  const scenario = join(folder, 'sites.yaml');
  writeFileSync(scenario, text(bridge('x', 'a', 'b'), 'embedded'));
  await expect(prepareScenario({ scenario })).rejects.toMatchObject({
    errors: [{ code: 'FB_TARGET_CAPABILITY', message: 'bridges.x: the target of "a" cannot have bridges' }],
  });
  rmSync(folder, { recursive: true });
});

test('a login stands in the configuration, and the back-off never ends below its begin', () => {
  const lines = bridgeConfiguration({
    name: 'x',
    endpoint: { host: '127.0.0.1', port: 7 },
    login: { userName: 'u', password: 'p' },
    topics: [{ filter: 'a/#', direction: 'both', qos: 2 }],
    keepAliveS: 5,
    cleanSession: false,
    backOff: { baseS: 4, capS: 1 },
  }).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining(['remote_username u', 'remote_password p', 'restart_timeout 4 4', 'topic a/# both 2']),
  );
});
