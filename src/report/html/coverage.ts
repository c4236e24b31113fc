// How much of the standard was judged, with the denominator said in words.
import type { JudgedTarget } from '../../judge/judged.ts';
import { coverageOf } from '../coverage.ts';
import type { SectionCoverage, Unjudged } from '../coverage.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** Coverage of every target. */
export function coverageSection(targets: readonly JudgedTarget[]): Html {
  return html`<section id="coverage">
    <h2>Coverage of MQTT 3.1.1</h2>
    ${targets.map(targetCoverage)}
  </section>`;
}

function targetCoverage(target: JudgedTarget): Html {
  const it = coverageOf(target);
  const besides =
    it.besides === 0 ? '' : ` ${it.besides} others were judged too: they have no number, or show only through others.`;
  return html`<h3>${target.name}</h3>
    <p>
      <b class="figure">${it.judged} of ${it.observable}</b> statements that can be observed on a server were judged
      here. The standard numbers ${it.numbered}; the other ${it.numbered - it.observable} do not show on a server by
      themselves. What was skipped, is a declared limit, never arose or is inconclusive does not count.${besides}
    </p>
    <table class="coverage">
      <thead>
        <tr>
          <th scope="col">section</th>
          <th scope="col" class="num">judged</th>
          <th scope="col">share</th>
        </tr>
      </thead>
      <tbody>
        ${it.sections.map(sectionRow)}
      </tbody>
    </table>
    ${unjudgedPart(it.sections.flatMap((section) => section.unjudged))}`;
}

function sectionRow(it: SectionCoverage): Html {
  return html`<tr>
    <td>${it.title}</td>
    <td class="num">${it.judged} of ${it.observable}</td>
    <td><meter min="0" max="${it.observable}" value="${it.judged}">${it.judged} of ${it.observable}</meter></td>
  </tr>`;
}

function unjudgedPart(unjudged: readonly Unjudged[]): Html | undefined {
  if (unjudged.length === 0) return undefined;
  return html`<details class="unjudged">
    <summary>The ${unjudged.length} that were not judged, and why</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">statement</th>
          <th scope="col">title</th>
          <th scope="col">why not</th>
        </tr>
      </thead>
      <tbody>
        ${unjudged.map(
          (it) =>
            html`<tr>
              <td class="id">${it.id}</td>
              <td>${it.title}</td>
              <td class="aside">${it.why}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}
