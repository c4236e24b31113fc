// Brokers of a scenario: a target file that it names is looked for beside it, however it is named.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runScenario } from '../../src/run/complete-run.ts';
import { planOf } from '../../src/scenario/plan-of.ts';
import { readScenario } from '../../src/scenario/read-scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-scenario-targets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(join(folder, 'site.yaml'), 'title: T\nembedded: aedes\n');
const scenario = join(folder, 'scenario.yaml');
writeFileSync(
  scenario,
  `name: three-ways
question: Is each of them found?
brokers:
  plain: { target: site.yaml }
  below: { target: ./site.yaml }
  alike: { target: nats@./site.yaml }
devices: {}
duration: 200ms
settle: 200ms
`,
);

test('a target file stands beside the scenario, with the limits of another target too', async () => {
  const reportDir = join(folder, 'report');
  const { run } = await runScenario({ scenario, reportDir, signal: new AbortController().signal });
  expect(run.targets.map((it) => [it.name, it.limits.map(({ needs }) => needs)])).toEqual([
    ['plain', []],
    ['below', []],
    ['alike', ['qos2']],
  ]);
});

test('one that is named on the command line stands in the working directory', async () => {
  const { brokers } = planOf(await readScenario(scenario), { target: 'other.yaml' });
  expect(brokers).toEqual(['plain', 'below', 'alike'].map((name) => ({ name, target: 'other.yaml' })));
});
