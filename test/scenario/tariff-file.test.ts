// What the author of a tariff file sees who gets it wrong, and that every shipped figure says where it is from.
import { describe, expect, test } from 'vitest';
import { errorText } from '../../src/error.ts';
import { shippedTariffs, tariffPath } from '../../src/run/shipped.ts';
import { parseTariff, readTariff } from '../../src/scenario/tariff-file.ts';
import { FileErrors } from '../../src/bench/files/file-errors.ts';

const good = `
name: own
title: our contract
currency: EUR
perMbUp: 3
perMbDown: 2
mbBytes: 1000000
layer: ip
roundingPer: session
source: contract 4711
`;

function textsOf(text: string): readonly string[] {
  try {
    parseTariff('t.yaml', text);
  } catch (error) {
    if (error instanceof FileErrors) return error.errors.map((it) => errorText(it).replaceAll('\n', ' | '));
    throw error;
  }
  return [];
}

test("one's own contract: one source for every figure, unless a figure has its own", () => {
  const { evidence, ...tariff } = parseTariff('t.yaml', `${good}evidence: { layer: 'assumed, nobody says' }\n`);
  expect(tariff).toMatchObject({ name: 'own', currency: 'EUR', perMbUp: 3 });
  expect(evidence).toMatchObject({ perMbUp: 'contract 4711', layer: 'assumed, nobody says' });
  expect(Object.keys(evidence).toSorted()).toEqual(['layer', 'mbBytes', 'perMbDown', 'perMbUp', 'roundingPer']);
});

test('without a source every figure is assumed', () => {
  expect(parseTariff('t.yaml', good.replace(/source.*\n/, '')).evidence['perMbUp']).toBe('assumed');
});

test.each(await shippedTariffs())('%s is named as its file, and each of its figures has evidence', async (name) => {
  const { name: stated, title, currency, evidence, ...figures } = await readTariff(tariffPath(name));
  expect([stated, title.length > 0, currency]).toEqual([name, true, 'USD']);
  expect(Object.keys(evidence).toSorted()).toEqual(Object.keys(figures).toSorted());
  for (const text of Object.values(evidence)) expect(text.length).toBeGreaterThan(6);
});

describe('what is wrong is said with its place and a hint', () => {
  test('a misspelt figure, and a value of the wrong kind', () => {
    expect(textsOf(good.replace('perMbDown: 2', 'perMbDwon: 2').replace('mbBytes: 1000000', 'mbBytes: 1024'))).toEqual([
      't.yaml:2:1 perMbDown: Invalid input: expected number, received undefined [FB_TARIFF_SCHEMA]',
      't.yaml:7:1 mbBytes: expected 1000000 or 1048576 [FB_TARIFF_SCHEMA]',
      't.yaml:6:1 the file: unknown key "perMbDwon" [FB_TARIFF_SCHEMA] |   hint: did you mean "perMbDown"?',
    ]);
  });

  test('evidence for a figure that there is not', () => {
    expect(textsOf(`${good}evidence: { perMb: guess }\n`)[0]).toMatch(/^t\.yaml:11:13 evidence/);
  });

  test('figures that would say nothing', () => {
    expect(textsOf(`${good}minMessageB: 5\ngraceS: 3\nincludedB: 7\n`)).toEqual([
      't.yaml:11:1 minMessageB: says nothing where rounding is per session [FB_TARIFF_SCHEMA]',
      't.yaml:12:1 graceS: needs minPerSecondB [FB_TARIFF_SCHEMA]',
      't.yaml:13:1 includedB: needs monthly [FB_TARIFF_SCHEMA]',
    ]);
  });

  test('text that is no YAML, and a file that is not there', async () => {
    expect(textsOf('a: [1')[0]).toContain('FB_TARIFF_YAML');
    await expect(readTariff(tariffPath('nowhere'))).rejects.toMatchObject({ code: 'FB_TARIFF_FILE' });
  });
});
