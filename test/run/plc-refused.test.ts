// What a PLC does not have is refused before anything starts, with its place and what there is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { errorText } from '../../src/error.ts';
import { prepareScenario } from '../../src/run/prepared-scenario.ts';
import { ScenarioErrors } from '../../src/scenario/read-scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-plc-refused-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function refusalOf(line: string, port = 1): Promise<readonly string[]> {
  const file = join(folder, 's.yaml');
  writeFileSync(
    file,
    `name: tiny
question: Is it refused?
brokers:
  hub: { target: embedded }
devices:
  tank: { kind: plc, program: devices/tank-plc.yaml }
  heat: { kind: plc, program: devices/heatpump-rack.yaml }
  gateway: { kind: modbus-mqtt, plc: tank, port: ${port}, broker: hub, topic: site }
timeline:
  - ${line}
duration: 2s
`,
  );
  try {
    await prepareScenario({ scenario: file });
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error;
    return error.errors.map(errorText);
  }
  return [];
}

test.for([
  ['{ at: 0s, input: tank, name: levl, value: 1, for: 1s }', '10:28', 'name: "tank" has no input "levl"', '"level"?'],
  ['{ at: 0s, input: heat, name: x, value: 1 }', '10:28', 'name: "heat" has no input "x"', 'known are: supplyOhm, '],
  ['{ at: 0s, unplug: tank, port: 2 }', '10:29', 'port: there is no Ethernet port 2', 'it has one'],
  ['{ at: 0s, plug: heat, port: 3 }', '10:27', 'port: there is no Ethernet port 3', 'it has 2, counted from 1'],
  ['{ at: 0s, remove: tank, unit: 0 }', '10:15', 'remove: "tank" has no rack', '"rack"'],
  ['{ at: 0s, insert: heat, unit: 7 }', '10:29', 'unit: no unit of "heat" has address 7', 'addresses are 0, 1'],
  ['{ at: 0s, breakBus: tank, line: A, for: 1s }', '10:15', 'breakBus: "tank" has no rack', '"rack"'],
])('%s', async ([line = '', place = '', message = '', hint = '']) => {
  const [first = '', ...others] = await refusalOf(line);
  expect(others).toEqual([]);
  expect(first).toContain(`s.yaml:${place} timeline.0.${message} [FB_SCENARIO_STEP]`);
  expect(first).toContain(hint);
});

test('a gateway at a port that its PLC does not have', async () => {
  const [first, ...others] = await refusalOf('{ at: 0s, dip: tank, for: 1s }', 2);
  expect(others).toEqual([]);
  expect(first).toMatch(/s\.yaml:8:44 devices\.gateway\.port: there is no Ethernet port 2 \[FB_PLC_PORT\]/);
});

test('what they have is not refused', async () => {
  expect(await refusalOf('{ at: 0s, remove: heat, unit: 1, for: 1s }')).toEqual([]);
});
