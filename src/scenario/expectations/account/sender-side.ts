// Follows messages from the device that means them to the broker that takes them over.
import type { HistoryEvent, PacketSeen, PublishIntended, Vantage } from '../../../history/event.ts';
import { payloadHashOf } from '../../../history/packet-of.ts';
import type { Packet, Publish } from '../../../wire/packet.ts';
import type { Closings } from './closings.ts';
import type { Identities } from './identities.ts';
import type { StreamBook } from './stream-book.ts';
import { identityOf, sightingOf, type Contradict, type Trail } from './trail.ts';

/** An end of a connection, as a packet passes it. */
export type End = Exclude<Vantage, 'wire'>;

/** What the sender's side needs of the books. */
export interface SenderBooks {
  readonly identities: Identities;
  readonly streams: StreamBook;
  readonly contradict: Contradict;
  readonly closings: Closings;
}

/** The connections of the sender. */
export class SenderSide {
  readonly #from: string;
  readonly #books: SenderBooks;
  /** The message that holds a packet id, at each end. */
  readonly #byId: Record<End, Map<number, Trail>> = { clientEnd: new Map(), serverEnd: new Map() };
  /** What left and has not reached the broker, by connection. */
  readonly #underWay = new Map<string, Trail[]>();

  constructor(from: string, books: SenderBooks) {
    this.#from = from;
    this.#books = books;
  }

  intent(event: PublishIntended): void {
    this.#books.identities.mean(event);
  }

  /** The sender said that it gives a message up. */
  dropped(event: Extract<HistoryEvent, { readonly kind: 'mark' }>): void {
    const { topic, ordinal, why } = event.data ?? {};
    const trail = this.#books.identities.byOrdinal(String(topic), Number(ordinal));
    if (trail === undefined) return this.#books.contradict(event, `${this.#from} gave up what it never meant`);
    trail.dropped = { seq: event.seq, why: String(why) };
  }

  /** The sender is gone, and with it what it held. */
  gone(seq: number): void {
    for (const trail of this.#books.identities.trails) if (trail.finished === undefined) trail.forgotten ??= seq;
  }

  packet(event: PacketSeen, packet: Packet, end: End): void {
    if (packet.type === 'PUBLISH' && event.direction === 'toServer') {
      const trail = end === 'clientEnd' ? this.#left(event, packet) : this.#reached(event, packet);
      if (packet.packetId === undefined) return;
      if (trail) this.#byId[end].set(packet.packetId, trail);
    } else if (packet.type === 'PUBACK' || packet.type === 'PUBREC') this.#answered(event, packet, end);
    else if (packet.type === 'PUBCOMP' && end === 'clientEnd') this.#finish(event, packet.packetId);
  }

  #left(event: PacketSeen, packet: Publish): Trail {
    const trail = this.#leaving(event, packet);
    trail.left.push(sightingOf(event));
    const underWay = this.#underWay.get(event.connection) ?? [];
    underWay.push(trail);
    this.#underWay.set(event.connection, underWay);
    return trail;
  }

  #leaving(event: PacketSeen, packet: Publish): Trail {
    const { identities } = this.#books;
    const hash = payloadHashOf(event, packet);
    const own = identities.own(identityOf(packet.topic, hash));
    const holder = packet.packetId === undefined ? undefined : this.#byId.clientEnd.get(packet.packetId);
    if (packet.dup && holder && own.includes(holder)) return holder;
    const waiting = own.filter((it) => it.left.length === 0 && it.dropped === undefined);
    const next = waiting.find((it) => it.forgotten === undefined) ?? waiting[0];
    if (next) return next;
    const newest = own.at(-1);
    if (packet.dup && newest) return newest;
    return identities.meanUntold(meantBy(event, packet, hash, own.length + 1));
  }

  #reached(event: PacketSeen, packet: Publish): Trail | undefined {
    const { identities, streams, contradict } = this.#books;
    const identity = identityOf(packet.topic, payloadHashOf(event, packet));
    const own = identities.own(identity);
    const underWay = this.#underWay.get(event.connection) ?? [];
    const at = underWay.findIndex((it) => own.includes(it));
    const trail = at === -1 ? own.findLast((it) => it.left.length > 0) : underWay.splice(at, 1)[0];
    if (at === -1 && !streams.isRewritten(event.connection) && !streams.isPartial(event.connection)) {
      contradict(event, `a message on ${packet.topic} reached the broker and had not left ${this.#from}`);
    }
    trail?.reached.push(sightingOf(event));
    return trail;
  }

  #answered(event: PacketSeen, packet: Extract<Packet, { type: 'PUBACK' | 'PUBREC' }>, end: End): void {
    if (event.direction !== 'toClient') return;
    const trail = this.#byId[end].get(packet.packetId);
    if (trail === undefined) return;
    if (end === 'serverEnd') trail.taken ??= sightingOf(event);
    else if (packet.type === 'PUBACK') this.#finish(event, packet.packetId);
  }

  #finish(event: PacketSeen, packetId: number): void {
    const trail = this.#byId.clientEnd.get(packetId);
    if (this.#books.closings.has(event.connection)) return;
    if (trail && event.direction === 'toClient') trail.finished ??= sightingOf(event);
  }
}

function meantBy({ seq, tMs }: PacketSeen, { topic, qos }: Publish, payloadHash: string, ordinal: number) {
  return { seq, tMs, topic, qos: qos === 3 ? 2 : qos, ordinal, payloadHash } as const;
}
