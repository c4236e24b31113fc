// docs/devices.md is true: its scenarios run, its recording can be read, its keys are those of the schema.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPlcFile } from '../../src/bench/devices/plc-file.ts';
import { plcSchema } from '../../src/bench/devices/plc-schema.ts';
import { logicFunctions } from '../../src/parts/devices/logic/blocks.ts';
import { pinStatus } from '../../src/parts/devices/rack/pin-reading.ts';
import { parseSignalCsv } from '../../src/bench/devices/signal-csv.ts';
import { parseScenario } from '../../src/scenario/read-scenario.ts';
import { readRecordings } from '../../src/scenario/recordings.ts';
import { planOf } from '../../src/scenario/plan-of.ts';
import { scenarioTest } from '../../src/vitest.ts';

const page = readFileSync(new URL('../../docs/devices.md', import.meta.url), 'utf8');
const [, csv = ''] = /```csv\n([\s\S]*?)```/.exec(page) ?? [];
const [scenario = '', plcFile = '', cabinet = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((it) => it[1]);

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-devices-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'pressure.yaml');
writeFileSync(file, scenario);
writeFileSync(join(folder, 'day.csv'), csv);
scenarioTest(file);
writeFileSync(join(folder, 'cabinet.yaml'), cabinet);
scenarioTest(join(folder, 'cabinet.yaml'));

test('the recording of the page has a gap', () => {
  expect(parseSignalCsv(csv, 'day.csv', 'degC').map((it) => it.value)).toEqual([12.5, undefined, 12.7]);
});

const replaying = (signal: string) =>
  parseScenario(file, scenario.replace(/signal:\n[^]*?range/, `signal: ${signal}\n    range`));

test('a scenario replays a recording beside it', async () => {
  const read = replaying('{ replay: day.csv, column: degC }');
  const [, sensor] = planOf(read, {}, new Map(), new Map(), new Map(), await readRecordings(read)).devices;
  expect(sensor).toMatchObject({ signal: { kind: 'replay', points: [{ value: 12.5 }, {}, { value: 12.7 }] } });
});

test('a recording that is not there, or has no such column, is told with its place', async () => {
  const at = { file, line: 12 };
  await expect(readRecordings(replaying('{ replay: night.csv }'))).rejects.toMatchObject({
    errors: [{ code: 'FB_SIGNAL_FILE', at }],
  });
  await expect(readRecordings(replaying('{ replay: day.csv, column: psi }'))).rejects.toMatchObject({
    errors: [{ code: 'FB_SIGNAL_FILE', at: { file: join(folder, 'day.csv'), line: 1 } }],
  });
});

test('the PLC of the page can be read, and every key of such a file is explained', async () => {
  const path = join(folder, 'small-tank.yaml');
  writeFileSync(path, plcFile);
  expect((await readPlcFile(path)).logic.map((it) => it.name)).toEqual(['pump', 'dry', 'drySeen']);
  for (const key of Object.keys(plcSchema.shape).filter((it) => it !== 'name' && it !== 'unitId')) {
    expect(page).toMatch(new RegExp(`^\\| .*\`${key}\\b`, 'm'));
  }
});

test('every function of the logic, and every status of a pin, is explained', () => {
  for (const name of Object.keys(logicFunctions)) expect(page).toContain(`\`${name}(`);
  const words = page.slice(page.indexOf('`pinStatus` shows:'));
  for (const number of Object.values(pinStatus)) expect(words).toMatch(new RegExp(`\\b${number} [a-z]`));
});
