// The language of PLC logic: values, blocks over scans, and where something is wrong.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { typeOf } from '../../../../src/parts/devices/logic/check-types.ts';
import { compile } from '../../../../src/parts/devices/logic/compile.ts';
import { ExpressionError } from '../../../../src/parts/devices/logic/expression.ts';
import type { LogicType } from '../../../../src/parts/devices/logic/expression.ts';
import { parseExpression } from '../../../../src/parts/devices/logic/parse.ts';

const names = new Map<string, LogicType>([
  ['a', 'bool'],
  ['b', 'bool'],
  ['x', 'number'],
  ['y', 'number'],
  ['wait', 'time'],
]);

/** The values of an expression, one scan of 100 ms for each row of values. */
function scans(text: string, rows: readonly Readonly<Record<string, number>>[]): number[] {
  const evaluate = compile(parseExpression(text));
  return rows.map((row) => evaluate({ get: (name) => row[name] ?? 0, elapsedMs: 100 }));
}

const once = (text: string, row: Readonly<Record<string, number>> = {}): number => scans(text, [row])[0] ?? Number.NaN;

test.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 4 - 3', 3],
  ['-2 * -3', 6],
  ['7 % 4 / 2', 1.5],
  ['1.5e1', 15],
  ['true or false and false', 1],
  ['not true or true', 1],
  ['not (true or true)', 0],
  ['not 1 > 2', 1],
  ['true xor true', 0],
  ['(1 < 2) == true', 1],
  ['min(3, 1, 2) + max(3, 1, 2)', 4],
  ['abs(-3) + clamp(9, 0, 5)', 8],
  ['if(2 >= 2, 1, 5)', 1],
  ['2min / 1s', 120],
  ['seconds(3) + 500ms', 3500],
])('%s is %d', (text, value) => {
  expect(once(text)).toBe(value);
});

const rowsOf = (name: string, bits: string) => Array.from(bits, (it) => ({ [name]: Number(it) }));

test.each([
  ['rising(a)', '0110100', '0100100'],
  ['rising(a)', '10', '10'],
  ['falling(a)', '0110100', '0001010'],
  ['ton(a, 200ms)', '0111101110', '0001100010'],
  ['ton(a, 0s)', '010', '010'],
  ['tof(a, 200ms)', '0100010000', '0111011100'],
  ['pulse(a, 200ms)', '0111101010000', '0110001111000'],
  ['pulse(a, 300ms)', '0101000000', '0111000000'],
  ['pulse(a, 200ms)', '0100000', '0110000'],
])('%s over %s is %s', (text, input, output) => {
  expect(scans(text, rowsOf('a', input)).join('')).toBe(output);
});

test.each([
  ['sr(a, b)', '1000110', '0010011', '1100110'],
  ['rs(a, b)', '1000110', '0010011', '1100100'],
])('%s over %s and %s is %s', (text, set, reset, output) => {
  const rows = Array.from(set, (it, n) => ({ a: Number(it), b: Number(reset[n]) }));
  expect(scans(text, rows).join('')).toBe(output);
});

test('hysteresis and counter', () => {
  const levels = [50, 61, 55, 39, 55, 61].map((x) => ({ x }));
  expect(scans('hysteresis(x, 40, 60)', levels)).toEqual([0, 1, 1, 0, 0, 1]);
  const edges = [1, 0, 1, 1, 0, 1].map((a, n) => ({ a, b: n === 4 ? 1 : 0 }));
  expect(scans('count(a, b)', edges)).toEqual([1, 1, 2, 2, 0, 1]);
});

test('blocks on the side that does not count go on all the same', () => {
  const rows = [0, 0, 0, 1].map((b) => ({ a: 1, b }));
  expect(scans('b and ton(a, 300ms)', rows)).toEqual([0, 0, 0, 1]);
  expect(scans('if(b, ton(a, 300ms), false)', rows)).toEqual([0, 0, 0, 1]);
});

/** What is wrong with a text, each as `column message`. */
function problems(text: string): string[] {
  const errors: ExpressionError[] = [];
  try {
    typeOf(parseExpression(text), names, errors);
  } catch (error) {
    errors.push(error as ExpressionError);
  }
  errors.sort((a, b) => a.offset - b.offset);
  return errors.map((it) => `${it.offset + 1} ${it.message}${it.hint === undefined ? '' : ` (${it.hint})`}`);
}

test.each<[string, string[]]>([
  ['x + ', ['5 expected a value, came the end']],
  ['(x', ['3 expected ")", came the end']],
  ['x y', ['3 "y" is too much']],
  ['a && b', ['3 "&" cannot stand in an expression (write "and")']],
  ['x = 1', ['3 "=" cannot stand in an expression (write "==" to compare)']],
  ['0 < x < 5', ['7 comparisons cannot be chained (write "a < b and b < c")']],
  ['5km', ['2 "km" is no unit of time (known are: ms, s, min, h)']],
  ['aa or b', ['1 there is no "aa" (did you mean "a"?)']],
  ['x and not y', ['1 expected a bool, came a number', '11 expected a bool, came a number']],
  ['x + wait', ['3 "+" does not go between a number and a time']],
  ['a < b', ['3 "<" does not go between a bool and a bool']],
  ['-a', ['2 expected a number, came a bool']],
  ['ton(a, 5)', ['8 expected a time, came a number (write the unit, such as 5s, or seconds(x))']],
  ['ton(a)', ['1 ton was given 1 values (it takes 2: ton(bool, time))']],
  ['min(x)', ['1 min was given 1 values (it takes 2 or more: min(number, number, ...))']],
  ['tonn(a, 5s)', ['1 there is no function "tonn" (did you mean "ton"?)']],
  ['min + 1', ['1 there is no "min" (min is a function: write min(...))']],
  ['if(a, x, b)', ['10 expected a number, came a bool']],
  [
    'constructor(a)',
    [
      '1 there is no function "constructor" (known are: min, max, abs, clamp, if, seconds, hysteresis, rising, falling, sr, rs, ton, tof, pulse, count)',
    ],
  ],
])('%s: told with its column', (text, expected) => {
  expect(problems(text)).toEqual(expected);
});

test.each(['x / 0', 'x % (1 - 1)', '1 / x'])('%s is a fault when it is worked out', (text) => {
  expect(() => once(text)).toThrow(ExpressionError);
});

test('whatever is written, it is parsed or refused at a place of its text', () => {
  const pieces = fc.constantFrom(
    'a',
    'x',
    'wait',
    '1',
    '5s',
    '(',
    ')',
    ',',
    '+',
    '-',
    '<',
    '==',
    'and',
    'not',
    'ton(',
    'if(',
    ' ',
    '!',
    '~',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 30 }).map((it) => it.join(' ')),
  );
  fc.assert(
    fc.property(text, (it) => {
      const errors: ExpressionError[] = [];
      try {
        typeOf(parseExpression(it), names, errors);
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        errors.push(error);
      }
      expect(errors.every(({ offset }) => offset >= 0 && offset <= it.length)).toBe(true);
    }),
  );
});

test('what is nested without end is refused, and does not exhaust the stack', () => {
  expect(problems('('.repeat(100_000))).toEqual(['101 nested too deeply']);
});

interface Written {
  readonly text: string;
  readonly value: number;
}

/** A sum as text and as JavaScript works it out. */
const { sum } = fc.letrec<{ sum: Written }>((tie) => ({
  sum: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: 0, max: 99 }).map((value) => ({ text: `${value}`, value })),
    fc.tuple(tie('sum'), fc.constantFrom('+', '-', '*'), tie('sum')).map(([left, sign, right]) => ({
      text: `(${left.text} ${sign} ${right.text})`,
      value:
        sign === '+' ? left.value + right.value : sign === '-' ? left.value - right.value : left.value * right.value,
    })),
  ),
}));

test('sums come out as they should', () => {
  fc.assert(
    fc.property(sum, ({ text, value }) => {
      expect(once(text)).toBeCloseTo(value);
    }),
  );
});

test('latches never forget and edges never repeat, whatever comes', () => {
  const rows = fc.array(fc.record({ a: fc.integer({ min: 0, max: 1 }), b: fc.integer({ min: 0, max: 1 }) }));
  fc.assert(
    fc.property(rows, (given) => {
      const q = scans('rs(a, b)', given);
      q.forEach((it, n) => {
        const { a = 0, b = 0 } = given[n] ?? {};
        expect(it).toBe(b === 1 ? 0 : a === 1 ? 1 : (q[n - 1] ?? 0));
      });
      const edges = scans('rising(a)', given);
      expect(edges.some((it, n) => it === 1 && edges[n - 1] === 1)).toBe(false);
      expect(scans('count(a, false)', given).at(-1) ?? 0).toBe(edges.filter((it) => it === 1).length);
    }),
  );
});
