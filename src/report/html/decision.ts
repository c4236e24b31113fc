// What a baseline and waivers made of the run: the decision, and everything that is other than it was, or forgiven.
import type { Standing } from '../../judge/gate/standing.ts';
import type { JudgedRun } from '../../judge/judged.ts';
import {
  baselineLines,
  decisionSentence,
  openStandings,
  standings,
  standingTitles,
  titleOfItem,
  waiverText,
} from '../gate-words.ts';
import { badge } from './badge.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** The section; nothing for a run that failures alone decide. */
export function decisionSection(run: JudgedRun): Html | undefined {
  const sentence = decisionSentence(run);
  if (sentence === undefined) return undefined;
  return html`<section id="decision">
    <h2>Decision</h2>
    <p><b>${sentence}</b></p>
    ${baselineLines(run).map((it) => html`<p class="aside">${it}</p>`)} ${standings.map((it) => standingPart(run, it))}
  </section>`;
}

function standingPart(run: JudgedRun, standing: Standing): Html | undefined {
  const items = run.decision?.items.filter((it) => it.standing === standing) ?? [];
  if (items.length === 0) return undefined;
  const isOpen = openStandings.includes(standing);
  return html`<details class="chapter" ${isOpen ? html`open=""` : undefined}>
    <summary><span class="title">${standingTitles[standing]}</span> <span class="aside">${items.length}</span></summary>
    <table class="checks">
      <thead>
        <tr>
          <th scope="col">verdict</th>
          <th scope="col">before</th>
          <th scope="col">what</th>
          <th scope="col">target</th>
        </tr>
      </thead>
      <tbody>
        ${items.map(
          (it) =>
            html`<tr>
              <td>${badge(it.verdict)}</td>
              <td>${it.was === undefined ? undefined : badge(it.was)}</td>
              <td>
                ${titleOfItem(run, it)}
                ${it.waivers.map((waiver) => html`<div class="came">${waiverText(waiver, standing)}</div>`)}
              </td>
              <td class="aside">${it.target}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}
