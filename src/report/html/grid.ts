// The run as a grid, sections of the standard by targets: what the matrix, its drawers and the filters are made from.
import type { JudgedCheck, JudgedRun, JudgedStatement, JudgedTarget } from '../../judge/judged.ts';
import { foldVerdicts } from '../../judge/verdict.ts';
import type { Verdict } from '../../judge/verdict.ts';
import type { StatementId } from '../../spec/statement.ts';
import { bySection, sectionOf } from '../sections.ts';

/** What one target did in one section. */
export interface Cell {
  readonly verdict: Verdict;
  readonly statements: readonly JudgedStatement[];
  /** Checks about statements of the section. */
  readonly checks: readonly JudgedCheck[];
}

/** One section; cells in the order of the targets. */
export interface Row {
  readonly title: string;
  /** Statements that any target was judged by here. */
  readonly ids: readonly StatementId[];
  readonly cells: readonly Cell[];
}

/** The grid. */
export interface Grid {
  readonly targets: readonly JudgedTarget[];
  readonly rows: readonly Row[];
  /** Columns that there was no room for. */
  readonly left: number;
}

/** A table of more columns helps nobody; those that need a reader come first. */
const mostTargets = 40;
/** For checks about conduct that no statement has a number for. */
const besides = 'conduct without a statement';

/** Lays a run out. */
export function gridOf(run: JudgedRun): Grid {
  const targets = columnsOf(run);
  const sections = bySection(
    [...new Set(targets.flatMap((it) => it.statements.map(({ id }) => id)))].map((id) => ({ id })),
  );
  const titles = new Set(sections.map((it) => it.title));
  const checked = targets.flatMap((it) => checksOf(it).flatMap(sectionsOf)).filter((it) => !titles.has(it));
  const rows = [
    ...sections.map(({ title, items }) => ({ title, ids: items.map((it) => it.id).toSorted(byNumber) })),
    ...[...new Set(checked)].map((title) => ({ title, ids: [] })),
  ].toSorted((a, b) => byNumber(a.title, b.title));
  return {
    targets,
    rows: rows.map((row) => ({ ...row, cells: targets.map((it) => cellOf(row.title, it)) })),
    left: run.targets.length - targets.length,
  };
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function columnsOf({ targets }: JudgedRun): readonly JudgedTarget[] {
  if (targets.length <= mostTargets) return targets;
  return [...targets.filter(isWanting), ...targets.filter((it) => !isWanting(it))].slice(0, mostTargets);
}

function isWanting(it: JudgedTarget): boolean {
  return it.role === 'target' || foldOf(it) !== 'pass';
}

function foldOf(it: JudgedTarget): Verdict {
  return foldVerdicts([...it.statements, ...it.checks].map(({ verdict }) => verdict));
}

function checksOf(it: JudgedTarget): readonly JudgedCheck[] {
  return it.checks.filter(({ kind }) => kind === 'check');
}

function sectionsOf(check: JudgedCheck): readonly string[] {
  return check.statements.length === 0 ? [besides] : [...new Set(check.statements.map(sectionOf))];
}

function cellOf(title: string, target: JudgedTarget): Cell {
  const statements = target.statements.filter((it) => sectionOf(it.id) === title);
  const checks = checksOf(target).filter((it) => sectionsOf(it).includes(title));
  const judged = statements.length > 0 ? statements : checks;
  return { verdict: foldVerdicts(judged.map((it) => it.verdict)), statements, checks };
}

/** Where the drawer of a cell is: names may hold anything, so that places are told by number. */
export function anchorOf(row: number, target: number): string {
  return `cell-${row}-${target}`;
}

/** Row of the grid in which a statement, or a check without one, stands; -1 where none does. */
export function rowOf(grid: Grid, statements: readonly StatementId[]): number {
  const [first] = statements;
  const title = first === undefined ? besides : sectionOf(first);
  return grid.rows.findIndex((it) => it.title === title);
}
