// docs/targets.md is true: its tables are what the shipped files and the code say, and its examples are read, started and played.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { needs } from '../../../src/bench/target/need.ts';
import { ways } from '../../../src/bench/target/target-schema.ts';
import { parseTargetFile, shippedTarget, shippedTargets } from '../../../src/bench/target/target-file.ts';
import { targetSchema } from '../../../src/bench/target/target-schema.ts';
import { targetOf } from '../../../src/bench/target/target.ts';
import { containerWay, processWay } from '../../../src/bench/target/way-schema.ts';
import { placeholders } from '../../../src/parts/brokers/placeholders.ts';
import { listenerNames } from '../../../src/parts/brokers/target-way.ts';
import { runConformance, runScenario } from '../../../src/run/complete-run.ts';
import { need } from '../../support/needs.ts';

const page = readFileSync(new URL('../../../docs/targets.md', import.meta.url), 'utf8');
const [remote = '', own = '', scenario = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((it) => it[1]);
const folder = mkdtempSync(join(tmpdir(), 'fieldbench-targets-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const signal = new AbortController().signal;

function targetsTable(): string {
  const rows = shippedTargets().flatMap((name) => {
    const target = shippedTarget(name)?.target;
    if (target === undefined) return [];
    const { title, status, limits } = target;
    const described = ways.filter((way) => target[way] !== undefined).join(', ');
    const limited = limits.map((it) => `${it.needs}: [${it.says}](${it.source})`).join('; ');
    return `| \`${name}\` | ${title} | ${described} | ${status} | ${limited} |`;
  });
  return ['| target | | ways | status | declared limits |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

const placeholdersTable = (): string =>
  [
    '| placeholder | is |',
    '| --- | --- |',
    '| `${port.NAME}` | port of a listener, or a further one |',
    ...Object.entries(placeholders).map(([name, text]) => `| \`\${${name}}\` | ${text} |`),
  ].join('\n');

const needsList = (): string => `${needs.map((it) => `\`${it}\``).join(', ')}.`;

test('the tables are what the files and the code say (vitest -u writes them anew)', async () => {
  const parts: Readonly<Record<string, string>> = {
    targets: targetsTable(),
    placeholders: placeholdersTable(),
    needs: needsList(),
  };
  const current = Object.entries(parts).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end of ${name} -->)`),
        (_, before: string, after: string) => `${before}\n${table}\n\n${after}`,
      ),
    page,
  );
  for (const table of Object.values(parts)) expect(current).toContain(table);
  await expect(current).toMatchFileSnapshot('../../../docs/targets.md');
});

test('every key of a target file is explained, and every listener', () => {
  const keys = [targetSchema, processWay, containerWay].flatMap((it) => Object.keys(it.shape));
  for (const key of new Set([...keys, ...listenerNames])) expect(page).toMatch(new RegExp(`^\\| .*\`${key}\``, 'm'));
});

test('the example of a broker by its URL can be read', () => {
  const { target } = parseTargetFile('north.yaml', remote);
  expect(target.remote).toMatchObject({ url: 'mqtts://broker.north.example:8883' });
});

describe('the examples that are started', { timeout: 60_000, ...need('mosquitto') }, () => {
  test('a broker of one’s own: started, judged, and its limit told', async () => {
    const file = join(folder, 'own.yaml');
    writeFileSync(file, own);
    const reportDir = join(folder, 'own');
    const select = 'connect/accepted,retained/live-copy-unmarked';
    const { run } = await runConformance({ targets: [file], select, reportDir, signal });
    expect(run.targets[0]?.version).toMatch(/^2\./);
    expect(run.targets[0]?.checks.map((it) => [it.id, it.verdict])).toEqual([
      ['connect/accepted', 'pass'],
      ['retained/live-copy-unmarked', 'skipped'],
    ]);
    expect(run.targets[0]?.limits.map((it) => it.needs)).toEqual(['retain']);
  });

  test('the scenario: played, and as expected', async () => {
    const file = join(folder, 'two-hubs.yaml');
    writeFileSync(file, scenario);
    const { run } = await runScenario({ scenario: file, trust: true, reportDir: join(folder, 'scenario'), signal });
    expect(run.verdict).toBe('pass');
  });
});

test('words of the table are targets', () => {
  vi.stubEnv('NORTH_USER', 'u');
  const words = [
    ...(page.split('<!-- targets -->')[0] ?? '').matchAll(/^\| (`[^|]+`) \| (?:a |the same|`NAME@`)/gm),
  ].flatMap(([, cell = '']) => cell.split(', '));
  const named = words.map((it) =>
    it.replaceAll('`', '').replace('HOST:PORT', '127.0.0.1:1883').replace('PATH', 'mqtt'),
  );
  expect(named).toContain('container:mosquitto');
  const whole = named.filter((it) => !it.endsWith('://') && !it.endsWith('.yaml'));
  expect(whole.length).toBeGreaterThan(5);
  for (const word of whole) expect(targetOf(word).word).toBe(word);
});
