// Follows messages from the broker that sends them on to the receiver that gets them, and tells copies from deliveries.
import type { HistoryEvent, PacketSeen } from '../../../history/event.ts';
import { frameOf, payloadHashOf } from '../../../history/packet-of.ts';
import type { Packet, Publish } from '../../../wire/packet.ts';
import type { Closings } from './closings.ts';
import type { Identities } from './identities.ts';
import type { End } from './sender-side.ts';
import type { StreamBook } from './stream-book.ts';
import { identityOf, sightingOf, type Contradict, type Sighting, type Trail } from './trail.ts';

/** What the receiver's side needs of the books. */
export interface ReceiverBooks {
  readonly identities: Identities;
  readonly streams: StreamBook;
  readonly contradict: Contradict;
  readonly closings: Closings;
}

/** What a PUBLISH to the receiver carries: a message of the sender, or one that is none of its. */
type Carried = Trail | 'foreign';

/** A malformed packet that arrived, and the message that it was taken for. */
interface Malformed {
  readonly trail: Trail;
  readonly seen: Sighting;
  readonly packetId: number | undefined;
}

/** The connections of the receiver. */
export class ReceiverSide {
  readonly #to: string;
  readonly #books: ReceiverBooks;
  /** What holds a packet id, as the broker counts them. */
  readonly #byId = new Map<number, Carried>();
  /** What was sent on and has not arrived, by connection. */
  readonly #underWay = new Map<string, { readonly identity: string; readonly carried: Carried }[]>();
  /** QoS 2 messages that arrived and are not released. */
  readonly #held = new Set<number>();
  /** Exchanges that the broker waits for, by packet id: an id outlives its connection. */
  readonly #unconfirmed = new Map<number, { readonly connection: string; readonly carried: Carried }>();
  /** The last thing that arrived on a connection, where it was malformed: its receiver may close over it. */
  readonly #malformed = new Map<string, Malformed>();
  /** The greatest index that arrived, by topic and QoS. */
  readonly #newest = new Map<string, number>();
  constructor(to: string, books: ReceiverBooks) {
    this.#to = to;
    this.#books = books;
  }

  /** Messages of the sender that the receiver has not confirmed where the broker listens: of one connection, or of all. */
  unconfirmed(connection?: string): readonly Trail[] {
    return [...this.#unconfirmed.values()].flatMap((it) =>
      it.carried === 'foreign' || (connection !== undefined && it.connection !== connection) ? [] : [it.carried],
    );
  }

  /** The receiver closed a connection: what it closed over was no delivery. */
  closed({ connection }: Extract<HistoryEvent, { readonly kind: 'ended' }>): void {
    const last = this.#malformed.get(connection);
    if (last === undefined) return;
    this.#malformed.delete(connection);
    last.trail.arrivals.splice(last.trail.arrivals.indexOf(last.seen), 1);
    last.trail.refused.push(last.seen);
    if (last.packetId !== undefined) this.#held.delete(last.packetId);
  }

  packet(event: PacketSeen, packet: Packet, end: End): void {
    if (end === 'clientEnd') this.#malformed.delete(event.connection);
    if (event.direction === 'toClient') this.#toReceiver(event, packet, end);
    else this.#fromReceiver(packet, end);
  }

  #toReceiver(event: PacketSeen, packet: Packet, end: End): void {
    if (packet.type === 'PUBLISH') {
      if (end === 'serverEnd') this.#forwarded(event, packet);
      else this.#arrived(event, packet);
    } else if (packet.type === 'PUBREL' && end === 'clientEnd') this.#held.delete(packet.packetId);
    else if (packet.type === 'CONNACK' && end === 'clientEnd' && !packet.sessionPresent) this.#held.clear();
  }

  #fromReceiver(packet: Packet, end: End): void {
    if (end !== 'serverEnd') return;
    if (packet.type === 'PUBACK' || packet.type === 'PUBCOMP') this.#unconfirmed.delete(packet.packetId);
  }

  #forwarded(event: PacketSeen, packet: Publish): void {
    const identity = identityOf(packet.topic, payloadHashOf(event, packet));
    const carried = this.#carried(event, packet, identity);
    if (carried !== 'foreign') carried.forwarded.push(sightingOf(event));
    if (packet.packetId !== undefined) {
      this.#byId.set(packet.packetId, carried);
      this.#unconfirmed.set(packet.packetId, { connection: event.connection, carried });
    }
    const underWay = this.#underWay.get(event.connection) ?? [];
    underWay.push({ identity, carried });
    this.#underWay.set(event.connection, underWay);
  }

  #carried(event: PacketSeen, packet: Publish, identity: string): Carried {
    const { identities, streams, contradict } = this.#books;
    const own = identities.own(identity);
    const holder = packet.packetId === undefined ? undefined : this.#byId.get(packet.packetId);
    if (packet.dup && holder !== undefined && (holder === 'foreign' || own.includes(holder))) return holder;
    const seen = own.filter((it) => it.reached.length > 0 || streams.hasPartial);
    const next = seen.find((it) => it.forwarded.length === 0);
    // A retained message is what a subscription finds: the newest one.
    if (packet.retain) return seen.at(-1)?.forwarded.length === 0 ? (seen.at(-1) ?? 'foreign') : 'foreign';
    if (next) return next;
    if (identities.takeForeign(identity)) return 'foreign';
    const copied = seen.at(-1);
    if (copied) return copied;
    if (own.length > 0) contradict(event, `the broker sent on a message on ${packet.topic} that had not reached it`);
    return 'foreign';
  }

  #arrived(event: PacketSeen, packet: Publish): void {
    const identity = identityOf(packet.topic, payloadHashOf(event, packet));
    const carried = this.#arriving(event, identity);
    const isDelivery = packet.qos !== 2 || packet.packetId === undefined || !this.#held.has(packet.packetId);
    const seen = sightingOf(event);
    if (this.#books.closings.has(event.connection)) {
      // What it does not take it does not hold either: on the next connection the same packet is a delivery.
      if (carried !== 'foreign' && isDelivery) carried.refused.push(seen);
      return;
    }
    if (packet.qos === 2 && packet.packetId !== undefined) this.#held.add(packet.packetId);
    if (carried === 'foreign' || !isDelivery) return;
    if (carried.arrivals.length === 0 && !packet.retain) this.#order(carried);
    carried.arrivals.push(seen);
    if (frameOf(event).deviations.length === 0) return;
    this.#malformed.set(event.connection, { trail: carried, seen, packetId: packet.packetId });
  }

  #arriving(event: PacketSeen, identity: string): Carried {
    const { identities, streams, contradict } = this.#books;
    const underWay = this.#underWay.get(event.connection) ?? [];
    const at = underWay.findIndex((it) => it.identity === identity);
    if (at !== -1) return underWay.splice(at, 1)[0]?.carried ?? 'foreign';
    const own = identities.own(identity).findLast((it) => it.forwarded.length > 0 || streams.hasPartial);
    if (!streams.isRewritten(event.connection) && !streams.isPartial(event.connection)) {
      contradict(event, `a message reached ${this.#to} on ${event.connection} that the broker had not sent`);
    }
    return own ?? 'foreign';
  }

  #order(trail: Trail): void {
    const key = `${trail.meant.qos} ${trail.meant.topic}`;
    const newest = this.#newest.get(key) ?? 0;
    trail.isOvertaken = trail.index < newest;
    this.#newest.set(key, Math.max(newest, trail.index));
  }
}
