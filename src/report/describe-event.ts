// One line of plain text for any event of a history: what tables, the terminal and the live line show.
import type { HistoryEvent, PacketSeen } from '../history/event.ts';
import { frameOf } from '../history/packet-of.ts';
import type { Frame } from '../wire/frame.ts';
import type { Connect, Packet, Publish } from '../wire/packet.ts';
import { markWords } from './mark-words.ts';
import { cutText, safeText } from './safe-text.ts';

const longestText = 80;
/** Several texts in one. */
const longestMark = 240;
const mostItems = 4;

/** The event on one line, safe for a terminal, e.g. `c3 → server  PUBLISH q1 id 7 'site/pump' 32 B`. */
export function describeEvent(event: HistoryEvent): string {
  const where = whereOf(event);
  return where === '' ? describeDeed(event) : `${where}  ${describeDeed(event)}`;
}

/** Connection and direction of an event, e.g. `c3 → server`; empty where it has none. */
function whereOf(event: HistoryEvent): string {
  if (event.kind === 'packet') return `${plain(event.connection)} ${arrowOf(event)}`;
  return 'connection' in event && event.connection !== undefined ? plain(event.connection) : '';
}

/** `→ server` or `← server`. */
export function arrowOf(event: PacketSeen): string {
  return event.direction === 'toServer' ? '→ server' : '← server';
}

/** What happened, without where, e.g. `PUBLISH q1 id 7 'site/pump' 32 B`. */
export function describeDeed(event: HistoryEvent): string {
  switch (event.kind) {
    case 'packet':
      return describeFrame(frameOf(event), event);
    case 'opened':
      return `opened: ${plain(event.client)} → ${plain(event.server)}${event.link ? ` over ${plain(event.link)}` : ''}`;
    case 'ended':
      return `ended by the ${event.by} (${event.how})${detail(event.detail)}`;
    case 'taint':
      return `illegal on purpose: ${plain(event.why)}`;
    case 'intent':
      return `${plain(event.part)} means to publish q${event.qos} ${quoted(event.topic)} #${event.ordinal}`;
    case 'link':
      return `link ${plain(event.link)}: ${event.state}${figures(event.figures)}`;
    case 'fault':
      return `fault ${plain(event.fault)} on ${plain(event.link)}: ${plain(event.did)}`;
    case 'part':
      return `${event.role} ${plain(event.part)}: ${event.state}${detail(event.detail)}`;
    default:
      return describeRun(event);
  }
}

type Rest = Exclude<
  HistoryEvent,
  { kind: 'packet' | 'opened' | 'ended' | 'taint' | 'intent' | 'link' | 'fault' | 'part' }
>;

function describeRun(event: Rest): string {
  switch (event.kind) {
    case 'run':
      return `run begins: ${event.mode}, seed ${event.seed}`;
    case 'target':
      return `target ${plain(event.target)} ${plain(event.version)}`;
    case 'check':
      return `check ${plain(event.check)} on ${plain(event.target)}: ${event.phase}${detail(event.reason)}`;
    case 'mark':
      return safeText(cutText(markWords(event), longestMark), 'terminal');
    case 'gap':
      return `not seen: ${plain(event.why)}`;
    case 'truncated':
      return `no longer recorded: ${plain(event.why)}`;
    case 'end':
      return `run ends: ${event.how}${detail(event.reason)}`;
  }
}

function describeFrame(frame: Frame, event: PacketSeen): string {
  const deviations = [...new Set(frame.deviations.map((it) => it.code))];
  const flaw = deviations.length === 0 ? '' : ` (malformed: ${deviations.join(', ')})`;
  if (frame.packet !== undefined) return describePacket(frame.packet, event.omittedB ?? 0) + flaw;
  return `${frame.bytes.length + (event.omittedB ?? 0)} B that are no packet${flaw}`;
}

function describePacket(packet: Packet, omittedB: number): string {
  switch (packet.type) {
    case 'CONNECT':
      return describeConnect(packet);
    case 'CONNACK':
      return `CONNACK code ${packet.returnCode}${packet.sessionPresent ? ', session present' : ''}`;
    case 'PUBLISH':
      return describePublish(packet, omittedB);
    case 'SUBSCRIBE':
      return `SUBSCRIBE id ${packet.packetId} ${some(packet.subscriptions, (it) => `${quoted(it.filter)} q${it.qos}`)}`;
    case 'SUBACK':
      return `SUBACK id ${packet.packetId} ${some(packet.returnCodes, (it) => (it === 0x80 ? 'refused' : `q${it}`))}`;
    case 'UNSUBSCRIBE':
      return `UNSUBSCRIBE id ${packet.packetId} ${some(packet.filters, quoted)}`;
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
    case 'UNSUBACK':
      return `${packet.type} id ${packet.packetId}`;
    default:
      return packet.type;
  }
}

function describeConnect(it: Connect): string {
  const will = it.will;
  return [
    `CONNECT ${quoted(it.clientId)}`,
    it.cleanSession ? 'clean session' : 'kept session',
    `keep alive ${it.keepAliveS} s`,
    ...(it.protocolLevel === 4 ? [] : [`level ${it.protocolLevel}`]),
    ...(will === undefined ? [] : [`will q${will.qos}${will.retain ? ' retain' : ''} ${quoted(will.topic)}`]),
    ...(it.userName === undefined ? [] : [`user ${quoted(it.userName)}`]),
  ].join(', ');
}

function describePublish(it: Publish, omittedB: number): string {
  const flags = `${it.dup ? ' DUP' : ''}${it.retain ? ' retain' : ''}`;
  const id = it.packetId === undefined ? '' : ` id ${it.packetId}`;
  return `PUBLISH q${it.qos}${flags}${id} ${quoted(it.topic)} ${it.payload.length + omittedB} B`;
}

function some<T>(items: readonly T[], show: (item: T) => string): string {
  const shown = items.slice(0, mostItems).map(show).join(', ');
  return items.length > mostItems ? `${shown} and ${items.length - mostItems} more` : shown;
}

function figures(all: Readonly<Record<string, number>>): string {
  const words = Object.entries(all).map(([name, value]) => `${plain(name)} ${value}`);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function detail(text: string | undefined): string {
  return text === undefined || text === '' ? '' : `, ${plain(text)}`;
}

function quoted(text: string): string {
  return `'${plain(text)}'`;
}

/** The cut comes first: what is made visible must not be cut in the middle. */
function plain(text: string): string {
  return safeText(cutText(text, longestText), 'terminal');
}
