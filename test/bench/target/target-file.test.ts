// Target files: what is wrong with one is told at once, each with its place and a hint; the published schema is the one in use.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FileErrors } from '../../../src/bench/files/file-errors.ts';
import { parseTargetFile, shippedTarget, shippedTargets } from '../../../src/bench/target/target-file.ts';
import { targetJsonSchema } from '../../../src/bench/target/target-schema.ts';
import { errorText } from '../../../src/error.ts';

test('docs/schemas/target.schema.json is current (vitest -u writes it anew)', async () => {
  const text = `${JSON.stringify(targetJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../../docs/schemas/target.schema.json');
});

describe.each(shippedTargets())('%s.yaml', (name) => {
  test('can be read', () => {
    expect(shippedTarget(name)?.target.title).toMatch(/\S/);
  });

  test('fits the published schema', () => {
    const validate = new Ajv2020().compile(targetJsonSchema() as object);
    const text = readFileSync(new URL(`../../../scenarios/targets/${name}.yaml`, import.meta.url), 'utf8');
    expect(validate(parse(text)) || validate.errors).toBe(true);
  });
});

function problemsOf(text: string): readonly string[] {
  try {
    parseTargetFile('t.yaml', text);
  } catch (error) {
    if (error instanceof FileErrors) return error.errors.map(errorText);
    throw error;
  }
  return [];
}

const good = `title: T
process:
  program: x
  listeners: { mqtt: {} }
`;

test('a good one has nothing wrong with it', () => {
  expect(problemsOf(good)).toEqual([]);
});

test('everything is told at once', () => {
  const text = `title: T
limts: []
limits:
  - { needs: qos3, says: no, source: nowhere }
process:
  program: x
  args: ['\${port.mqt}']
  listeners: { acl: { on: login } }
`;
  expect(problemsOf(text).map((it) => it.split('\n')[0])).toEqual([
    't.yaml:8:23 process.listeners.acl.on: there is no listener "login" with a port of its own [FB_TARGET_SCHEMA]',
    't.yaml:8:3 process.listeners: expected a listener "mqtt" [FB_TARGET_SCHEMA]',
    expect.stringMatching(/^t\.yaml:7:10 process\.args\.0: there is no placeholder "\$\{port\.mqt\}": /),
    't.yaml:4:7 limits.0.needs: expected one of: qos1, qos2, retain, will, session, wildcards, websocket, acl, login, tls, clientCertificates, restart [FB_TARGET_SCHEMA]',
    't.yaml:4:30 limits.0.source: expected the https:// address of the page of the vendor that says so [FB_TARGET_SCHEMA]',
    't.yaml:2:1 the file: unknown key "limts" [FB_TARGET_SCHEMA]',
  ]);
});

test.each([
  [
    'program: x',
    "program: x\n  args: ['${prot.mqtt}']",
    'there is no placeholder "${prot.mqtt}": did you mean "port.mqtt"?',
  ],
  ['program: x', 'program: x\n  files: { ../x: y }', 'expected a path without ".."'],
  ['program: x', 'program: x\n  files: { /x: y }', 'expected a path below the folder of the instance'],
  [
    'program: x',
    "program: x\n  version: { text: '1', label: x }",
    'expected exactly one of: command, package, label, text',
  ],
  ['program: x', 'program: x\n  version: { file: /x }', 'process.version: unknown key "file"'],
  ['program: x', "program: '${dir}/x'", 'process.program.0: there is no placeholder "${dir}": known are: here, node'],
  ['program: x', "program: x\n  needs: ['${program}.so']", 'process.needs.0: there is no placeholder "${program}"'],
  ['mqtt: {}', 'mqtt: {}, tls: { login: true }', 'process.listeners.tls: unknown key "login"'],
  ['mqtt: {}', 'mqtt: {}, websocket: { path: /, login: true }', 'process.listeners.websocket: unknown key "login"'],
  ['program: x', "program: x\n  version: { command: [x], pattern: 'x' }", 'expected exactly one group'],
  ['process:', 'proces:', 'unknown key "proces"'],
])('%s -> %s', (from, to, message) => {
  expect(problemsOf(good.replace(from, () => to)).join('\n')).toContain(message);
});

test('a placeholder that is escaped is none', () => {
  expect(problemsOf(good.replace('program: x', () => "program: x\n  args: ['$${anything}']"))).toEqual([]);
});
