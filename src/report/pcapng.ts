// A history as a capture file, for people who have Wireshark open already.
import type { ConnectionEnded, ConnectionId, Direction, HistoryEvent, PacketSeen, Vantage } from '../history/event.ts';
import { enhancedPacket, interfaceDescription, sectionHeader } from './pcapng-blocks.ts';
import { at, SyntheticHosts, type Endpoints } from './synthetic-hosts.ts';
import { ipPacket, type TcpFlag } from './synthetic-tcp.ts';

/** Bytes of a stream in one IP packet; with headers it stays below the 65,535 B that an IP packet may have. */
const segmentB = 65_000;

/** Some thirty years: a journal that somebody else wrote may hold any number. */
const longestMs = 1e12;

/** Ended connections of which something may still come, e.g. from the side that did not close. */
const mostEnded = 4096;

const caution =
  'Made from a journal of fieldbench. MQTT packets, their times and their offsets in the stream are as they were seen; ' +
  'IP and TCP headers, handshakes, addresses and ports are made up, and acknowledgements without data are not shown.';

const places: Readonly<Record<Vantage, string>> = {
  clientEnd: "the client's end of a link",
  serverEnd: "the server's end of a link",
  wire: 'a connection without a link',
};

/**
 * A pcapng file of everything that a history saw on its connections, piece by piece.
 *
 * There is one interface per vantage. Each MQTT packet is a TCP segment (several beyond 65,000 B) whose sequence number is
 * 1 + its offset in the stream; what opened and ended a connection is shown as a handshake and as a FIN or RST of the
 * side that closed. What the journal masked or left out is said in the packet's comment, and bytes left out make a packet
 * that is shorter than its original length. Times are those of the machine's clock at the start plus the run's own.
 */
export function* pcapngOf(events: Iterable<HistoryEvent>): Generator<Uint8Array> {
  const writer = new PcapngWriter();
  let isEmpty = true;
  for (const event of events) {
    isEmpty = false;
    yield* writer.take(event);
  }
  if (isEmpty) yield sectionHeader('fieldbench', caution);
}

/** One connection as one vantage sees it. */
interface Conversation {
  readonly interfaceId: number;
  readonly ends: Endpoints;
  /** Sequence number that comes next in each direction. */
  readonly next: Record<Direction, number>;
}

/** Something to send in a conversation. */
interface Sent {
  readonly tMs: number;
  readonly direction: Direction;
  readonly flags: readonly TcpFlag[];
  readonly seq: number;
  readonly payload?: Uint8Array;
  readonly payloadB?: number;
  readonly comment?: string;
}

/** As {@link pcapngOf}, for events that come one by one while a run goes on. Holds nothing but who is connected. */
export class PcapngWriter {
  readonly #hosts = new SyntheticHosts();
  readonly #interfaces = new Map<Vantage, number>();
  readonly #connections = new Map<ConnectionId, Map<Vantage, Conversation>>();
  /** Ended connections, the oldest first. */
  readonly #ended = new Set<ConnectionId>();
  #startedMs = 0;
  #hasBegun = false;

  /** The blocks that this event adds to the file; none for an event that is nothing on a connection. */
  *take(event: HistoryEvent): Generator<Uint8Array> {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      yield sectionHeader(event.kind === 'run' ? `fieldbench ${event.fieldbench}` : 'fieldbench', caution);
    }
    if (event.kind === 'run') this.#startedMs = Date.parse(event.startedAt) || 0;
    if (event.kind !== 'opened' && event.kind !== 'packet' && event.kind !== 'ended') return;
    if (!this.#interfaces.has(event.seenAt)) {
      this.#interfaces.set(event.seenAt, this.#interfaces.size);
      yield interfaceDescription(event.seenAt, places[event.seenAt]);
    }
    if (event.kind === 'opened') yield* this.#opened(event);
    else if (event.kind === 'packet') yield* this.#packet(event);
    else yield* this.#over(event);
  }

  *#opened(event: Extract<HistoryEvent, { kind: 'opened' }>): Generator<Uint8Array> {
    const { tMs, link, client, server, connection } = event;
    const talk = this.#begin(event, event);
    const comment = `${connection}: ${client} to ${server}${link === undefined ? '' : ` over ${link}`}`;
    yield this.#block(talk, { tMs, direction: 'toServer', flags: ['SYN'], seq: 0, comment });
    yield this.#block(talk, { tMs, direction: 'toClient', flags: ['SYN'], seq: 0 });
    yield this.#block(talk, { tMs, direction: 'toServer', flags: [], seq: 1 });
  }

  *#packet(event: PacketSeen): Generator<Uint8Array> {
    const talk = this.#find(event);
    const { tMs, direction, offset } = event;
    const { kept, wholeB } = keptOf(event);
    const comments = commentsOn(event, wholeB - kept.length, 1 + offset - talk.next[direction]);
    for (let done = 0; done < wholeB; done += segmentB) {
      const payloadB = Math.min(segmentB, wholeB - done);
      const payload = kept.subarray(done, done + payloadB);
      const isCut = done > 0 && payload.length < payloadB;
      const comment = done === 0 ? comments.join('; ') : isCut ? 'left out' : '';
      const flags: readonly TcpFlag[] = done + payloadB === wholeB ? ['PSH'] : [];
      const sent = { tMs, direction, flags, seq: 1 + offset + done, payload, payloadB };
      yield this.#block(talk, comment === '' ? sent : { ...sent, comment });
    }
    talk.next[direction] = Math.max(talk.next[direction], 1 + offset + wholeB);
  }

  *#over(event: ConnectionEnded): Generator<Uint8Array> {
    const talk = this.#find(event);
    const { tMs, by, how, detail, connection } = event;
    const direction = closingSide(event);
    const comment = `ended by the ${by} (${how})${detail === undefined ? '' : `, ${detail}`}`;
    const seq = talk.next[direction];
    if (how === 'fin') talk.next[direction] += 1;
    yield this.#block(talk, { tMs, direction, flags: [how === 'fin' ? 'FIN' : 'RST'], seq, comment });
    this.#forgetLater(connection);
  }

  /** The conversation that an event belongs to, also where its beginning was not recorded. */
  #find(event: PacketSeen | ConnectionEnded): Conversation {
    const known = this.#connections.get(event.connection)?.get(event.seenAt);
    return known ?? this.#begin(event, { client: event.connection, server: 'unknown', seenAt: event.seenAt });
  }

  #begin(
    { connection, seenAt }: { readonly connection: ConnectionId; readonly seenAt: Vantage },
    names: Parameters<SyntheticHosts['endpointsOf']>[0],
  ): Conversation {
    const vantages = this.#connections.get(connection) ?? new Map<Vantage, Conversation>();
    const [other] = vantages.values();
    const talk: Conversation = {
      interfaceId: this.#interfaces.get(seenAt) ?? 0,
      ends: other === undefined ? this.#hosts.endpointsOf(names) : at(other.ends, seenAt),
      next: { toServer: 1, toClient: 1 },
    };
    this.#connections.set(connection, vantages.set(seenAt, talk));
    return talk;
  }

  #forgetLater(connection: ConnectionId): void {
    this.#ended.delete(connection);
    this.#ended.add(connection);
    if (this.#ended.size <= mostEnded) return;
    const [oldest] = this.#ended;
    if (oldest === undefined) return;
    this.#ended.delete(oldest);
    this.#connections.delete(oldest);
  }

  #block({ interfaceId, ends, next }: Conversation, sent: Sent): Uint8Array {
    const { tMs, direction, flags, seq, payload = new Uint8Array(), payloadB = payload.length, comment } = sent;
    const [from, to] = direction === 'toServer' ? [ends.client, ends.server] : [ends.server, ends.client];
    const isFirst = direction === 'toServer' && flags.includes('SYN');
    const back = next[direction === 'toServer' ? 'toClient' : 'toServer'];
    const packet = ipPacket({ from, to, seq, flags, payload, payloadB, ...(!isFirst && { ack: back }) });
    const timeNs = BigInt(this.#startedMs) * 1_000_000n + BigInt(Math.round(Math.min(tMs, longestMs) * 1e6));
    return enhancedPacket({ interfaceId, timeNs, ...packet, ...(comment !== undefined && { comment }) });
  }
}

/** A link or bench that closes is, for each end, the other one. */
function closingSide({ by, seenAt }: ConnectionEnded): Direction {
  if (by === 'client') return 'toServer';
  if (by === 'server') return 'toClient';
  return seenAt === 'clientEnd' ? 'toClient' : 'toServer';
}

/**
 * What is shown of a packet. One that was cut shows less than its first segment holds, so that the cut lies there:
 * tools that find a whole segment wait for the rest of the packet, and never show what they have.
 */
function keptOf({ bytes, omittedB = 0 }: PacketSeen): { readonly kept: Buffer; readonly wholeB: number } {
  const kept = Buffer.from(bytes, 'base64');
  const wholeB = kept.length + omittedB;
  return { kept: omittedB > 0 ? kept.subarray(0, segmentB - 1) : kept, wholeB };
}

function commentsOn(
  { masked = [], payloadHash, unframed }: PacketSeen,
  leftOutB: number,
  missingB: number,
): readonly string[] {
  const maskedB = masked.reduce((sum, [, length]) => sum + length, 0);
  const identity = payloadHash === undefined ? '' : `, SHA-256 of the payload ${payloadHash}...`;
  return [
    ...(missingB > 0 ? [`${missingB} B before this are not in the journal`] : []),
    ...(maskedB > 0 ? [`${maskedB} B masked at ${masked.map(([start]) => start).join(', ')}`] : []),
    ...(leftOutB > 0 ? [`${leftOutB} B left out${identity}`] : []),
    ...(unframed === true ? ['not a packet'] : []),
  ];
}
