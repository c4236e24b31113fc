// Failures first: each with what was acceptable, what came, the packets around it and the command that repeats it.
import type { ConnectionId } from '../../history/event.ts';
import { findStatement } from '../../spec/catalogue.ts';
import type { Excerpts } from '../excerpt.ts';
import { standingText } from '../gate-words.ts';
import { measurementText, byText, titleOfProblem } from '../problem-text.ts';
import type { Problem } from '../problems.ts';
import { badge } from './badge.ts';
import type { Lane } from './conversation.ts';
import { evidencePart } from './evidence.ts';
import { anchorOf, rowOf } from './grid.ts';
import type { Grid } from './grid.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** More than these would bury the rest of the page; they are opened by a click. */
const openAtFirst = 3;
/** Beyond these a page becomes too heavy to open; results.json holds them all. */
const mostShown = 300;

/** What problems are shown with. */
export interface Surroundings {
  readonly excerpts: Excerpts;
  readonly lanes: ReadonlyMap<ConnectionId, Lane>;
  readonly grid: Grid;
}

/** The section; it says so when there is nothing to look at. */
export function problemsSection(problems: readonly Problem[], around: Surroundings): Html {
  if (problems.length === 0)
    return html`<section id="failures">
      <h2>Failures</h2>
      <p>There are none.</p>
    </section>`;
  const shown = problems.slice(0, mostShown);
  return html`<section id="failures">
    <h2>${problems.some((it) => it.verdict === 'fail') ? 'Failures' : 'To look at'}</h2>
    ${shown.map((it, index) => problemArticle(it, around, index < openAtFirst))}
    ${problems.length > shown.length ? html`<p>${problems.length - shown.length} more are in results.json.</p>` : undefined}
  </section>`;
}

function problemArticle(problem: Problem, around: Surroundings, open: boolean): Html {
  const target = around.grid.targets.findIndex((it) => it.name === problem.target);
  const body = problemBody(problem, target, around);
  return html`<details class="problem ${problem.verdict}" data-target="${target}" ${open ? html`open=""` : undefined}>
    <summary>
      ${badge(problem.verdict)} <span class="title">${titleOfProblem(problem)}</span>
      <span class="aside">${problem.target}</span>
    </summary>
    ${open ? body : html`<noscript>${body}</noscript>`}
  </details>`;
}

/** Of those that are closed at first, where scripts run, only text until they are opened: hundreds cost nothing. */
function problemBody(problem: Problem, target: number, around: Surroundings): Html {
  return html`${statementText(problem)}
    <dl class="versus">
      <div>
        <dt>Expected</dt>
        ${problem.expected.map((it, index) => html`<dd>${index === 0 ? undefined : html`<i>or</i> `}${it}</dd>`)}
      </div>
      <div class="actual">
        <dt>Actual</dt>
        <dd>${problem.actual}</dd>
        ${problem.measured.map((it) => html`<dd class="aside">${measurementText(it)}</dd>`)}
      </div>
    </dl>
    ${evidencePart(around.excerpts.of(problem.evidence), around.lanes)}
    <p class="aside">Judged ${byText(problem)}. ${wholeCheck(problem, target, around.grid)}</p>
    ${problem.standing === undefined ? undefined : html`<p class="aside">${standingText(problem.standing, problem.waivedBy)}</p>`}
    <p class="repeat"><span class="label">Repeat</span> <code>${problem.repeat}</code></p>`;
}

/** The way into the drawer that holds all packets of the check. */
function wholeCheck({ checks, statements }: Problem, target: number, grid: Grid): Html | undefined {
  const [check] = checks;
  if (check === undefined || check.kind !== 'check' || target < 0) return undefined;
  const own = rowOf(grid, check.statements);
  const row = own < 0 ? rowOf(grid, statements) : own;
  if (row < 0) return undefined;
  return html`<a class="button" href="#${anchorOf(row, target)}" data-item="${check.id}"
    >Sequence diagram of the whole check</a
  >`;
}

function statementText({ statements }: Problem): Html | undefined {
  const [first] = statements;
  const statement = first === undefined ? undefined : findStatement(first);
  if (statement === undefined) return undefined;
  return html`<p class="statement">
    ${statement.summary} <span class="aside">${statement.level}, section ${statement.section}</span>
  </p>`;
}
