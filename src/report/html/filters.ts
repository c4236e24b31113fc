// The controls that narrow the page down; without scripts they are not there, and everything is shown.
import type { JudgedTarget } from '../../judge/judged.ts';
import type { Verdict } from '../../judge/verdict.ts';
import { verdictWords } from '../verdict-words.ts';
import { shape } from './badge.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

const offered: readonly Verdict[] = ['fail', 'inconclusive', 'warn', 'skipped'];

/** The bar. */
export function filterBar(targets: readonly JudgedTarget[]): Html {
  return html`<div id="filters" class="scripted" role="search" aria-label="Filters" hidden="">
    <span class="toggles"
      >${offered.map(
        (it) =>
          html`<button type="button" class="${it}" data-show="${it}" aria-pressed="false">
            ${shape(it)} ${verdictWords[it].word}
          </button>`,
      )}</span
    >
    <label
      ><span class="label">Target</span>
      <select>
        <option value="">all</option>
        ${targets.map((it, index) => html`<option value="${index}">${it.name}</option>`)}
      </select></label
    >
    <label><span class="label">Find</span> <input type="search" placeholder="statement, title, text" /></label>
    <button type="button" data-clear="" hidden="">Show all</button>
    <span class="aside" role="status"></span>
  </div>`;
}
