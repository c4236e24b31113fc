// docs/faults.md is true: its tables are what the code does, and its examples are files that can be read and run.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { taintsConnection } from '../../src/faults/blame.ts';
import { faultInWords } from '../../src/faults/fault-in-words.ts';
import { faultKind, streamAfter, type StreamAfter } from '../../src/faults/fault-words.ts';
import { parseFaultFile, readFaultFile } from '../../src/scenario/fault-file.ts';
import { deeds, deedKeys, whenKeys, setKeys } from '../../src/scenario/fault-schema.ts';
import { faultFilePath, shippedFaults } from '../../src/scenario/shipped-faults.ts';
import { scenarioTest } from '../../src/vitest.ts';

const page = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8');
const [example = '', scenario = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((it) => it[1]);
const rowOf = (word: string): readonly string[] =>
  (page.split('\n').find((line) => line.startsWith(`| \`${word}\``)) ?? '').split('|').map((cell) => cell.trim());

test('the example of a fault file can be read', () => {
  expect(parseFaultFile('f.yaml', example).map((it) => it.id)).toEqual(['lose-first-pubrec', 'slow-alarms']);
});

test.each(deeds)('the row of "%s" says what it takes, leaves, and whether it taints', (deed) => {
  const [, , parameters = '', , stream = '', taint = ''] = rowOf(deed);
  const keys = [...parameters.matchAll(/`(\w+)`/g)].map(([, key]) => key);
  expect(new Set(keys)).toEqual(new Set(deedKeys(deed)));
  const needed = { hold: 'for: 1s', rewrite: 'set: { topic: a }', corrupt: 'bits: 1', truncate: 'keep: 1 B' };
  const more = deed in needed ? `, ${needed[deed as keyof typeof needed]}` : ''; // asked the line before
  const [fault] = parseFaultFile('f.yaml', `faults: [{ id: f, do: ${deed}${more} }]`);
  if (!fault) throw new Error('no fault');
  expect(stream).toBe(streamAfter(fault.action.do));
  const always = taintsConnection(fault.action) ? 'yes' : 'no';
  expect(taint).toBe(keys.includes('set') ? 'with some `set`' : always);
});

test('every field of a match and of a rewrite is explained', () => {
  const [matches = ''] = /## When[\s\S]*?\n## Do/.exec(page) ?? [];
  for (const key of whenKeys) expect(matches).toMatch(new RegExp(`^\\| .*\`${key}\``, 'm'));
  const [sets = ''] = /^`set` knows .*$/m.exec(page) ?? [];
  for (const key of setKeys) expect(sets).toMatch(new RegExp(`\`${key}\\b`));
});

test.each<StreamAfter>(['packets', 'damaged', 'silent', 'ended'])('what is left "%s" is told by its name', (after) => {
  expect(page).toContain(`**${after}**, told as \`${faultKind(after)}\``);
});

function taints(set: string): boolean {
  const [fault] = parseFaultFile('f.yaml', `faults: [{ id: f, do: rewrite, set: { ${set} } }]`);
  return fault !== undefined && taintsConnection(fault.action);
}

test('the fields that taint are those that the page names', () => {
  const [, named = ''] = /keep books by \((.*?)\)/.exec(page) ?? [];
  const samples: Readonly<Record<(typeof setKeys)[number], string>> = {
    packetId: 'packetId: 1',
    dup: 'dup: true',
    qos: 'qos: 1',
    retain: 'retain: true',
    topic: 'topic: a',
    payload: 'payload: a',
    sessionPresent: 'sessionPresent: true',
    returnCode: 'returnCode: 1',
    returnCodes: 'returnCodes: [1]',
    requestedQos: 'requestedQos: 1',
    cleanSession: 'cleanSession: true',
    keepAlive: 'keepAlive: 1s',
    clientId: 'clientId: { append: a }',
    userName: 'userName: a',
    will: 'will: remove',
  };
  const tainting = setKeys.filter((it) => taints(samples[it]));
  expect([...named.matchAll(/`(\w+)`/g)].map(([, key]) => key)).toEqual(expect.arrayContaining([...tainting]));
  expect(named.match(/`/g)).toHaveLength(2 * tainting.length);
});

test('the table of shipped faults is what the files say (vitest -u writes it anew)', async () => {
  const rows = await Promise.all(
    (await shippedFaults()).map(async (name) => {
      const [first = ''] = readFileSync(await faultFilePath(name), 'utf8').split('\n');
      const faults = (await readFaultFile(name)).map(faultInWords);
      return `| \`${name}\` | ${first.replace(/^# /, '')} | ${faults.join('; ')} |`;
    }),
  );
  const table = ['| faults | | what they do |', '| --- | --- | --- |', ...rows].join('\n');
  const current = page.replace(
    /(<!-- faults -->\n)[\s\S]*?(<!-- end of faults -->)/,
    (_, before: string, after: string) => `${before}\n${table}\n\n${after}`,
  );
  expect(current).toContain(table);
  await expect(current).toMatchFileSnapshot('../../docs/faults.md');
});

describe('the example of a scenario', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fieldbench-faults-page-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'late-alarms.yaml');
  writeFileSync(file, scenario);
  scenarioTest(file);
});
