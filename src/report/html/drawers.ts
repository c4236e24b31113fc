// What a cell of the matrix opens: its statements and checks as text; the page's script adds the packets of each check.
import type { Measurement } from '../../judge/finding.ts';
import type { JudgedCheck, JudgedStatement, JudgedTarget } from '../../judge/judged.ts';
import { keepsLimit, limitText, valueText } from '../figures.ts';
import { titleOf } from '../sections.ts';
import { badge, counts } from './badge.ts';
import { anchorOf } from './grid.ts';
import type { Cell, Grid, Row } from './grid.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** Checks of other sections in which a statement came up, shown up to here. */
const mostElsewhere = 4;

/**
 * All drawers. Where scripts run, the browser reads them as text: one costs nothing before it is opened. Where none
 * run they are elements, each shown when its anchor is the page's target.
 */
export function drawers(grid: Grid): readonly Html[] {
  return grid.rows.flatMap((row, index) =>
    row.cells.flatMap((cell, target) => {
      const judged = grid.targets[target];
      if (judged === undefined || cell.statements.length + cell.checks.length === 0) return [];
      const anchor = anchorOf(index, target);
      return [html`<noscript data-drawer="${anchor}">${drawer(row, cell, judged, anchor, target)}</noscript>`];
    }),
  );
}

function drawer(row: Row, cell: Cell, target: JudgedTarget, anchor: string, index: number): Html {
  return html`<section
    class="drawer"
    id="${anchor}"
    role="dialog"
    aria-modal="true"
    aria-labelledby="${anchor}-title"
    tabindex="-1"
    data-target="${index}"
  >
    <div class="bar">
      <h2 id="${anchor}-title">${row.title} <span class="aside">${target.name} ${target.version}</span></h2>
      <a class="close button" href="#matrix">Close</a>
    </div>
    ${statementsPart(cell.statements, target.checks)} ${checksPart('Checks', cell.checks)}
    ${checksPart('Seen in checks of other sections', checksElsewhere(cell, target))}
  </section>`;
}

function statementsPart(statements: readonly JudgedStatement[], checks: readonly JudgedCheck[]): Html | undefined {
  if (statements.length === 0) return undefined;
  return html`<h3>Statements ${counts(statements)}</h3>
    <ul class="rows">
      ${statements.map((it) => statementItem(it, checks))}
    </ul>`;
}

function statementItem(it: JudgedStatement, checks: readonly JudgedCheck[]): Html {
  return html`<li data-statement="${it.id}">
    ${badge(it.verdict)}
    <div>
      <span class="id">${it.id}</span> ${titleOf(it.id)} ${figures(it.measured)}
      <div class="aside by">${judgesOf(it, checks)}</div>
    </div>
  </li>`;
}

function checksPart(title: string, checks: readonly JudgedCheck[]): Html | undefined {
  if (checks.length === 0) return undefined;
  return html`<h3>${title} ${counts(checks)}</h3>
    ${checks.map(checkItem)}`;
}

function checkItem(it: JudgedCheck): Html {
  const came = it.verdict === 'pass' ? undefined : html`<p class="came">${it.actual}</p>`;
  return html`<details class="check" data-check="${it.id}">
    <summary>
      ${badge(it.verdict)} <span><span class="title">${it.title}</span> <span class="aside id">${it.id}</span></span>
    </summary>
    ${came} ${figures(it.measured)}
  </details>`;
}

/** Where no check is about a section, a rule judged it in passing: in checks that are about something else. */
function checksElsewhere(cell: Cell, target: JudgedTarget): readonly JudgedCheck[] {
  if (cell.checks.length > 0) return [];
  const named = new Set(cell.statements.flatMap((it) => it.by));
  return target.checks
    .filter((it) => it.kind === 'check' && named.has(it.id) && !cell.checks.includes(it))
    .slice(0, mostElsewhere);
}

/** The rules, and the checks that are about the statement; the checks it merely came up in are counted. */
function judgesOf({ id, by }: JudgedStatement, checks: readonly JudgedCheck[]): string {
  const about = new Map(checks.map((it) => [it.id, it.statements.includes(id)]));
  const named = by.filter((it) => about.get(it) !== false);
  const others = by.length - named.length;
  return [...named, ...(others === 0 ? [] : [`in ${others} other check${others === 1 ? '' : 's'}`])].join(', ');
}

/** Figures with their limits; one outside says so in a word. */
export function figures(measured: readonly Measurement[]): Html | undefined {
  if (measured.length === 0) return undefined;
  return html`<div class="figures">
    ${measured.map((it) => {
      const limit = it.limit === undefined ? undefined : html` <span class="bound">(${limitText(it)})</span>`;
      const over = keepsLimit(it) ? undefined : html` <b class="over">outside</b>`;
      return html`<div><span class="aside">${it.name}</span> ${valueText(it)}${limit}${over}</div>`;
    })}
  </div>`;
}
