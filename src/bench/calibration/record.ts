// The last calibration of this machine, kept so that every report can say how far its links are to be trusted.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { stateFolder } from '../state-folder.ts';
import type { CalibrationRow } from './row.ts';

/** A whole calibration, as it is kept. */
export interface CalibrationRecord {
  readonly schema: 1;
  /** ISO text. */
  readonly date: string;
  readonly host: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly rows: readonly CalibrationRow[];
  /** Whether every wrong link was flagged; without that no row means anything. */
  readonly isValid: boolean;
}

const fileName = 'calibration.json';

/** @throws FieldbenchError `FB_STATE_FOLDER` */
export function keepCalibration(record: CalibrationRecord, folder: string = stateFolder()): string {
  const file = join(folder, fileName);
  // Somebody may read it just now.
  writeFileSync(`${file}.new`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return file;
}

/** The last one that was made on this machine, where there is one. */
export function lastCalibration(folder?: string): CalibrationRecord | undefined {
  try {
    const read = JSON.parse(readFileSync(join(folder ?? stateFolder(), fileName), 'utf8')) as CalibrationRecord;
    // A home folder may be shared by machines.
    return read.schema === 1 && read.host === hostname() ? read : undefined;
  } catch {
    return undefined;
  }
}

/** The row that stands for all in one line of a report. */
const quoted = 'delay/embedded/300';

/** One line for a report. */
export function calibrationLine(record: CalibrationRecord | undefined): string {
  if (!record) return 'never calibrated';
  const date = record.date.slice(0, 10);
  if (!record.isValid) return `${date}, not valid: a wrong link was not flagged`;
  const row = record.rows.find((it) => it.id === quoted);
  const { p50Ms, p99Ms } = row?.figures ?? {};
  const off = record.rows.filter((it) => it.verdict === 'off').length;
  const missing = record.rows.filter((it) => it.verdict === 'not measured').length;
  return [
    date,
    ...(p50Ms === undefined || p99Ms === undefined ? [] : [`embedded 300 ms: p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)} ms`]),
    off === 0 ? 'nothing off' : `${off} rows off`,
    ...(missing === 0 ? [] : [`${missing} not measured`]),
  ].join(', ');
}

function ms(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(1)}`;
}
