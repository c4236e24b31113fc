// What the user expects of a scenario: each expectation met or missed, with its figures beside their limits.
import type { JudgedCheck, JudgedTarget } from '../../judge/judged.ts';
import { badge, counts } from './badge.ts';
import { figures } from './drawers.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** The section; nothing where nobody expects anything. */
export function expectationsSection(targets: readonly JudgedTarget[]): Html | undefined {
  const all = targets.flatMap((it) => it.checks.filter(({ kind }) => kind === 'expectation'));
  if (all.length === 0) return undefined;
  return html`<section id="expectations">
    <h2>Expectations</h2>
    <p>${counts(all)}</p>
    <table class="expectations">
      <thead>
        <tr>
          <th scope="col">verdict</th>
          <th scope="col">what</th>
          <th scope="col">name</th>
          <th scope="col">measured</th>
        </tr>
      </thead>
      <tbody>
        ${all.map(row)}
      </tbody>
    </table>
  </section>`;
}

function row(it: JudgedCheck): Html {
  const came = it.verdict === 'pass' ? undefined : html`<div class="came">${it.actual}</div>`;
  return html`<tr>
    <td>${badge(it.verdict)}</td>
    <td>${it.title} ${came}</td>
    <td class="aside id">${it.id}</td>
    <td>${figures(it.measured)}</td>
  </tr>`;
}
