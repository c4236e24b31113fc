// A calibration for people: a line for each row, and what all of it is worth.
import type { CalibrationRecord } from '../bench/calibration/record.ts';
import type { CalibrationRow } from '../bench/calibration/row.ts';

/** One row, as soon as it is there. */
export function rowLines(row: CalibrationRow): readonly string[] {
  const head = `${verdictWord(row).padEnd(12)} ${row.asked}`;
  const indent = ' '.repeat(13);
  if (row.verdict === 'not measured') {
    const why = (row.why ?? '').split('\n').map((line) => `${indent}${line}`);
    return [head, ...why, ...(row.fix === undefined ? [] : [`${indent}to get it: ${row.fix}`])];
  }
  return [head, `${indent}${row.measured}`, `${indent}allowed: ${row.tolerance}`];
}

/** What stands below the rows. */
export function calibrationLines(record: CalibrationRecord, file: string): readonly string[] {
  const worth = record.isValid
    ? 'Every link that was wrong on purpose was flagged.'
    : 'NOT VALID: a link that was wrong on purpose was not flagged, so that what is called ok here may not be.';
  const { loadAtStart = 'unknown', congestionControl = 'unknown' } = record.machine;
  return ['', worth, `Load at the start: ${loadAtStart}. Congestion control: ${congestionControl}.`, `Kept in ${file}`];
}

function verdictWord({ verdict, isControl }: CalibrationRow): string {
  if (!isControl || verdict === 'not measured') return verdict;
  return verdict === 'ok' ? 'flagged' : 'NOT FLAGGED';
}
