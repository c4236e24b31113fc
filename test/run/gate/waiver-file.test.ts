// Waivers: what a file may say, and everything that is wrong with one at once, each with its place.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { errorText } from '../../../src/error.ts';
import { parseWaivers, readWaivers, waiversJsonSchema } from '../../../src/run/gate/waiver-file.ts';
import { FileErrors } from '../../../src/bench/files/file-errors.ts';

const good = `waivers:
  - target: 'mosquitto*'
    statement: MQTT-3.1.2-8
    reason: fixed in the next version
    link: https://example.org/issues/1
    expires: 2027-03-31
  - target: '*'
    check: keep-alive/kept
    reason: nobody here needs it
    link: https://example.org/issues/2
    expires: 2027-12-31
`;

function problemsOf(text: string): readonly string[] {
  try {
    parseWaivers('w.yaml', text);
    return [];
  } catch (error) {
    if (!(error instanceof FileErrors)) throw error;
    return error.errors.map((it) => errorText(it));
  }
}

/** The good file with one thing changed. */
const changed = (from: string, to: string): string => good.replace(from, to);

test('a good file is read as it stands', () => {
  const { file, entries } = parseWaivers('w.yaml', good);
  expect(file).toBe('w.yaml');
  expect(entries.map((it) => [it.target, it.id, it.expires])).toEqual([
    ['mosquitto*', 'MQTT-3.1.2-8', '2027-03-31'],
    ['*', 'keep-alive/kept', '2027-12-31'],
  ]);
});

test.each([
  ['no reason', '    reason: fixed in the next version\n', '', 'w.yaml:2:5 waivers.0.reason: expected a sentence'],
  ['no link', '    link: https://example.org/issues/1\n', '', 'w.yaml:2:5 waivers.0.link: expected a link'],
  ['no day', '    expires: 2027-03-31\n', '', 'w.yaml:2:5 waivers.0.expires: expected a day'],
  ['no target', "target: 'mosquitto*'\n    ", '', 'w.yaml:2:5 waivers.0.target: expected the name of a target'],
  ['a link that is none', 'https://example.org/issues/1', 'JIRA-1', 'w.yaml:5:5 waivers.0.link'],
  ['a link to a program', 'https://example.org/issues/1', 'javascript:alert(1)', 'w.yaml:5:5 waivers.0.link'],
  ['a day that is none', '2027-03-31', '2027-02-30', 'w.yaml:6:5 waivers.0.expires'],
  ['both kinds', 'statement:', 'check: keep-alive/kept\n    statement:', 'w.yaml:2:5 waivers.0: needs either'],
  ['neither kind', '    statement: MQTT-3.1.2-8\n', '', 'w.yaml:2:5 waivers.0: needs either'],
  ['an unknown key', 'reason:', 'because:', 'unknown key "because"'],
  ['a statement that is none', 'MQTT-3.1.2-8', 'MQTT-3.1.2-88', 'did you mean "MQTT-3.1.2-8"?'],
  ['a check that is none', 'keep-alive/kept', 'keep-alive/keptt', 'w.yaml:8:5 waivers.1.check: there is no check'],
  ['no YAML', 'waivers:', 'waivers: [', '[FB_WAIVERS_FILE]'],
])('%s is told with its place', (_what, from, to, said) => {
  expect(problemsOf(changed(from, to)).join('\n')).toContain(said);
});

test('everything that is wrong is told at once', () => {
  const both = changed('https://example.org/issues/1', 'x').replace('2027-12-31', 'never');
  expect(problemsOf(both)).toHaveLength(2);
});

test('a file that is not there is an error with a hint', async () => {
  await expect(readWaivers('no-such-file.yaml')).rejects.toMatchObject({ code: 'FB_WAIVERS_FILE' });
});

test('docs/schemas/waivers.schema.json is current (vitest -u writes it anew), and fits good files only', async () => {
  const schema = waiversJsonSchema();
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/schemas/waivers.schema.json',
  );
  const validate = new Ajv2020({ formats: { date: true, uri: true } }).compile(schema as object);
  expect(validate(parse(good)) || validate.errors).toBe(true);
  expect(validate(parse(changed('reason:', 'because:')))).toBe(false);
});

test('the documented example is a good file', () => {
  const page = readFileSync(new URL('../../../docs/conformance.md', import.meta.url), 'utf8');
  const [, example = ''] = /```yaml\n(waivers:[\s\S]*?)```/.exec(page) ?? [];
  expect(parseWaivers('docs/conformance.md', example).entries.length).toBeGreaterThan(0);
});
