// How soon others learn that a device is gone: from the break of its link, or its connection, to its will.
import type { HistoryEvent, PacketSeen, PartChanged } from '../../history/event.ts';
import { frameOf } from '../../history/packet-of.ts';
import type { Packet, Publish } from '../../wire/packet.ts';
import { ConnectionNames, nothing, seconds, worst, type Expectation, type Outcome } from '../expectation.ts';

/** Parameters of the expectation. */
export interface WillOptions {
  readonly of: string;
  readonly to: string;
  readonly withinMs: number;
}

interface Break {
  readonly tMs: number;
  readonly seq: number;
  /** The break was over before a will was due. */
  overMs?: number;
  /** Its connection went on afterwards: the broker had not missed it, and what comes later is not for this break. */
  survived?: true;
  will?: { readonly tMs: number; readonly seq: number };
}

/**
 * The will of `of` reaches `to` within `withinMs` of each break of its link that lasts longer than that. A break owes no
 * will where the broker has none: the will of the last connection has come already, and no other was accepted since.
 */
export class WillWithin implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: WillOptions;
  readonly #names = new ConnectionNames();
  readonly #breaks: Break[] = [];
  #link: string | undefined;
  /** Connections that the broker accepted and whose will has neither come nor been discarded, in their order. */
  #owing: string[] = [];
  #will: { readonly topic: string; readonly payload: string } | undefined;
  /** Messages of its own that look like its will and have not come yet, such as a state before it takes its leave. */
  #lookalikes = 0;
  #isLinkUp = true;
  #isOn = true;
  #lastMs = 0;

  constructor(options: WillOptions) {
    this.#options = options;
    this.id = `will:${options.of}->${options.to}`;
    this.title = `${options.to} learns that ${options.of} is cut off`;
    this.expected = [
      `the will of ${options.of} arrives within ${options.withinMs / 1000} s of a break of its link, or of its own power`,
    ];
  }

  step(event: HistoryEvent): void {
    this.#lastMs = event.tMs;
    if (event.kind === 'opened') {
      this.#names.note(event);
      if (event.client === this.#options.of) this.#link = event.link;
    } else if (event.kind === 'link' && event.link === this.#link)
      this.#broken((this.#isLinkUp = event.state === 'up'), event);
    else if (event.kind === 'part' && event.part === this.#options.of) this.#switched(event);
    else if (event.kind === 'packet') this.#packet(event);
  }

  /** Without power, or standing still, it cannot say goodbye; stopped, it does, and no will is due. */
  #switched(event: PartChanged): void {
    if (event.state === 'killed' || event.state === 'paused') this.#isOn = false;
    else if (event.state === 'starting' || event.state === 'resumed') this.#isOn = true;
    else return;
    this.#broken(this.#isOn, event);
  }

  /** The link or the device went, or came back: a break is over when both are there. */
  #broken(isBack: boolean, { tMs, seq }: HistoryEvent): void {
    const open = this.#breaks.at(-1);
    const broken = open !== undefined && open.overMs === undefined;
    if (!isBack && !broken && this.#owing.length > 0) {
      this.#breaks.push({ tMs, seq });
      this.#lookalikes = 0; // What has not come by now was lost with its line.
    }
    if (broken && this.#isLinkUp && this.#isOn) open.overMs = tMs;
  }

  #packet(event: PacketSeen): void {
    const packet = frameOf(event).packet;
    if (packet === undefined) return;
    const client = this.#names.clientOf(event.connection);
    if (client === this.#options.of) this.#ofDevice(event, packet);
    const isHeard = client === this.#options.to && event.direction === 'toClient' && event.seenAt !== 'serverEnd';
    if (!isHeard || packet.type !== 'PUBLISH' || packet.retain) return;
    if (!this.#isWill(packet)) return;
    if (this.#lookalikes > 0) {
      this.#lookalikes--;
      return;
    }
    this.#owing.shift();
    const last = this.#breaks.at(-1);
    if (last && !last.will && !last.survived) last.will = { tMs: event.tMs, seq: event.seq };
  }

  #isWill({ topic, payload }: Publish): boolean {
    return topic === this.#will?.topic && hex(payload) === this.#will.payload;
  }

  #ofDevice({ connection, seenAt, direction }: PacketSeen, packet: Packet): void {
    if (packet.type === 'CONNECT' && packet.will) {
      this.#will = { topic: packet.will.topic, payload: hex(packet.will.payload) };
    }
    if (seenAt === 'clientEnd') return;
    if (packet.type === 'CONNACK' && packet.returnCode === 0) this.#owing.push(connection);
    if (packet.type === 'DISCONNECT') this.#owing = this.#owing.filter((it) => it !== connection);
    if (direction !== 'toServer') return;
    // Sent again it is the same message: one with DUP may come as well, or not.
    if (packet.type === 'PUBLISH' && !packet.dup && this.#isWill(packet)) this.#lookalikes++;
    const last = this.#breaks.at(-1);
    if (last?.overMs !== undefined && this.#owing.includes(connection)) last.survived = true;
  }

  end(): Outcome {
    const { withinMs } = this.#options;
    const isLong = (it: Break): boolean => (it.overMs ?? this.#lastMs) - it.tMs > withinMs;
    const due = this.#breaks.filter((it) => it.will !== undefined || isLong(it));
    const missed = due.find((it) => delayMs(it) > withinMs);
    const shown = missed ?? due[0];
    if (shown === undefined) return { ...nothing, actual: 'neither its link nor its power was gone for long enough' };
    return {
      verdict: missed ? 'fail' : 'pass',
      actual: shown.will ? `the will arrived ${seconds(delayMs(shown))} after the break` : 'the will never arrived',
      evidence: { events: [shown.seq, ...(shown.will ? [shown.will.seq] : [])] },
      measured: worst('will delay', due.map(delayMs), withinMs),
    };
  }
}

/** How late the will came; infinite where it never did. */
const delayMs = (it: Break): number => (it.will ? it.will.tMs - it.tMs : Number.POSITIVE_INFINITY);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
