// What the author of any YAML file of the bench sees who gets a key, a value or the YAML itself wrong.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorText, type FieldbenchError } from '../../../src/error.ts';
import { keysAt } from '../../../src/bench/files/schema-keys.ts';
import { FileErrors } from '../../../src/bench/files/file-errors.ts';
import { parseYamlFile, readYamlFile, type FileWords } from '../../../src/bench/files/yaml-file.ts';

const words: FileWords = {
  kind: 'boat file',
  hint: 'look in the harbour',
  codes: { file: 'NO_BOAT', yaml: 'NO_YAML', schema: 'BAD_BOAT' },
};
const schema = z.strictObject({
  hull: z.strictObject({ lengthM: z.number(), draughtM: z.number().default(1) }).optional(),
  sails: z.array(z.strictObject({ areaM2: z.number() })).default([]),
  crew: z.record(z.string(), z.union([z.strictObject({ ageY: z.number() }), z.strictObject({ bornY: z.number() })])),
});

function errorsOf(text: string): readonly FieldbenchError[] {
  try {
    parseYamlFile('b.yaml', text, schema, words);
  } catch (error) {
    if (error instanceof FileErrors) return error.errors;
    throw error;
  }
  return [];
}

const textsOf = (text: string): readonly string[] => errorsOf(text).map((it) => errorText(it).replaceAll('\n', ' | '));

test('a good file comes as its value, with the places of its keys', () => {
  const file = parseYamlFile('b.yaml', 'crew:\n  ann: { ageY: 7 }\n', schema, words);
  expect(file.value).toEqual({ sails: [], crew: { ann: { ageY: 7 } } });
  expect(file.place(['crew', 'ann', 'ageY'])).toEqual({ file: 'b.yaml', line: 2, column: 10 });
});

describe('what is wrong is said with its place and a hint, all at once', () => {
  test('unknown keys at every depth', () => {
    expect(textsOf('crew: {}\nhull: { lengthM: 9, draughM: 1 }\nsails: [{ aream2: 3, areaM2: 3 }]\n')).toEqual([
      'b.yaml:2:21 hull: unknown key "draughM" [BAD_BOAT] |   hint: did you mean "draughtM"?',
      'b.yaml:3:11 sails.0: unknown key "aream2" [BAD_BOAT] |   hint: did you mean "areaM2"?',
    ]);
  });

  test('a value of the wrong kind', () => {
    expect(textsOf('crew: {}\nhull: { lengthM: long }\n')[0]).toMatch(/^b\.yaml:2:9 hull\.lengthM: .*expected number/);
  });

  test('text that is no YAML', () => {
    expect(errorsOf('crew: [1')).toMatchObject([{ code: 'NO_YAML', at: { file: 'b.yaml' } }]);
  });

  test('a file that is not there', async () => {
    await expect(readYamlFile('nowhere.yaml', schema, words)).rejects.toMatchObject({
      code: 'NO_BOAT',
      message: 'cannot read the boat file nowhere.yaml',
      hint: 'look in the harbour',
    });
  });
});

test('keys are known through lists, records, defaults and both branches of a union', () => {
  expect(keysAt(schema, [])).toEqual(['hull', 'sails', 'crew']);
  expect(keysAt(schema, ['sails', 0])).toEqual(['areaM2']);
  expect(keysAt(schema, ['crew', 'ann'])).toEqual(['ageY', 'bornY']);
  expect(keysAt(schema, ['hull', 'lengthM'])).toEqual([]);
  expect(keysAt(schema, ['nowhere', 'at', 'all'])).toEqual([]);
});
