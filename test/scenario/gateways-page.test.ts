// docs/gateways.md is true: its examples can be read, and the whole ones are played.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { probes } from '../../src/bench/probes.ts';
import { runScenario } from '../../src/run/complete-run.ts';
import { parseScenario } from '../../src/scenario/read-scenario.ts';
import { need } from '../support/needs.ts';

const page = readFileSync(new URL('../../docs/gateways.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((it) => it[1] ?? '');
const whole = examples.filter((it) => it.startsWith('name:'));
const partial = examples.filter((it) => !it.startsWith('name:'));

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-gateways-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const around = {
  name: 'around',
  question: 'What stands around an example?',
  brokers: { hub: { target: 'mosquitto' }, site: { target: 'mosquitto' } },
  links: { radio: {}, satellite: {} },
  devices: {},
  duration: '1s',
};

test.each(partial)('what is shown in part can stand in a scenario: %#', (text) => {
  expect(() => parseScenario('page.yaml', JSON.stringify({ ...around, ...(parse(text) as object) }))).not.toThrow();
});

test('what has to be there is what the probes tell', () => {
  for (const fix of [
    'npm install -g node-red node-red-contrib-modbus',
    'docker build -t fieldbench/node-red:local gateways/node-red',
    'apt-get install python3-paho-mqtt',
  ]) {
    expect(page).toContain(fix);
    expect(probes.some((it) => it.fix.includes(fix))).toBe(true);
  }
});

describe('whole examples', need('mqtt-js', 'paho-mqtt', 'mosquitto'), () => {
  test.each(whole)('%#', { timeout: 60_000 }, async (text) => {
    const { name } = parse(text) as { readonly name: string };
    const scenario = join(folder, `${name}.yaml`);
    writeFileSync(scenario, text);
    const { signal } = new AbortController();
    const { run, failure } = await runScenario({ scenario, reportDir: join(folder, name), signal });
    expect(failure).toBeUndefined();
    const verdicts = run.targets.flatMap((it) => [...it.checks, ...it.statements]).map((it) => it.verdict);
    expect(verdicts).toContain('pass');
    expect(verdicts).not.toContain('fail');
  });
});
