// Everything that was judged of one target: expectations and checks with their figures, statements by section.
import { limitLine } from '../../history/event.ts';
import type { Measurement } from '../../judge/finding.ts';
import type { JudgedCheck, JudgedStatement, JudgedTarget } from '../../judge/judged.ts';
import { keepsLimit, limitText, valueText } from '../figures.ts';
import { bySection, titleOf } from '../sections.ts';
import type { Section } from '../sections.ts';
import { badge, counts } from './badge.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** The section of one target; `index` makes its anchor, since names may hold anything. */
export function targetSection(target: JudgedTarget, index: number): Html {
  const checks = target.checks.filter((it) => it.kind === 'check');
  const expectations = target.checks.filter((it) => it.kind === 'expectation');
  return html`<section id="target-${index}">
    <h2>${target.name} <span class="aside">${target.version}</span></h2>
    <p class="aside">${target.how}</p>
    ${target.limits.length === 0 ? undefined : html`<p>${badge('limit')} declared: ${target.limits.map(limitLine).join('; ')}</p>`}
    ${checksPart('Expectations', expectations)}${checksPart('Checks', checks)}${statementsPart(target)}
  </section>`;
}

function checksPart(title: string, checks: readonly JudgedCheck[]): Html | undefined {
  if (checks.length === 0) return undefined;
  return html`<h3>${title} ${counts(checks)}</h3>
    <table class="checks">
      <thead>
        <tr>
          <th scope="col">verdict</th>
          <th scope="col">what</th>
          <th scope="col">name</th>
          <th scope="col">measured</th>
        </tr>
      </thead>
      <tbody>
        ${checks.map(checkRow)}
      </tbody>
    </table>`;
}

function checkRow(check: JudgedCheck): Html {
  return html`<tr>
    <td>${badge(check.verdict)}</td>
    <td>${check.title} ${check.verdict === 'pass' ? undefined : html`<div class="came">${check.actual}</div>`}</td>
    <td class="aside id">${check.id}</td>
    <td class="figures">${figures(check.measured)}</td>
  </tr>`;
}

function statementsPart({ statements, checks }: JudgedTarget): Html | undefined {
  if (statements.length === 0) return undefined;
  return html`<h3>Statements ${counts(statements)}</h3>
    ${bySection(statements).map((it) => sectionPart(it, checks))}`;
}

function sectionPart({ title, items }: Section<JudgedStatement>, checks: readonly JudgedCheck[]): Html {
  const open = items.some((it) => it.verdict === 'fail' || it.verdict === 'inconclusive' || it.verdict === 'warn');
  return html`<details class="chapter" ${open ? html`open=""` : undefined}>
    <summary><span class="title">${title}</span> ${counts(items)}</summary>
    <table class="statements">
      <thead>
        <tr>
          <th scope="col">verdict</th>
          <th scope="col">statement</th>
          <th scope="col">judged by</th>
          <th scope="col">measured</th>
        </tr>
      </thead>
      <tbody>
        ${items.map((it) => statementRow(it, checks))}
      </tbody>
    </table>
  </details>`;
}

function statementRow(it: JudgedStatement, checks: readonly JudgedCheck[]): Html {
  return html`<tr>
    <td>${badge(it.verdict)}</td>
    <td><span class="id">${it.id}</span> ${titleOf(it.id)}</td>
    <td class="aside by">${judgesOf(it, checks)}</td>
    <td class="figures">${figures(it.measured)}</td>
  </tr>`;
}

/** The rules, and the checks that are about the statement; the checks it merely came up in are counted. */
function judgesOf({ id, by }: JudgedStatement, checks: readonly JudgedCheck[]): string {
  const about = new Map(checks.map((it) => [it.id, it.statements.includes(id)]));
  const named = by.filter((it) => about.get(it) !== false);
  const others = by.length - named.length;
  return [...named, ...(others === 0 ? [] : [`in ${others} other check${others === 1 ? '' : 's'}`])].join(', ');
}

function figures(measured: readonly Measurement[]): readonly Html[] {
  return measured.map((it) => {
    const limit = it.limit === undefined ? undefined : html` <span class="bound">(${limitText(it)})</span>`;
    const over = keepsLimit(it) ? undefined : html` <b class="over">outside</b>`;
    return html`<div><span class="aside">${it.name}</span> ${valueText(it)}${limit}${over}</div>`;
  });
}
