// The matrix: sections of the standard by targets, each cell a word, a shape and a colour, and a way into its drawer.
import { countsText, verdictWords } from '../verdict-words.ts';
import { foldVerdicts, isJudged } from '../../judge/verdict.ts';
import type { JudgedTarget } from '../../judge/judged.ts';
import { badge, shape } from './badge.ts';
import { anchorOf } from './grid.ts';
import type { Cell, Grid, Row } from './grid.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** The section; nothing where nothing was judged by statement. */
export function matrixSection(grid: Grid): Html | undefined {
  if (grid.rows.length === 0) return undefined;
  return html`<section id="matrix">
    <h2>Sections and targets</h2>
    <p class="aside">
      A cell shows the weightiest verdict of a section and how many statements got it. It opens: statements, checks and
      packets. <span class="scripted" hidden="">Arrow keys move, Enter opens, Escape closes.</span>
    </p>
    ${
      grid.left === 0
        ? undefined
        : html`<p class="aside">${grid.left} more targets, with nothing to look at, are in results.json.</p>`
    }
    <div class="scroll matrix-box" tabindex="0" role="region" aria-label="Matrix of sections and targets">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">section</th>
            ${grid.targets.map(
              (it, index) =>
                html`<th scope="col" data-target="${index}">${it.name} <span class="aside">${it.version}</span></th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${totals(grid)}
        </tbody>
        <tbody id="cells">
          ${grid.rows.map((row, index) => rowPart(row, index, grid.targets))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function totals({ targets }: Grid): Html {
  return html`<tr class="totals">
    <th scope="row">statements judged</th>
    ${targets.map(({ statements }, index) => totalCell(statements, index))}
  </tr>`;
}

function totalCell(statements: JudgedTarget['statements'], target: number): Html {
  const judged = statements.filter((it) => isJudged(it.verdict));
  const verdict = foldVerdicts(judged.map((it) => it.verdict));
  const count = judged.filter((it) => it.verdict === verdict).length;
  return html`<td class="total ${verdict}" data-target="${target}">
    ${badge(verdict)} <span class="aside">${count} of ${judged.length}</span>
  </td>`;
}

function rowPart(row: Row, index: number, targets: readonly JudgedTarget[]): Html {
  return html`<tr data-row="${index}">
    <th scope="row">${row.title}</th>
    ${row.cells.map((cell, target) => cellPart(row, index, cell, target, targets[target]?.name ?? ''))}
  </tr>`;
}

function cellPart(row: Row, index: number, cell: Cell, target: number, name: string): Html {
  const judged = cell.statements.length > 0 ? cell.statements : cell.checks;
  if (judged.length === 0)
    return html`<td class="empty" data-target="${target}"><span class="aside">not judged</span></td>`;
  const { verdict } = cell;
  const count = judged.filter((it) => it.verdict === verdict).length;
  const says = `${row.title} on ${name}: ${countsText(judged)}`;
  return html`<td class="${verdict}" data-target="${target}">
    <a href="#${anchorOf(index, target)}" aria-label="${says}" title="${countsText(judged)}"
      >${shape(verdict)}${count} ${verdictWords[verdict].word}</a
    >
  </td>`;
}
