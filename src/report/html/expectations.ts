// What the user expects of a scenario: each expectation met or missed, with its figures beside their limits.
import type { ConnectionId, HistoryEvent } from '../../history/event.ts';
import type { JudgedCheck, JudgedTarget } from '../../judge/judged.ts';
import type { Verdict } from '../../judge/verdict.ts';
import { Offences } from '../offence.ts';
import { badge, counts } from './badge.ts';
import { lanesOf } from './conversation.ts';
import type { Lane } from './conversation.ts';
import { figures } from './drawers.ts';
import { offencePart } from './evidence.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** What offences are shown with. */
interface Seen {
  readonly offences: Offences;
  readonly lanes: ReadonlyMap<ConnectionId, Lane>;
}

/** What users expect, of all targets. */
export function expectationsOf(targets: readonly JudgedTarget[]): readonly JudgedCheck[] {
  return targets.flatMap((it) => it.checks.filter(({ kind }) => kind === 'expectation'));
}

/** The section; nothing where nobody expects anything. */
export function expectationsSection(
  targets: readonly JudgedTarget[],
  events: readonly HistoryEvent[],
): Html | undefined {
  const all = expectationsOf(targets);
  if (all.length === 0) return undefined;
  const seen: Seen = { offences: new Offences(events), lanes: lanesOf(events) };
  return html`<section id="expectations">
    <h2>Expectations</h2>
    <p>${counts(all)}</p>
    <table class="expectations">
      <thead>
        <tr>
          <th scope="col">verdict</th>
          <th scope="col">what</th>
          <th scope="col">measured</th>
        </tr>
      </thead>
      <tbody>
        ${all.map((it) => row(it, seen))}
      </tbody>
    </table>
  </section>`;
}

function row(it: JudgedCheck, seen: Seen): Html {
  const came =
    it.verdict === 'pass' ? undefined : html`<div class="came"><span class="label">Came</span> ${it.actual}</div>`;
  return html`<tr>
      <td>${badge(it.verdict)}</td>
      <td>
        ${it.title} <span class="aside id">${it.id}</span>
        <div class="came"><span class="label">Expected</span> ${it.expected.join(', or ')}</div>
        ${came}
      </td>
      <td>${figures(it.measured)}</td>
    </tr>
    ${offenceRow(it, seen)}`;
}

/** Only of what was not kept: where scripts run, it is text until somebody opens it. */
function offenceRow(it: JudgedCheck, { offences, lanes }: Seen): Html | undefined {
  const offence = isWanting(it.verdict) ? offences.of(it) : undefined;
  if (offence === undefined) return undefined;
  return html`<tr>
    <td colspan="3" class="of-row">
      <details class="offence">
        <summary>First offence, from tap to tap</summary>
        <noscript>
          <ol class="path">
            ${offence.path.map(
              ({ time, where, what }) =>
                html`<li><span class="time">${time} s</span> ${what} <span class="aside">${where}</span></li>`,
            )}
          </ol>
          ${offencePart(offence, lanes)}
        </noscript>
      </details>
    </td>
  </tr>`;
}

function isWanting(verdict: Verdict): boolean {
  return verdict === 'fail' || verdict === 'warn' || verdict === 'inconclusive';
}
