// The packets around a finding as a table: when, which way, where seen, what, and the bytes with the wrong ones marked.
import type { HistoryEvent, Vantage } from '../../history/event.ts';
import { describeDeed } from '../describe-event.ts';
import type { ExcerptLine } from '../excerpt.ts';
import { clockText } from '../figures.ts';
import { bytesOf } from '../packet-bytes.ts';
import type { ByteRun } from '../packet-bytes.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

const vantageWords: Readonly<Record<Vantage, string>> = {
  clientEnd: "at the client's end",
  serverEnd: "at the server's end",
  wire: 'on the wire',
};

/** The table; nothing where there is nothing to show. */
export function packetTable(lines: readonly ExcerptLine[]): Html | undefined {
  if (lines.length === 0) return undefined;
  return html`<table class="packets">
    <thead>
      <tr>
        <th scope="col" class="num">time, s</th>
        <th scope="col">connection</th>
        <th scope="col">seen</th>
        <th scope="col">what</th>
        <th scope="col">bytes</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(row)}
    </tbody>
  </table>`;
}

function row(line: ExcerptLine): Html {
  const { event, offending } = line;
  const what = html`<td class="what">
    ${describeDeed(event)}${offending ? html` <b class="here">◀ this one</b>` : undefined}
  </td>`;
  return html`<tr class="${offending ? 'offending' : event.kind === 'packet' ? 'packet' : 'quiet'}">
    <td class="num">${clockText(event.tMs)}</td>
    <td class="way">${wayOf(event)}</td>
    <td class="seen">${'seenAt' in event ? vantageWords[event.seenAt] : undefined}</td>
    ${what}
    <td class="bytes">${event.kind === 'packet' ? bytesOf(event, line.wrongBytes).map(run) : undefined}</td>
  </tr>`;
}

function wayOf(event: HistoryEvent): Html {
  if (event.kind === 'packet') {
    return html`${event.connection} ${event.direction === 'toServer' ? 'client → server' : 'client ← server'}`;
  }
  return html`${'connection' in event ? event.connection : undefined}`;
}

function run({ kind, text }: ByteRun): Html {
  if (kind === 'wrong') return html`<mark>[${text}]</mark> `;
  return kind === 'plain' ? html`${text} ` : html`<i class="${kind}">${text}</i> `;
}
