// PLC files: the shipped ones can be read, and everything that is wrong with one is told at once, with its place.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { plcJsonSchema } from '../../../src/bench/devices/plc-schema.ts';
import { unitJsonSchema } from '../../../src/bench/devices/unit-file.ts';
import { readPlcFile } from '../../../src/bench/devices/plc-file.ts';
import { FileErrors } from '../../../src/bench/files/file-errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-plc-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, 'unit.yaml'),
  `
name: small
pins: 4
ratedV: 34
functions: { voltage-in: 1-4, voltage-out: '1', current-out: '1', loop-in: '2', contact: '3', resistance: 2-4 }
voltageOut: { mostV: 30, mostMA: 500 }
currentOut: { mostMA: 500, complianceV: 30 }
mostOhm: 400
rack: { mostUnits: 2, ethernetPorts: 2, failover: 100ms }
`,
);

/** Each error of a file as `line:column message`. */
async function errorsOf(text: string): Promise<string[]> {
  const file = join(folder, 'plc.yaml');
  writeFileSync(file, text);
  try {
    await readPlcFile(file);
    return [];
  } catch (error) {
    if (!(error instanceof FileErrors) || error.errors.some((it) => it.code !== 'FB_PLC_PROGRAM')) throw error;
    const all = error.errors;
    return all.map((it) => `${it.at?.line}:${it.at?.column} ${it.message}${it.hint ? ` (${it.hint})` : ''}`);
  }
}

const head = 'name: x\nscan: 100ms\n';

test('docs/schemas/plc.schema.json is current (vitest -u writes it anew)', async () => {
  const text = `${JSON.stringify(plcJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../../docs/schemas/plc.schema.json');
});

test('docs/schemas/unit.schema.json is current (vitest -u writes it anew)', async () => {
  const text = `${JSON.stringify(unitJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../../docs/schemas/unit.schema.json');
});

test.each(['tank-plc', 'heatpump-rack'])('%s fits the published schema', (name) => {
  const validate = new Ajv2020().compile(plcJsonSchema() as object);
  const text = readFileSync(join(import.meta.dirname, `../../../devices/${name}.yaml`), 'utf8');
  expect(validate(parse(text)) || validate.errors).toBe(true);
});

test('the tank', async () => {
  const program = await readPlcFile(join(import.meta.dirname, '../../../devices/tank-plc.yaml'));
  expect(program).toMatchObject({
    scanMs: 100,
    watchdogMs: 5000,
    start: 'warm',
    process: [{ name: 'level', start: 50 }],
  });
});

test.each<[string, string, string[]]>([
  [
    'a bare number for a time',
    'name: x\nscan: 100\nregisters: {}\n',
    ['2:1 scan: expected a length of time such as 300ms, 5s, 2min or 1h'],
  ],
  [
    'places that overlap, names given twice',
    `${head}parameters: { b: 1 }\nregisters:\n  a: { table: holding, address: 0, type: float32 }\n  b: { table: holding, address: 1 }\n`,
    [
      '3:15 "b" stands among registers too (take another name)',
      '6:3 registers.b: same place as a (each address is given once)',
    ],
  ],
  [
    'expressions, each at its column',
    `${head}registers:\n  level: { table: input, address: 0 }\n  pump: { table: coil, address: 0 }\nlogic:\n  - pump: level > 5 and leval < 3\n  - pump: 'level + '\n  - pmp: true\n  - pump: level\n`,
    [
      '7:25 logic.0.pump: there is no "leval", in column 15 of "level > 5 and leval < 3" (did you mean "level"?)',
      '8:20 logic.1.pump: expected a value, came the end, in column 9 of "level + "',
      '9:5 there is no register or variable "pmp" (did you mean "pump"?)',
      '10:11 logic.3.pump: expected a bool, came a number, in column 1 of "level"',
    ],
  ],
  [
    'an input as output, an interlock that is no condition',
    `${head}registers:\n  level: { table: input, address: 0 }\n  pump: { table: coil, address: 0 }\nprocess:\n  level: { equals: 'if(pump, 1, 0)' }\nlogic:\n  - level: 5\ninterlocks:\n  - { output: pump, allow: level - 1 }\n`,
    [
      '9:5 "level" is an input: each scan reads it anew (give the result another name)',
      '11:28 interlocks.0.allow: expected a bool, came a number, in column 1 of "level - 1"',
    ],
  ],
  [
    'a wiring that cannot be, registers of pins that are not wired',
    `${head}rack:\n  unit: unit.yaml\n  units:\n    - address: 0\n      wiring:\n        - { pin: 1, as: contact, signal: { constant: 1 } }\n        - { pin: 2, as: voltage-in, signal: { constant: 1 } }\n    - { address: 0, wiring: [] }\n    - { address: 2, wiring: [] }\nregisters:\n  a: { table: input, address: 0, pin: 0/4 }\n  b: { table: input, address: 1, pin: 7/1 }\n  c: { table: holding, address: 0, drives: 0/2 }\n`,
    [
      '5:3 3 units (a rack of small has 2 at most)',
      '8:13 pin 1 cannot be contact (pins that can: 3)',
      '10:9 address 0 is taken (give each unit an address of its own)',
      '13:34 nothing is wired to pin 4 of unit 0 (wire it below "rack")',
      '14:34 no unit has address 7 (a unit is a small of "rack")',
      '15:36 pin 2 is voltage-in, no output (read it by "pin")',
    ],
  ],
  [
    'a unit file that is not there',
    `${head}rack: { unit: no.yaml, units: [{ address: 0, wiring: [] }] }\nregisters: {}\n`,
    ['3:9 cannot read the unit file FOLDER/no.yaml (devices/edge-plc.yaml in this package is one)'],
  ],
  [
    'no YAML',
    'registers: {\n',
    ['2:1 Flow map in block collection must be sufficiently indented and end with a } at line 2, column 1:'],
  ],
])('%s', async (_name, text, expected) => {
  const errors = (await errorsOf(text)).map((it) => it.replace(folder, 'FOLDER'));
  expect(errors.map((it) => it.replace(/ \(the file must.*/, ''))).toEqual(expected);
});

test('a file that is not there is a clear error', async () => {
  await expect(readPlcFile('/nowhere/plc.yaml')).rejects.toMatchObject({ code: 'FB_PLC_PROGRAM' });
});
