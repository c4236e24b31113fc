// A table of devices from a CSV file: its first row names the columns that templates may use.
import { FieldbenchError } from '../error.ts';

/** Columns and rows of a table. */
export interface DeviceList {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * Reads CSV as RFC 4180 has it: commas, double quotes around what holds a comma, a quote or a line's end.
 * @param file for the error
 * @throws FieldbenchError `FB_FLEET_TABLE` with the line, for a row of another length than the first, or an open quote.
 */
export function readDeviceList(text: string, file: string): DeviceList {
  const [first, ...others] = rowsOf(text.replace(/^\uFEFF/, ''), file);
  const columns = first?.cells ?? [];
  const rows = others.filter(({ cells }) => cells.length > 1 || cells[0] !== '');
  for (const { cells, line } of rows) {
    if (cells.length !== columns.length) {
      throw broken(file, line, `${columns.length} cells, as in the first row`, `${cells.length} cells`);
    }
  }
  return { columns, rows: rows.map(({ cells }) => cells) };
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function rowsOf(text: string, file: string): readonly Row[] {
  const rows: Row[] = [];
  let [cells, line, from]: [string[], number, number] = [[], 1, 1];
  cell.lastIndex = 0;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) throw broken(file, line, 'a cell', 'a quote that does not close, or stands inside a cell');
    const [whole, quoted, plain = '', end = ''] = found;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === ',' && cell.lastIndex < text.length) continue;
    if (end === ',') cells.push('');
    rows.push({ cells, line: from });
    [cells, from] = [[], line];
  }
  return rows;
}

function broken(file: string, line: number, expected: string, actual: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_FLEET_TABLE',
    message: 'this is no table of devices',
    expected,
    actual,
    hint: 'the first row names the columns; each other row is a device',
    at: { file, line },
  });
}
