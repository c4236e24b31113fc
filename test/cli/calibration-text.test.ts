// What a person reads of a calibration: each verdict in its word, each gap with its fix, and whether any of it counts.
import { expect, test } from 'vitest';
import { notMeasured, type CalibrationRow } from '../../src/bench/calibration/row.ts';
import { calibrationLines, rowLines } from '../../src/cli/calibration-text.ts';

const row: CalibrationRow = {
  id: 'rate',
  asked: 'embedded: 9600 bit/s',
  measured: '9601 bit/s',
  tolerance: '+/-3 %',
  verdict: 'ok',
  isControl: false,
  figures: {},
};
const record = { schema: 1, date: '', host: '', machine: { loadAtStart: '0.1' }, seed: 1, rows: [] } as const;

test('a row says what was asked, what came and what is allowed', () => {
  expect(rowLines(row)).toEqual([
    'ok           embedded: 9600 bit/s',
    '             9601 bit/s',
    '             allowed: +/-3 %',
  ]);
});

test('a control is flagged or not', () => {
  expect(rowLines({ ...row, isControl: true })[0]).toMatch(/^flagged /);
  expect(rowLines({ ...row, isControl: true, verdict: 'off' })[0]).toMatch(/^NOT FLAGGED /);
});

test('what was not measured says why, and how to get it', () => {
  expect(rowLines(notMeasured('bytes', 'IP bytes', 'needs socat', 'apt-get install socat'))).toEqual([
    'not measured IP bytes',
    '             needs socat',
    '             to get it: apt-get install socat',
  ]);
});

const text = (isValid: boolean): string => calibrationLines({ ...record, isValid }, '/state/file').join('\n');

test('a calibration in which a wrong link was missed is called not valid', () => {
  expect(text(true)).toContain('Every link that was wrong on purpose was flagged');
  expect(text(false)).toContain('NOT VALID');
  expect(text(true)).toContain('Kept in /state/file');
});
