// Rows of a list as a terminal shows them: short columns side by side, and a last one that is wrapped to what is left.
import { wrapped } from '../report/layout.ts';

/** Cells by row and column. */
export type Rows = readonly (readonly string[])[];

/** What is told of one thing: words, and then rows. */
export interface Page {
  readonly words: readonly string[];
  readonly rows: Rows;
}

const gap = 2;
/** Text in fewer columns than this is no pleasure: it then stands below its row. */
const narrowest = 40;

/**
 * Lines of a table whose columns are as wide as their widest cell, but for the last, which takes the rest.
 * @param width columns of the terminal; Infinity keeps every row on one line, for programs that read it
 */
export function tableLines(rows: Rows, width: number): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length)) - 1;
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const before = widths.reduce((sum, it) => sum + it + gap, 0);
  const isBelow = width - before < narrowest;
  const indent = ' '.repeat(isBelow ? 4 : before);
  return rows.flatMap((row) => {
    const lead = widths.map((it, at) => (row[at] ?? '').padEnd(it + gap)).join('');
    const [first = '', ...more] = wrapped(row[columns] ?? '', width - indent.length);
    const head = isBelow && columns > 0 ? [lead, indent + first] : [lead + first];
    return [...head, ...more.map((line) => indent + line)].map((line) => line.trimEnd());
  });
}
