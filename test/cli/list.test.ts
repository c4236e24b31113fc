// What `fieldbench list` shows: every row whole, whatever the width of the terminal, and on one line for programs.
import { describe, expect, test } from 'vitest';
import { checks } from '../../src/conformance/checks.ts';
import { tableLines } from '../../src/cli/table.ts';
import { statements311 } from '../../src/spec/catalogue.ts';
import { Workplace } from './command-line.ts';

describe('a table', () => {
  const text = 'one two three four five six seven eight nine ten eleven twelve thirteen';
  const rows = [
    ['connect/accepted', '3.2', '', text],
    ['filters/reference', '4.7.1', 'alone, unsafe', text],
  ];

  test.each([80, 120])('fits into %i columns, with nothing lost', (width) => {
    const lines = tableLines(rows, width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.join(' ').split(/\s+/)).toEqual(rows.flat().join(' ').split(/\s+/));
    expect(lines.filter((line) => !line.startsWith(' '))).toHaveLength(rows.length);
  });

  test('has its last column below where there is no room beside the others', () => {
    expect(tableLines([['a'.repeat(50), '3.2', 'words']], 80)).toEqual([`${'a'.repeat(50)}  3.2`, '    words']);
    expect(tableLines([['a', '3.2', 'words']], 80)).toEqual(['a  3.2  words']);
  });

  test('stands on one line a row for programs', () => {
    expect(tableLines(rows, Number.POSITIVE_INFINITY)).toHaveLength(rows.length);
    expect(tableLines([['one'], ['two']], Number.POSITIVE_INFINITY)).toEqual(['one', 'two']);
  });
});

test.concurrent(
  'list checks: section, and what a check needs for itself or is kept from, with the reason',
  { timeout: 60_000 },
  async () => {
    await using place = new Workplace();
    const { code, stdout } = await place.run(['list', 'checks']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(checks.length);
    for (const [at, { id, section, title, unsafe, optIn }] of checks.entries()) {
      expect(lines[at]).toMatch(new RegExp(String.raw`^${id} +${section.replaceAll('.', String.raw`\.`)} `));
      expect(lines[at]).toContain(title);
      expect(lines[at]?.includes(`; unsafe: it ${unsafe}`)).toBe(unsafe !== undefined);
      expect(lines[at]?.includes(`; opt-in: it ${optIn}`)).toBe(optIn !== undefined);
    }
    expect(stdout).toMatch(/^restart\/killed +\S+ +own broker /m);
  },
);

test.concurrent('list statements: by how much each is judged, or why it is not', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  const { code, stdout } = await place.run(['list', 'statements']);
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(statements311().length);
  for (const line of lines)
    expect(line).toMatch(/^MQTT-\S+ +(?:[1-9]\d* checks?(?:, [1-9]\d* rules?)? .+|- .+; not judged: .+)$/);
  expect(stdout).toMatch(/^MQTT-4\.8\.0-2 +- .+ can be neither forced nor recognised from outside/m);
});

test.concurrent('list tariffs: names, and of one each figure with its evidence', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  const all = await place.run(['list', 'tariffs']);
  expect(all.stdout).toMatch(/^bgan +Inmarsat BGAN/m);
  const one = await place.run(['list', 'tariffs', 'certus-100']);
  expect(one.stdout).toMatch(/^minPerSecondB +300 .+digitalskies\.info/m);
  expect(one.stdout).toMatch(/^perMbUp +5 +assumed/m);
  expect(await place.run(['list', 'tariffs', 'certus'])).toMatchObject({ code: 2 });
  expect(await place.run(['list', 'rules', 'certus'])).toMatchObject({ code: 2 });
});
