// Verdicts on the page: a word and a shape of its own each, so that colour only repeats what they say.
import type { Verdict } from '../../judge/verdict.ts';
import { countVerdicts, verdictWords } from '../verdict-words.ts';
import { html, trusted } from './template.ts';
import type { Html } from './template.ts';

/** Paths in a box of 16 x 16; holes are cut by the even-odd rule. */
const shapes: Readonly<Record<Verdict, string>> = {
  pass: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1ZM7 11.4 3.7 8.1l1.2-1.2L7 9l4.1-4.3 1.2 1.2Z',
  fail: 'M2 2h12v12H2ZM5.3 4.1 4.1 5.3 6.8 8l-2.7 2.7 1.2 1.2L8 9.2l2.7 2.7 1.2-1.2L9.2 8l2.7-2.7-1.2-1.2L8 6.8Z',
  warn: 'M8 1 15.5 14.5H.5ZM7.1 6v4h1.8V6ZM7.1 11.2V13h1.8v-1.8Z',
  inconclusive:
    'M8 .5 15.5 8 8 15.5.5 8ZM5.9 6.6h1.6c0-.7 1.3-.7 1.3.1 0 .7-1.6.8-1.6 2.4h1.6c0-.9 1.7-1.1 1.7-2.6C10.5 3.9 5.9 3.9 5.9 6.6ZM7.2 10h1.6v1.6H7.2Z',
  limit: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1ZM8 2.6a5.4 5.4 0 0 1 0 10.8Z',
  skipped: 'M2 7h12v2H2Z',
  notExercised: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1ZM8 2.6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 8 2.6Z',
};

/** The shapes, once per page; badges refer to them. */
export function shapeSheet(): Html {
  const symbols = Object.entries(shapes).map(
    ([verdict, path]) =>
      html`<symbol id="is-${verdict}" viewBox="0 0 16 16"><path fill-rule="evenodd" d="${trusted(path)}" /></symbol>`,
  );
  return html`<svg width="0" height="0" hidden="">${symbols}</svg>`;
}

/** Shape and word of one verdict. */
export function badge(verdict: Verdict): Html {
  return html`<span class="badge ${verdict}">${shape(verdict)}${verdictWords[verdict].word}</span>`;
}

/** Shape, count and word of every verdict that occurs. */
export function counts(of: readonly { readonly verdict: Verdict }[]): Html {
  const all = countVerdicts(of).map(
    ([verdict, count]) =>
      html`<span class="badge ${verdict}">${shape(verdict)}${count} ${verdictWords[verdict].word}</span> `,
  );
  return html`<span class="counts">${all}</span>`;
}

/** The shape alone, for those who see; the word must stand beside it. */
export function shape(verdict: Verdict): Html {
  return html`<svg class="shape" aria-hidden="true"><use href="#is-${verdict}" /></svg>`;
}
