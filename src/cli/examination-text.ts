// What doctor found, as tables for a terminal: present or not, what it is, and the command that fills each gap below it.
import type { Examination, Examined } from '../bench/doctor.ts';
import type { Startable } from '../bench/target/startable.ts';
import { tableLines, type Rows } from './table.ts';

/** Every line; `width` as {@link tableLines} takes it. */
export function examinationLines(found: Examination, width: number): readonly string[] {
  const section = (title: string, rows: Rows): readonly string[] => [title, ...indented(rows, width), ''];
  return [
    ...section('Needed', found.required.flatMap(rowsOf)),
    ...section('Brokers that --target starts here', found.targets.flatMap(rowsOfTarget)),
    ...section('Widens what the bench can do', found.optional.flatMap(rowsOf)),
    ...section('This machine', Object.entries(found.machine)),
  ].slice(0, -1);
}

const margin = '  ';

function indented(rows: Rows, width: number): readonly string[] {
  return tableLines(rows, width - margin.length).map((line) => margin + line);
}

function rowsOf({ id, what, present, detail, fix }: Examined): Rows {
  return [[word(present), id, `${what}: ${detail}`], ...fixRow(fix, 1)];
}

function rowsOfTarget({ id, what, way, status, present, detail, fix }: Startable): Rows {
  const doubt = status === 'untested' ? ' (untested)' : '';
  return [[word(present), id, way, `${what}${doubt}: ${detail}`], ...fixRow(fix, 2)];
}

const word = (present: boolean): string => (present ? 'yes' : 'no');

function fixRow(fix: string | undefined, columns: number): Rows {
  return fix === undefined ? [] : [['', ...Array.from({ length: columns }, () => ''), `to get it: ${fix}`]];
}
