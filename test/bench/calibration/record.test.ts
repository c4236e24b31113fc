// The kept calibration: what reports quote of it, and what is not taken for one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  calibrationLine,
  keepCalibration,
  lastCalibration,
  type CalibrationRecord,
} from '../../../src/bench/calibration/record.ts';
import { notMeasured, type CalibrationRow } from '../../../src/bench/calibration/row.ts';
import { provenance } from '../../../src/bench/provenance.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fieldbench-test-'));
  vi.stubEnv('FIELDBENCH_STATE', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const row: CalibrationRow = {
  id: 'delay/embedded/300',
  asked: '300 ms',
  measured: '',
  tolerance: '',
  verdict: 'ok',
  isControl: false,
  figures: { p50Ms: 0.312, p99Ms: 1.18 },
};
const record: CalibrationRecord = {
  schema: 1,
  date: '2026-03-04T05:06:07.000Z',
  host: hostname(),
  machine: {},
  seed: 1,
  rows: [row],
  isValid: true,
};

test('a machine that was never calibrated says so in every report', () => {
  expect(lastCalibration(folder)).toBeUndefined();
  expect(provenance()['calibration']).toBe('never calibrated');
});

test('reports quote the last one with its date', () => {
  keepCalibration({ ...record, date: '2025-01-01T00:00:00.000Z' });
  keepCalibration(record);
  expect(lastCalibration(folder)).toEqual(record);
  expect(provenance()['calibration']).toBe('2026-03-04, embedded 300 ms: p50 +0.3, p99 +1.2 ms, nothing off');
});

test('what is off, missing or not valid is quoted too', () => {
  const rows: readonly CalibrationRow[] = [row, { ...row, id: 'rate', verdict: 'off' }, notMeasured('bytes', '', 'no')];
  expect(calibrationLine({ ...record, rows })).toMatch(/, 1 rows off, 1 not measured$/);
  expect(calibrationLine({ ...record, rows: [] })).toBe('2026-03-04, nothing off');
  expect(calibrationLine({ ...record, isValid: false })).toBe('2026-03-04, not valid: a wrong link was not flagged');
});

test('that of another machine, of another version or in pieces is none', () => {
  keepCalibration({ ...record, host: 'another' });
  expect(lastCalibration(folder)).toBeUndefined();
  writeFileSync(join(folder, 'calibration.json'), JSON.stringify({ ...record, schema: 2 }));
  expect(lastCalibration(folder)).toBeUndefined();
  writeFileSync(join(folder, 'calibration.json'), '{"schema":1,');
  expect(lastCalibration(folder)).toBeUndefined();
});
