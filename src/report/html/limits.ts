// Limits that targets declare of themselves: said once, in the headline, with the page that says so.
import type { JudgedRun } from '../../judge/judged.ts';
import { shape } from './badge.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** A declared limit: in words, with the address of the page that documents it where one is known. */
export type DeclaredLimit = string | { readonly says: string; readonly source?: string };

/** The list; nothing where nobody declares a limit. */
export function limitsList(targets: JudgedRun['targets']): Html | undefined {
  const limited = targets.filter((it) => it.limits.length > 0);
  if (limited.length === 0) return undefined;
  return html`<section class="limits limit" aria-label="Declared limits">
    <p class="label">Declared limits</p>
    <ul>
      ${limited.map(
        (it) =>
          html`<li>
            ${shape('limit')}
            <span
              ><b>${it.name}</b>
              ${it.limits.map((limit, index) => html`${index === 0 ? '' : '; '}${limitText(limit)}`)}</span
            >
          </li>`,
      )}
    </ul>
  </section>`;
}

/** A limit with a link to its source; an address that is not one of the web stays text. */
export function limitText(limit: DeclaredLimit): Html {
  if (typeof limit === 'string') return html`${limit}`;
  const { says, source } = limit;
  if (source === undefined) return html`${says}`;
  if (!isWebAddress(source)) return html`${says} (${source})`;
  return html`${says} (<a href="${source}" rel="noreferrer noopener">source</a>)`;
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
}
