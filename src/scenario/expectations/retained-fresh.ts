// Whether a new subscription finds the newest retained value, and not one that was overtaken or none.
import type { ConnectionEnded, HistoryEvent, PacketSeen } from '../../history/event.ts';
import { frameOf, payloadHashOf } from '../../history/packet-of.ts';
import { payloadHash } from '../../history/payload-hash.ts';
import type { Packet, Publish } from '../../wire/packet.ts';
import { filterMatches } from '../../wire/topic.ts';
import { ConnectionNames, nothing, type Expectation, type Outcome } from '../expectation.ts';

/** Parameters of the expectation. */
export interface RetainedFreshOptions {
  readonly from: string;
  readonly to: string;
}

/** What may be found on a topic: the newest value, and others that were under way when the subscription came. */
interface Retained {
  readonly seq: number;
  readonly hash: string;
  readonly isEmpty: boolean;
}

/** A subscription, and what it should find on one topic. */
interface Look {
  readonly connection: string;
  readonly topic: string;
  readonly seq: number;
  readonly newest: Retained;
  /** Hashes that are as fresh: what was under way, or came since. */
  readonly fresh: Set<string>;
  readonly askedMs: number;
  /** The packet id of its SUBSCRIBE, until SUBACK has come. */
  readonly packetId: number;
  /** When the broker had taken the subscription, as the receiver's tap saw it. */
  takenMs?: number;
  found?: { readonly seq: number; readonly isFresh: boolean };
}

/** So long behind SUBACK, and as long again as that took, a value has time to come before the connection ends. */
const patienceMs = 1000;

/** Each new subscription of `to` finds the newest retained value of `from` on every topic. */
export class RetainedFresh implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: RetainedFreshOptions;
  readonly #names = new ConnectionNames();
  readonly #newest = new Map<string, Retained>();
  /** Values that the broker may or may not have, by packet id of the sender. */
  readonly #pending = new Map<string, { readonly topic: string; readonly value: Retained }>();
  readonly #wills = new Map<string, { readonly topic: string; readonly hash: string }>();
  /** Wills that may have replaced the newest value, by topic. */
  readonly #mayBe = new Map<string, string>();
  #looks: Look[] = [];
  #isOver = false;

  constructor(options: RetainedFreshOptions) {
    this.#options = options;
    this.id = `retained-fresh:${options.from}->${options.to}`;
    this.title = `${options.to} finds the newest retained values of ${options.from}`;
    this.expected = [`each subscription of ${options.to} is sent the newest value that ${options.from} left retained`];
  }

  step(event: HistoryEvent): void {
    if (this.#isOver) return;
    if (event.kind === 'opened') this.#names.note(event);
    if (event.kind === 'mark' && event.name === 'settled') this.#isOver = true;
    if (event.kind === 'ended' && event.seenAt !== 'serverEnd') this.#lookedInVain(event);
    // A broker publishes the will when a connection ends without DISCONNECT; when exactly, no tap sees.
    if (event.kind === 'ended' && event.seenAt !== 'clientEnd') this.#mayPublishWill(event.connection);
    if (event.kind !== 'packet') return;
    const { packet } = frameOf(event);
    if (packet === undefined) return;
    const client = this.#names.clientOf(event.connection);
    if (client === this.#options.from && event.seenAt !== 'clientEnd') this.#sender(event, packet);
    if (client === this.#options.to) this.#receiver(event, packet);
  }

  #sender(event: PacketSeen, packet: Packet): void {
    const { connection } = event;
    if (packet.type === 'CONNECT' && packet.will?.retain) {
      this.#wills.set(connection, { topic: packet.will.topic, hash: payloadHash(packet.will.payload) });
    } else if (packet.type === 'DISCONNECT') this.#wills.delete(connection);
    else if (packet.type === 'PUBLISH' && packet.retain && event.direction === 'toServer') this.#retain(event, packet);
    else if (packet.type === 'PUBACK' || packet.type === 'PUBREC') this.#taken(`${connection} ${packet.packetId}`);
  }

  #retain(event: PacketSeen, packet: Publish): void {
    const hash = payloadHashOf(event, packet);
    const isEmpty = packet.payload.length === 0 && event.omittedB === undefined;
    const value: Retained = { seq: event.seq, hash, isEmpty };
    for (const look of this.#looks) if (look.topic === packet.topic && !look.found) look.fresh.add(hash);
    if (packet.packetId === undefined) this.#becomesNewest(packet.topic, value);
    else this.#pending.set(`${event.connection} ${packet.packetId}`, { topic: packet.topic, value });
  }

  #taken(key: string): void {
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    this.#pending.delete(key);
    this.#becomesNewest(pending.topic, pending.value);
  }

  #becomesNewest(topic: string, value: Retained): void {
    const before = this.#newest.get(topic);
    if (before !== undefined && before.seq > value.seq) return;
    this.#newest.set(topic, value);
    // What was sent before it and never acknowledged is no longer under way.
    for (const [key, it] of this.#pending)
      if (it.topic === topic && it.value.seq <= value.seq) this.#pending.delete(key);
    this.#mayBe.delete(topic);
  }

  #mayPublishWill(connection: string): void {
    const will = this.#wills.get(connection);
    if (will === undefined) return;
    this.#wills.delete(connection);
    for (const look of this.#looks) if (look.topic === will.topic && !look.found) look.fresh.add(will.hash);
    this.#mayBe.set(will.topic, will.hash);
  }

  #receiver(event: PacketSeen, packet: Packet): void {
    if (event.seenAt === 'serverEnd') return;
    if (packet.type === 'SUBSCRIBE') {
      this.#look(event, packet);
    } else if (packet.type === 'SUBACK') {
      for (const it of this.#looks)
        if (it.connection === event.connection && it.packetId === packet.packetId) it.takenMs ??= event.tMs;
    } else if (packet.type === 'PUBLISH' && packet.retain && event.direction === 'toClient') this.#found(event, packet);
  }

  #look(event: PacketSeen, { packetId, subscriptions }: Extract<Packet, { type: 'SUBSCRIBE' }>): void {
    const filters = subscriptions.map((it) => it.filter);
    for (const [topic, newest] of this.#newest) {
      if (newest.isEmpty || !filters.some((it) => filterMatches(it, topic))) continue;
      const underWay = [...this.#pending.values()].filter((it) => it.topic === topic).map((it) => it.value.hash);
      const will = this.#mayBe.get(topic);
      const fresh = new Set([newest.hash, ...underWay, ...(will === undefined ? [] : [will])]);
      const { connection, seq, tMs: askedMs } = event;
      this.#looks.push({ connection, topic, seq, askedMs, packetId, newest, fresh });
    }
  }

  #found(event: PacketSeen, packet: Publish): void {
    const { connection } = event;
    const look = this.#looks.find((it) => it.connection === connection && it.topic === packet.topic && !it.found);
    if (look) look.found = { seq: event.seq, isFresh: look.fresh.has(payloadHashOf(event, packet)) };
  }

  /** A connection that ended before the value had time to come was owed nothing: its next one asks again. */
  #lookedInVain({ connection, tMs }: ConnectionEnded): void {
    const hadTime = ({ takenMs, askedMs }: Look): boolean =>
      takenMs !== undefined && tMs - takenMs > takenMs - askedMs + patienceMs;
    this.#looks = this.#looks.filter((it) => it.connection !== connection || it.found || hadTime(it));
  }

  end(): Outcome {
    const stale = this.#looks.find((it) => it.found && !it.found.isFresh);
    const missing = this.#looks.find((it) => !it.found);
    const shown = stale ?? missing ?? this.#looks[0];
    if (shown === undefined) {
      return {
        ...nothing,
        actual: `${this.#options.to} never subscribed to what ${this.#options.from} had left retained`,
      };
    }
    const events = [shown.newest.seq, shown.seq, ...(shown.found ? [shown.found.seq] : [])];
    return {
      verdict: stale || missing ? 'fail' : 'pass',
      actual: stale
        ? `an older value was found on ${stale.topic}`
        : missing
          ? `nothing was found on ${missing.topic}`
          : `${this.#looks.length} retained values were found, each the newest`,
      evidence: { events: events.toSorted((a, b) => a - b) },
      measured: [{ name: 'retained values looked for', unit: 'values', value: this.#looks.length }],
    };
  }
}
