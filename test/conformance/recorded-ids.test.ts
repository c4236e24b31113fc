// Ids of checks and rules stay what they are: baselines, waivers and the history of every pipeline name them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checks } from '../../src/conformance/checks.ts';
import { suiteVersion } from '../../src/conformance/suite.ts';
import { rules } from '../../src/judge/rules.ts';
import { statements311 } from '../../src/spec/catalogue.ts';

const file = 'docs/ids.md';
const recorded = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^(?:check|rule) /.test(line));
const ids = [...checks.map((it) => `check ${it.id}`), ...rules.map((it) => `rule ${it.id}`)];

test('no id is gone: a rename is written down here on purpose, and in the CHANGELOG', () => {
  expect(
    recorded.filter((it) => !ids.includes(it)),
    `take them out of ${file} only if that is meant`,
  ).toEqual([]);
});

test('every id is recorded', () => {
  expect(
    ids.filter((it) => !recorded.includes(it)),
    `add these lines to ${file}`,
  ).toEqual([]);
});

test('an id names one thing', () => {
  const names = [...ids.map((it) => it.split(' ')[1] ?? ''), ...statements311().map((it) => it.id)];
  expect(names.filter((it, at) => names.indexOf(it) !== at)).toEqual([]);
  expect(recorded.filter((it, at) => recorded.indexOf(it) !== at)).toEqual([]);
});

test('the version of the suite does not depend on anything but them', () => {
  expect(suiteVersion()).toMatch(/^3\.1\.1-[0-9a-f]{8}$/);
  expect(suiteVersion()).toBe(suiteVersion());
});
