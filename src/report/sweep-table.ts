// What a scenario comes to for several values of its parameters: one table, a row per run, a column per figure.
import type { Measurement } from '../judge/finding.ts';
import type { JudgedCheck, JudgedRun } from '../judge/judged.ts';
import type { Verdict } from '../judge/verdict.ts';
import { limitText, valueText } from './figures.ts';
import { safeText } from './safe-text.ts';

/** One run of a sweep. */
export interface SweepRun {
  readonly values: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Absent where the run could not begin. */
  readonly run?: JudgedRun;
}

/** A figure of an expectation. */
interface Figure extends Measurement {
  readonly expectation: string;
  readonly verdict: Verdict;
}

/** A sweep as data: what sweep.json holds. */
export interface Sweep {
  readonly schema: 1;
  readonly scenario: string;
  /** The command that repeats all of it. */
  readonly command: string;
  readonly rows: readonly {
    readonly values: Readonly<Record<string, string>>;
    readonly verdict: Verdict | 'none';
    readonly folder: string;
    readonly expectations: readonly { readonly id: string; readonly verdict: Verdict }[];
    readonly figures: readonly Figure[];
  }[];
}

/** The runs as data. */
export function sweepOf(scenario: string, command: string, runs: readonly SweepRun[]): Sweep {
  const rows = runs.map(({ values, folder, run }) => {
    const expectations = run ? expectationsOf(run) : [];
    return {
      values,
      verdict: run?.verdict ?? ('none' as const),
      folder,
      expectations: expectations.map(({ id, verdict }) => ({ id, verdict })),
      figures: expectations.flatMap(({ id, verdict, measured }) =>
        measured.map((it) => ({ expectation: id, verdict, ...it })),
      ),
    };
  });
  return { schema: 1, scenario, command, rows };
}

/** The table as lines of a terminal: names of columns above each other, so that many fit. */
export function sweepLines(sweep: Sweep): readonly string[] {
  const { heads, rows } = cellsOf(sweep);
  const height = Math.max(...heads.map((it) => it.length));
  const above = Array.from({ length: height }, (_, line) => heads.map((it) => it[line - height + it.length] ?? ''));
  const all = [...above, ...rows].map((row) => row.map((cell) => safeText(cell, 'terminal')));
  const widths = heads.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    ...lines.slice(0, height),
    widths.map((it) => '-'.repeat(it)).join('  '),
    ...lines.slice(height),
    ...legend(sweep),
  ];
}

/** The table as a page in Markdown. */
export function sweepMd(sweep: Sweep): string {
  const { heads, rows } = cellsOf(sweep);
  return [
    `# ${safeText(sweep.scenario, 'markdown')}: a sweep`,
    '',
    rowMd(heads.map((it) => it.join(' ').trim())),
    `|${' --- |'.repeat(heads.length)}`,
    ...rows.map(rowMd),
    '',
    ...legend(sweep).flatMap((it) => [safeText(it, 'markdown'), '']),
    `Repeat: \`${sweep.command.replaceAll('`', '')}\``,
    '',
  ].join('\n');
}

function rowMd(cells: readonly string[]): string {
  return `| ${cells.map((it) => safeText(it, 'markdown')).join(' | ')} |`;
}

function expectationsOf({ targets }: JudgedRun): readonly JudgedCheck[] {
  return targets.flatMap(({ checks }) => checks.filter((it) => it.kind === 'expectation'));
}

const keyOf = ({ expectation, name }: Figure): string => `${expectation}\0${name}`;

/** Heads of the columns, a word or two above each other, and the cells below them. */
function cellsOf({ rows }: Sweep): {
  readonly heads: readonly (readonly string[])[];
  readonly rows: readonly string[][];
} {
  const swept = [...new Set(rows.flatMap((it) => Object.keys(it.values)))];
  const figures = [...new Map(rows.flatMap((it) => it.figures.map((figure) => [keyOf(figure), figure] as const)))];
  const heads = [
    ...swept.map((it) => [it]),
    ['verdict'],
    ...figures.map(([, it]) => [
      ...it.expectation.split(/:(.*)/s).filter((word) => word !== ''),
      it.name,
      limitText(it),
    ]),
  ];
  const cells = rows.map((row) => {
    const own = new Map(row.figures.map((it) => [keyOf(it), it]));
    return [
      ...swept.map((it) => row.values[it] ?? ''),
      row.verdict,
      ...figures.map(([key]) => {
        const figure = own.get(key);
        return figure === undefined ? '-' : `${valueText(figure)}${figure.verdict === 'fail' ? ' !' : ''}`;
      }),
    ];
  });
  return { heads, rows: cells };
}

function legend({ rows }: Sweep): readonly string[] {
  const figures = rows.flatMap((it) => it.figures);
  const unmeasured = rows.flatMap((it) =>
    it.expectations.filter(({ id }) => !it.figures.some((one) => one.expectation === id)),
  );
  const silent = new Map(unmeasured.map(({ id, verdict }) => [id, verdict]));
  return [
    ...(figures.some((it) => it.verdict === 'fail') ? ['! the expectation failed'] : []),
    ...(silent.size > 0
      ? [`without a figure in some row: ${[...silent].map(([id, it]) => `${id} (${it})`).join(', ')}`]
      : []),
  ];
}
