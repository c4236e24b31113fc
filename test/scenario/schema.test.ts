// The published schema is the one that files are checked against, and the documented example is a scenario that runs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { scenarioJsonSchema } from '../../src/scenario/scenario-json-schema.ts';
import { scenarioTest } from '../../src/vitest.ts';

const page = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8');
const [example = '', farm = '', radio = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((it) => it[1]);
const [, timeline = ''] = /```yaml\n(timeline:[\s\S]*?)```/.exec(page) ?? [];
const shipped = readFileSync(new URL('../../scenarios/quickstart.yaml', import.meta.url), 'utf8');

test('docs/schemas/scenario.schema.json is current (vitest -u writes it anew)', async () => {
  const text = `${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../docs/schemas/scenario.schema.json');
});

test.for([
  ['the documented example', example],
  ['the one with parameters', farm],
  ['the quickstart', shipped],
])('%s fits the published schema', ([, text = '']) => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(scenarioJsonSchema() as object);
  expect(validate(parse(text, { merge: true })) || validate.errors).toBe(true);
});

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'two-parts.yaml');
writeFileSync(file, example);
scenarioTest(file);
writeFileSync(join(folder, 'radio.yaml'), radio);
writeFileSync(join(folder, 'tank-farm.yaml'), farm);
scenarioTest(join(folder, 'tank-farm.yaml'), { set: { tanks: '2', interval: '100ms' } });

describe('the documented timeline', () => {
  const lively = join(folder, 'lively.yaml');
  writeFileSync(lively, example.replace(/^timeline:\n(?: {2}.*\n)+/m, timeline).replace(/^expectations:[\s\S]*/m, ''));
  scenarioTest(lively, {
    knownFailures: {
      'MQTT-3.2.2-2': { why: 'Aedes keeps a session by its subscriptions alone', sometimes: true },
      'MQTT-3.3.1-3': { why: 'Aedes forwards the DUP flag of a message that was sent again', sometimes: true },
    },
  });
});
