// How much of the standard was judged, with every denominator said in words: the parts of each line add up.
import type { JudgedTarget } from '../../judge/judged.ts';
import { isObservable, statements311 } from '../../spec/catalogue.ts';
import type { Statement } from '../../spec/statement.ts';
import { coverageOf } from '../coverage.ts';
import type { Coverage, SectionCoverage, Unjudged } from '../coverage.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** Coverage of every target; devices are clients, and what can be seen on a server is no measure of them. */
export function coverageSection(targets: readonly JudgedTarget[]): Html | undefined {
  const unseen = statements311().filter((it) => !isObservable(it, 'server'));
  const numbered = statements311().length;
  const all = targets.flatMap((target, index) =>
    target.role === 'target' ? [{ target, index, coverage: coverageOf(target) }] : [],
  );
  if (all.length === 0) return undefined;
  return html`<section id="coverage">
    <h2>Coverage of MQTT 3.1.1</h2>
    <p>
      The standard numbers ${numbered} statements. ${numbered - unseen.length} of them can be observed on a server from
      outside; the other ${unseen.length} cannot. Covered is what was judged: pass, warn or fail. What was skipped,
      never arose or is inconclusive does not count.
    </p>
    <div class="scroll">
      <table class="coverage">
        <thead>
          <tr>
            <th scope="col">target</th>
            <th scope="col" colspan="2">covered</th>
            ${whys.map(([, word]) => html`<th scope="col" class="num">${word}</th>`)}
            <th scope="col" class="num">not observable</th>
          </tr>
        </thead>
        <tbody>
          ${all.map(({ target, coverage, index }) => targetRow(target.name, coverage, index, unseen.length))}
        </tbody>
      </table>
    </div>
    ${unseenPart(unseen)} ${all.map(({ target, coverage, index }) => targetPart(target, coverage, index))}
  </section>`;
}

const whys: readonly (readonly [Unjudged['kind'], string])[] = [
  ['skipped', 'skipped'],
  ['notExercised', 'not exercised'],
  ['inconclusive', 'inconclusive'],
  ['notYet', 'not yet'],
];

function targetRow(name: string, it: Coverage, index: number, unseen: number): Html {
  const unjudged = it.sections.flatMap((section) => section.unjudged);
  const counts = whys.map(([kind]) => unjudged.filter((each) => each.kind === kind).length);
  return html`<tr data-target="${index}">
    <th scope="row">${name}</th>
    <td class="num"><b>${it.judged} of ${it.observable}</b></td>
    <td>${bar(it.judged, it.observable)}</td>
    ${counts.map((count) => html`<td class="num">${count}</td>`)}
    <td class="num">${unseen}</td>
  </tr>`;
}

/** A bar beside the words that say the same. */
function bar(judged: number, observable: number): Html {
  return html`<svg class="bar" aria-hidden="true" viewBox="0 0 ${observable} 1" preserveAspectRatio="none">
    <rect width="${judged}" height="1" />
  </svg>`;
}

const cannot: Readonly<Record<string, string>> = {
  null: 'binds the client only',
  indirect: 'shows on a server only through the verdicts of others',
  no: 'does not show outside a server',
};

function unseenPart(unseen: readonly Statement[]): Html {
  return html`<details class="unjudged">
    <summary>The ${unseen.length} that cannot be observed on a server, and why</summary>
    ${reasons(unseen.map((it) => ({ ...it, why: cannot[String(it.testable.server)] ?? '' })))}
  </details>`;
}

function targetPart(target: JudgedTarget, it: Coverage, index: number): Html {
  const unjudged = it.sections.flatMap((section) => section.unjudged);
  const besides =
    it.besides === 0
      ? undefined
      : html`<p>${it.besides} others were judged too: they have no number, or show only through others.</p>`;
  return html`<details class="unjudged" data-target="${index}">
    <summary>${target.name}: by section, and the ${unjudged.length} not covered</summary>
    <noscript>
      ${besides}
      <table class="by-section">
        <thead>
          <tr>
            <th scope="col">section</th>
            <th scope="col" class="num">covered</th>
            <th scope="col">share</th>
          </tr>
        </thead>
        <tbody>
          ${it.sections.map(sectionRow)}
        </tbody>
      </table>
      ${unjudged.length === 0 ? undefined : reasons(unjudged)}
    </noscript>
  </details>`;
}

function sectionRow(it: SectionCoverage): Html {
  return html`<tr>
    <td>${it.title}</td>
    <td class="num">${it.judged} of ${it.observable}</td>
    <td>${bar(it.judged, it.observable)}</td>
  </tr>`;
}

function reasons(all: readonly Omit<Unjudged, 'kind'>[]): Html {
  return html`<table class="reasons">
    <thead>
      <tr>
        <th scope="col">statement</th>
        <th scope="col">title</th>
        <th scope="col">why not</th>
      </tr>
    </thead>
    <tbody>
      ${all.map(
        (it) =>
          html`<tr>
            <td class="id">${it.id}</td>
            <td>${it.title}</td>
            <td class="aside">${it.why}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
