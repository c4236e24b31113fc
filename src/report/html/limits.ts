// Limits that targets declare of themselves: said once, in the headline, with the page that says so.
import type { DeclaredLimit } from '../../history/event.ts';
import type { JudgedRun } from '../../judge/judged.ts';
import { isWebAddress } from '../web-address.ts';
import { shape } from './badge.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

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

/** A limit with a link to the page that says so; an address that is not one of the web stays text. */
export function limitText({ says, source }: Omit<DeclaredLimit, 'needs'>): Html {
  if (!isWebAddress(source)) return html`${says} (${source})`;
  return html`${says} (<a href="${source}" rel="noreferrer noopener">source</a>)`;
}
