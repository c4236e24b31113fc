// The packets around a finding, as they stand in the file: a table, and a sequence diagram of the same.
import type { ConnectionId, HistoryEvent, Vantage } from '../../history/event.ts';
import { describeDeed } from '../describe-event.ts';
import type { ExcerptLine } from '../excerpt.ts';
import { clockText } from '../figures.ts';
import type { Offence } from '../offence.ts';
import { bytesOf } from '../packet-bytes.ts';
import { cutText, safeText } from '../safe-text.ts';
import { stepsOf } from './conversation.ts';
import type { Lane } from './conversation.ts';
import { fieldsOf } from './packet-fields.ts';
import { packetList } from './browser/packet-list.ts';
import type { PacketRow } from './browser/packet-list.ts';
import { sequenceTree } from './browser/sequence.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';
import { treeHtml } from './tree.ts';

const vantageWords: Readonly<Record<Vantage, string>> = {
  clientEnd: "at the client's end",
  serverEnd: "at the server's end",
  wire: '',
};

/** Both; nothing where there is nothing to show. */
export function evidencePart(lines: readonly ExcerptLine[], lanes: ReadonlyMap<ConnectionId, Lane>): Html | undefined {
  if (lines.length === 0) return undefined;
  return html`<div class="scroll">${treeHtml(packetList(lines.map(rowOf)))}</div>
    ${diagramPart(lines, lanes)}`;
}

function rowOf({ event, offending, wrongBytes }: ExcerptLine): PacketRow {
  const isPacket = event.kind === 'packet';
  return {
    time: clockText(event.tMs),
    way: wayText(event),
    seen: 'seenAt' in event ? vantageWords[event.seenAt] : '',
    text: describeDeed(event),
    fields: isPacket ? fieldsOf(event) : [],
    bytes: isPacket ? bytesOf(event, wrongBytes).map((it) => [it.kind, it.text] as const) : [],
    here: offending,
  };
}

function wayText(event: HistoryEvent): string {
  if (!('connection' in event) || event.connection === undefined) return '';
  if (event.kind !== 'packet') return event.connection;
  return `${event.connection} ${event.direction === 'toServer' ? '→ server' : '← server'}`;
}

function diagramPart(lines: readonly ExcerptLine[], lanes: ReadonlyMap<ConnectionId, Lane>): Html | undefined {
  const offending = new Set(lines.filter((it) => it.offending).map((it) => it.event.seq));
  const steps = stepsOf(lines.map((it) => it.event));
  const connections = [...new Set(steps.map((it) => it.connection))];
  const known = connections.map((it) => lanes.get(it));
  if (!steps.some((it) => it.packet !== undefined)) return undefined;
  const link = known.find((it) => it?.link !== undefined)?.link;
  const tree = sequenceTree({
    clients: connections.map((it, index) => laneName(it, known[index])),
    ...(link !== undefined && { link: safeText(link, 'terminal') }),
    server: safeText(known.find((it) => it !== undefined)?.server ?? 'server', 'terminal'),
    complete: false,
    rows: steps.map(({ connection, seqs, ...step }) => ({
      ...step,
      lane: connections.indexOf(connection),
      here: seqs.some((it) => offending.has(it)),
    })),
  });
  return html`<details class="diagram">
    <summary>Sequence diagram of these packets</summary>
    <div class="scroll">${treeHtml(tree)}</div>
  </details>`;
}

/** The first offence against an expectation: a lane for each party, packets that only one end saw drawn as lost. */
export function offencePart({ lines, parties }: Offence, lanes: ReadonlyMap<ConnectionId, Lane>): Html | undefined {
  const steps = stepsOf(lines.map((it) => it.event));
  if (!steps.some((it) => it.packet !== undefined)) return undefined;
  const offending = new Set(lines.filter((it) => it.offending).map((it) => it.event.seq));
  const names = [...new Set(steps.map((it) => parties.get(it.connection) ?? it.connection))];
  const known = steps.map((it) => lanes.get(it.connection));
  const links = [...new Set(known.flatMap((it) => it?.link ?? []))];
  const servers = [...new Set(known.flatMap((it) => it?.server ?? []))];
  const tree = sequenceTree({
    clients: names.map((it) => safeText(cutText(it, 80), 'terminal')),
    ...(links.length > 0 && { link: safeText(links.length === 1 ? (links[0] ?? '') : 'links', 'terminal') }),
    server: safeText(servers.join(', '), 'terminal'),
    complete: true,
    rows: steps.map(({ connection, seqs, text, ...step }) => ({
      ...step,
      text: `${connection} ${text}`,
      lane: names.indexOf(parties.get(connection) ?? connection),
      here: seqs.some((it) => offending.has(it)),
    })),
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Packet lanes around the offence">
      ${treeHtml(tree)}
    </div>
    <div class="scroll">${treeHtml(packetList(lines.map(rowOf)))}</div>`;
}

/** e.g. `c17 owner`. */
export function laneName(connection: ConnectionId, lane: Lane | undefined): string {
  return safeText(cutText(`${connection} ${lane?.client ?? ''}`.trimEnd(), 80), 'terminal');
}
