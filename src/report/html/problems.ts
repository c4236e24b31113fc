// Failures first: each with what was acceptable, what came, the packets around it and the command that repeats it.
import type { Excerpts } from '../excerpt.ts';
import { standingText } from '../gate-words.ts';
import { measurementText, byText, titleOfProblem } from '../problem-text.ts';
import type { Problem } from '../problems.ts';
import { findStatement } from '../../spec/catalogue.ts';
import { badge } from './badge.ts';
import { packetTable } from './packet-table.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** More than these would bury the rest of the page; they are opened by a click. */
const openAtFirst = 5;
/** Beyond these a page becomes too heavy to open; results.json holds them all. */
const mostShown = 300;

/** The section; it says so when there is nothing to look at. */
export function problemsSection(problems: readonly Problem[], excerpts: Excerpts): Html {
  if (problems.length === 0)
    return html`<section id="failures">
      <h2>Failures</h2>
      <p>There are none.</p>
    </section>`;
  const shown = problems.slice(0, mostShown);
  return html`<section id="failures">
    <h2>${problems.some((it) => it.verdict === 'fail') ? 'Failures' : 'To look at'}</h2>
    ${shown.map((it, index) => problemArticle(it, excerpts, index < openAtFirst))}
    ${problems.length > shown.length ? html`<p>${problems.length - shown.length} more are in results.json.</p>` : undefined}
  </section>`;
}

function problemArticle(problem: Problem, excerpts: Excerpts, open: boolean): Html {
  return html`<details class="problem ${problem.verdict}" ${open ? html`open=""` : undefined}>
    <summary>
      ${badge(problem.verdict)} <span class="title">${titleOfProblem(problem)}</span>
      <span class="aside">${problem.target}</span>
    </summary>
    ${statementText(problem)}
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
    ${packetTable(excerpts.of(problem.evidence))}
    <p class="aside">Judged ${byText(problem)}.</p>
    ${problem.standing === undefined ? undefined : html`<p class="aside">${standingText(problem.standing, problem.waivedBy)}</p>`}
    <p class="repeat"><span class="label">Repeat</span> <code>${problem.repeat}</code></p>
  </details>`;
}

function statementText({ statements }: Problem): Html | undefined {
  const [first] = statements;
  const statement = first === undefined ? undefined : findStatement(first);
  if (statement === undefined) return undefined;
  return html`<p class="statement">
    ${statement.summary} <span class="aside">${statement.level}, section ${statement.section}</span>
  </p>`;
}
