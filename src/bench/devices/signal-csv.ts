// Reads a recorded signal from CSV: a time in seconds, then values; an empty cell is a gap.
import { readFile } from 'node:fs/promises';
import { didYouMean, FieldbenchError } from '../../error.ts';
import type { RecordedPoint } from '../../parts/devices/signals/signal.ts';
import { FileErrors } from '../files/file-errors.ts';

/**
 * Reads one column of a recording.
 * @throws FieldbenchError `FB_SIGNAL_FILE` when it cannot be read; FileErrors with all that is wrong in it
 */
export async function readSignalCsv(file: string, column?: string): Promise<readonly RecordedPoint[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FieldbenchError({
      code: 'FB_SIGNAL_FILE',
      message: `cannot read the recorded signal ${file}`,
      actual: cause instanceof Error ? cause.message : String(cause),
      hint: 'docs/devices.md shows what such a file holds; its path counts from the file that names it',
      cause,
    });
  });
  return parseSignalCsv(text, file, column);
}

/**
 * As {@link readSignalCsv}, from text. The first line names the columns; without `column` the second is taken.
 * @throws FileErrors
 */
export function parseSignalCsv(text: string, file: string, column?: string): readonly RecordedPoint[] {
  const errors: FieldbenchError[] = [];
  const wrong = (line: number, message: string, hint: string): void => {
    errors.push(new FieldbenchError({ code: 'FB_SIGNAL_FILE', message, at: { file, line, column: 1 }, hint }));
  };
  const rows = text
    .split(/\r?\n/)
    .map((row, index) => ({ line: index + 1, cells: cellsOf(row), isBlank: isBlank(row) }));
  const [head, ...body] = rows.filter((it) => !it.isBlank);
  const names = head?.cells ?? [];
  const index = column === undefined ? 1 : names.indexOf(column);
  if (names[0] !== 'timeS' || names.length < 2) {
    wrong(head?.line ?? 1, 'the first line does not name the columns', 'write timeS, then a name for each value');
  } else if (index < 1)
    wrong(head?.line ?? 1, `there is no column "${column}"`, didYouMean(column ?? '', names.slice(1)));
  if (body.length === 0) wrong(head?.line ?? 1, 'there are no rows below the names', 'a recording holds one at least');
  if (errors.length > 0) throw new FileErrors(file, errors);

  const points: { atMs: number; value: number | undefined }[] = [];
  for (const { line, cells } of body) {
    const [time, value] = [numberOf(cells[0]), cells[index] === '' ? undefined : numberOf(cells[index])];
    const before = points.at(-1)?.atMs ?? -1;
    if (Number.isNaN(time) || time < 0) wrong(line, `"${cells[0]}" is no time`, 'write seconds, such as 12.5');
    else if (time * 1000 <= before) wrong(line, `time does not go on at ${time} s`, 'sort the rows by time');
    else if (Number.isNaN(value)) wrong(line, `"${cells[index] ?? ''}" is no number`, 'leave a gap empty');
    else points.push({ atMs: time * 1000, value });
  }
  if (errors.length > 0) throw new FileErrors(file, errors);
  return points;
}

const cellsOf = (row: string): readonly string[] => row.split(',').map((it) => it.trim());
const isBlank = (row: string): boolean => row.trim() === '' || row.startsWith('#');

/** NaN for what is no plain number; `Number` would take an empty cell for 0. */
function numberOf(cell: string | undefined): number {
  return cell !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN;
}
