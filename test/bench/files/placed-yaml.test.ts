// YAML as people write it, with anchors and merges: the data is what YAML says, and every value knows its place.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { errorText, placeText } from '../../../src/error.ts';
import { parsePlaced, placeIn, plain } from '../../../src/bench/files/placed-yaml.ts';
import { FileErrors } from '../../../src/bench/files/file-errors.ts';

const words = { kind: 'file', hint: 'h', codes: { file: 'FB_FILE', yaml: 'FB_YAML', schema: 'FB_SCHEMA' } };
const read = (text: string) => parsePlaced('f.yaml', text, words);
const dataOf = (text: string): unknown => plain(read(text));

const placed = (...path: string[]): string => placeText(placeIn(read(shared), path));

function wrongWith(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof FileErrors) return error.errors.map((it) => errorText(it).replaceAll('\n', ' | '));
    throw error;
  }
  return [];
}

const shared = `base: &base { keepAlive: 10s, qos: 1 }
first: *base
second:
  <<: *base
  qos: 2
third: { <<: [{ a: 1 }, { a: 2, b: 3 }], c: 4 }
`;

test('an alias stands for what it names, and a merge gives way to what the mapping says itself', () => {
  expect(dataOf(shared)).toEqual({
    base: { keepAlive: '10s', qos: 1 },
    first: { keepAlive: '10s', qos: 1 },
    second: { keepAlive: '10s', qos: 2 },
    third: { a: 1, b: 3, c: 4 },
  });
});

test('what comes from an anchor is placed where it was written', () => {
  expect(placed('second', 'qos')).toBe('f.yaml:5:3');
  expect(placed('second', 'keepAlive')).toBe('f.yaml:1:15');
  expect(placed('first')).toBe('f.yaml:2:1');
  expect(placed('first', 'nothing', 'below')).toBe('f.yaml:2:1');
});

test('a quoted "<<" is a key like any other', () => {
  expect(dataOf('"<<": 1')).toEqual({ '<<': 1 });
});

test('whatever can be written is read as the YAML library reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = stringify(value);
      expect(dataOf(text)).toEqual(parse(text));
    }),
    { numRuns: 200 },
  );
});

describe('what is refused', () => {
  test('aliases of aliases, ten times ten times ten', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let n = 1; n < 10; n++)
      lines.push(`a${n}: &a${n} [${Array.from({ length: 10 }, () => `*a${n - 1}`).join(', ')}]`);
    expect(wrongWith(lines.join('\n'))).toEqual([
      'f.yaml:5:45 the aliases of this file stand for more than 100000 values [FB_YAML] |   hint: aliases of aliases multiply; write out what they stand for',
    ]);
  });

  test.for([
    ['an alias of what it stands in', 'a: &a { b: *a }', 'f.yaml:1:12 there is no anchor "&a" that ends before'],
    ['an alias of nothing', 'a: *nowhere', '[FB_YAML]'],
    ['a merge of what is no mapping', 'a: { <<: 3 }', 'f.yaml:1:10 "<<" merges mappings only'],
    ['a key that is no text', '? [a, b]\n: 1', 'f.yaml:1:3 a key is plain text'],
  ] as const)('%s', ([, text, says]) => {
    expect(wrongWith(text)).toEqual([expect.stringContaining(says)]);
  });
});
