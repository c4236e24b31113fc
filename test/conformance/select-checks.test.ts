// Which checks a selection names.
import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/conformance/check.ts';
import { checks } from '../../src/conformance/checks.ts';
import { selectChecks } from '../../src/conformance/select-checks.ts';

const idsOf = (selected: readonly Check[]): readonly string[] => selected.map((it) => it.id);
const usual = checks.filter((it) => it.optIn === undefined);
const below = (section: string): readonly string[] =>
  idsOf(usual.filter((it) => it.section === section || it.section.startsWith(`${section}.`)));

test('nothing said selects every check but those that cost much', () => {
  expect(selectChecks()).toEqual(usual);
  expect(usual.length).toBeLessThan(checks.length);
});

describe('a section takes what lies below it, and not what merely begins like it', () => {
  test.each(['3', '4', '6', '3.1', '3.3', '3.1.2', '3.1.2.5', '4.7'])('%s', (section) => {
    expect(idsOf(selectChecks(section))).toEqual(below(section));
    expect(below(section)).not.toEqual([]);
  });

  test('3.1 does not take 3.10', () => {
    expect(selectChecks('3.1').some((it) => it.section.startsWith('3.10'))).toBe(false);
    expect(below('3.10')).not.toEqual([]);
  });
});

test('a statement takes its checks, with and without MQTT-, in any case', () => {
  const judging = idsOf(usual.filter((it) => it.statements.includes('MQTT-3.8.4-1')));
  expect(judging.length).toBeGreaterThan(0);
  for (const word of ['MQTT-3.8.4-1', '3.8.4-1', 'mqtt-3.8.4-1']) expect(idsOf(selectChecks(word))).toEqual(judging);
});

test('globs and several words add up, each check once and in the order of the suite', () => {
  const both = selectChecks(' retained/*, will/*,will/retain ');
  expect(idsOf(both)).toEqual(idsOf(usual.filter((it) => /^(?:retained|will)\//.test(it.id))));
  expect(idsOf(selectChecks('MQTT-3.3.1-*'))).toEqual(
    idsOf(usual.filter((it) => it.statements.some((id) => id.startsWith('MQTT-3.3.1-')))),
  );
});

test('every check is selected by its own id, and alone', () => {
  for (const { id } of checks) expect(idsOf(selectChecks(id))).toEqual([id]);
});

test('a word that names nothing is told, whatever stands beside it', () => {
  expect(() => selectChecks('will/*,9.9')).toThrow(/no check fits the selection "9.9"/);
});
