// Recorded signals from CSV, with all that is wrong and its line; signals as files write them.
import { expect, test } from 'vitest';
import { parseSignalCsv } from '../../../src/bench/devices/signal-csv.ts';
import { replayKey, replaysOf, signalOf, signalSchema } from '../../../src/bench/devices/signal-schema.ts';
import { FileErrors } from '../../../src/bench/files/file-errors.ts';

const csv = '# a pump test\ntimeS,bar,degC\n0,1.5,20\n0.5,,21\n2,3e0,22\n';

test('a column by its name; an empty cell is a gap', () => {
  expect(parseSignalCsv(csv, 'x.csv')).toEqual([
    { atMs: 0, value: 1.5 },
    { atMs: 500, value: undefined },
    { atMs: 2000, value: 3 },
  ]);
  expect(parseSignalCsv(csv, 'x.csv', 'degC').map((it) => it.value)).toEqual([20, 21, 22]);
});

test.each([
  ['no names', '0,1\n1,2\n', ['x.csv:1 the first line does not name the columns']],
  ['no rows', 'timeS,a\n', ['x.csv:1 there are no rows below the names']],
  [
    'three wrong rows',
    'timeS,a\n0,1\nx,2\n0,3\n2,0x10\n3,4\n',
    ['x.csv:3 "x" is no time', 'x.csv:4 time does not go on at 0 s', 'x.csv:5 "0x10" is no number'],
  ],
])('%s: all of it at once', (_name, text, expected) => {
  const thrown = (() => {
    try {
      return parseSignalCsv(text, 'x.csv');
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(FileErrors);
  const { errors } = thrown as FileErrors;
  expect(errors.map((it) => `${it.at?.file}:${it.at?.line} ${it.message}`)).toEqual(expected);
  expect(errors.every((it) => it.code === 'FB_SIGNAL_FILE' && it.hint !== undefined)).toBe(true);
});

test('a column that is not there gets the nearest name as hint', () => {
  expect(() => parseSignalCsv(csv, 'x.csv', 'degc')).toThrow(
    expect.objectContaining({ errors: [expect.objectContaining({ hint: 'did you mean "degC"?' })] }),
  );
});

test('a random walk without the word is one with it; random parts take the interval of the device', () => {
  const keys = { start: 1, step: 0.5, min: 0, max: 2 };
  const meant = { kind: 'walk', ...keys, everyMs: 200 };
  expect(signalOf(signalSchema.parse({ unit: 'm', ...keys }), 200, new Map())).toEqual(meant);
  expect(signalOf(signalSchema.parse({ walk: keys }), 200, new Map())).toEqual(meant);
  expect(signalOf(signalSchema.parse({ noise: { deviation: 1, every: '1s' } }), 200, new Map())).toMatchObject({
    everyMs: 1000,
  });
});

test('a sum with a recording', () => {
  const written = signalSchema.parse({
    unit: 'degC',
    sum: [
      { replay: 'day.csv', column: 'degC' },
      { sine: { amplitude: 1, period: '1h' } },
      { ramp: { from: 0, to: 1, over: '1min' } },
    ],
  });
  expect(replaysOf(written).map((it) => it.path)).toEqual([['sum', 0, 'replay']]);
  const points = [{ atMs: 0, value: 1 }];
  const recordings = new Map([[replayKey({ replay: 'day.csv', column: 'degC' }), points]]);
  expect(signalOf(written, 100, recordings)).toMatchObject({
    kind: 'sum',
    of: [
      { kind: 'replay', points },
      { kind: 'sine', mean: 0, periodMs: 3_600_000, phaseMs: 0 },
      { kind: 'ramp', overMs: 60_000, atEnd: 'hold' },
    ],
  });
});

test.each([
  {
    steps: [
      { at: '2s', value: 1 },
      { at: '1s', value: 2 },
    ],
  },
  { start: 0, step: 1, min: 2, max: 1 },
  { sine: { amplitude: 1, period: '0s' } },
  { constant: 1, ramp: { from: 0, to: 1, over: '1s' } },
])('refused: %j', (written) => {
  expect(signalSchema.safeParse(written).success).toBe(false);
});
