// A tiny language for histories: connections, packets and waits in order, so that a test reads like a transcript.
import type {
  ConnectionEnded,
  EventDraft,
  HistoryEvent,
  PacketSeen,
  PartChanged,
  Vantage,
} from '../../src/history/event.ts';
import { createJudge } from '../../src/judge/judge.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import type { Rule } from '../../src/judge/rule.ts';
import type { Finding } from '../../src/judge/finding.ts';
import { foldFindings } from '../../src/judge/fold.ts';
import type { Verdict } from '../../src/judge/verdict.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Packet, Text } from '../../src/wire/packet.ts';

/** What a connection of a written history is made with. */
export interface ConnOptions {
  readonly server?: string;
  readonly target?: string;
  readonly check?: string;
  /** Taps at both ends; packets from the client are seen at the client's end first, those from the server last. */
  readonly link?: string;
}

/** One millisecond passes with every event, so that order and time agree. */
export class HistoryOf {
  readonly events: HistoryEvent[] = [];
  #nowMs = 0;
  #connections = 0;

  conn(client: string, options: ConnOptions = {}): Conn {
    this.#connections += 1;
    return new Conn(this, `c${this.#connections}`, client, options);
  }

  wait(ms: number): this {
    this.#nowMs += ms;
    return this;
  }

  part(part: string, state: PartChanged['state']): this {
    return this.record({ kind: 'part', part, role: 'broker', state });
  }

  record(draft: EventDraft): this {
    this.#nowMs += 1;
    this.events.push({ ...draft, seq: this.events.length + 1, tMs: draft.tMs ?? this.#nowMs });
    return this;
  }
}

/** A connection of a written history; opened by being made. */
export class Conn {
  readonly id: string;
  readonly #history: HistoryOf;
  readonly #taps: readonly Vantage[];
  readonly #offsets = { toServer: 0, toClient: 0 };

  constructor(history: HistoryOf, id: string, client: string, options: ConnOptions) {
    this.#history = history;
    this.id = id;
    this.#taps = options.link === undefined ? ['wire'] : ['clientEnd', 'serverEnd'];
    for (const seenAt of this.#taps) {
      history.record({ kind: 'opened', connection: id, client, server: 'broker', seenAt, ...options });
    }
  }

  /** Packets, or raw bytes of one, from the client. */
  client(...packets: readonly (Packet<Text> | Uint8Array)[]): this {
    for (const packet of packets) this.#send('toServer', packet, this.#taps);
    return this;
  }

  /** Packets, or raw bytes of one, from the server. */
  server(...packets: readonly (Packet<Text> | Uint8Array)[]): this {
    for (const packet of packets) this.#send('toClient', packet, this.#taps.toReversed());
    return this;
  }

  /** A packet that only one tap saw: the link lost it, or it is still under way. */
  seenOnly(at: Vantage, direction: PacketSeen['direction'], packet: Packet<Text> | Uint8Array): this {
    this.#send(direction, packet, [at]);
    return this;
  }

  /** A packet that the client's end sees now, and the server's end when what is given back is called. */
  leaves(packet: Packet<Text> | Uint8Array): () => void {
    const offset = this.#offsets.toServer;
    this.#send('toServer', packet, ['clientEnd']);
    return () => this.#record('toServer', packet, 'serverEnd', offset);
  }

  /** The server's end alone closes: the client has yet to hear of it. */
  endedThere(by: ConnectionEnded['by'], how: ConnectionEnded['how'] = 'fin'): this {
    this.#history.record({ kind: 'ended', connection: this.id, seenAt: 'serverEnd', by, how });
    return this;
  }

  ended(by: ConnectionEnded['by'], how: ConnectionEnded['how'] = 'fin'): this {
    for (const seenAt of this.#taps) this.#history.record({ kind: 'ended', connection: this.id, seenAt, by, how });
    return this;
  }

  wait(ms: number): this {
    this.#history.wait(ms);
    return this;
  }

  taint(why = 'illegal on purpose'): this {
    this.#history.record({ kind: 'taint', connection: this.id, why, offset: this.#offsets.toServer });
    return this;
  }

  gap(): this {
    this.#history.record({ kind: 'gap', connection: this.id, why: 'bytes were lost' });
    return this;
  }

  mark(name: string): this {
    this.#history.record({ kind: 'mark', name, connection: this.id, offset: this.#offsets.toServer });
    return this;
  }

  #send(direction: PacketSeen['direction'], packet: Packet<Text> | Uint8Array, taps: readonly Vantage[]): void {
    const offset = this.#offsets[direction];
    this.#offsets[direction] += bytesOf(packet).length;
    for (const seenAt of taps) this.#record(direction, packet, seenAt, offset);
  }

  #record(
    direction: PacketSeen['direction'],
    packet: Packet<Text> | Uint8Array,
    seenAt: Vantage,
    offset: number,
  ): void {
    const bytes = Buffer.from(bytesOf(packet)).toString('base64');
    this.#history.record({ kind: 'packet', connection: this.id, direction, seenAt, offset, bytes });
  }
}

const bytesOf = (packet: Packet<Text> | Uint8Array): Uint8Array =>
  packet instanceof Uint8Array ? packet : encode(packet);

/** Judges events with these rules, step by step to the end. */
export function findingsOf(rules: readonly Rule[], events: Iterable<HistoryEvent>): readonly Finding[] {
  const judge = createJudge({ rules, parameters: defaultParameters });
  const live = [...events].flatMap((event) => judge.step(event));
  return [...live, ...judge.end()];
}

/** Verdict of each statement that one rule judged in a written history, whatever party it names. */
export function verdicts(rule: Rule, write: (history: HistoryOf) => unknown): Readonly<Record<string, Verdict>> {
  const history = new HistoryOf();
  write(history);
  return verdictsOn([rule], history.events);
}

/** Verdict of each statement that these rules judged. */
function verdictsOn(rules: readonly Rule[], events: Iterable<HistoryEvent>): Readonly<Record<string, Verdict>> {
  const findings = findingsOf(rules, events).map((it) => ({ ...it, target: 'any' }));
  return Object.fromEntries((foldFindings(findings).get('any') ?? []).map((it) => [it.id, it.verdict]));
}
