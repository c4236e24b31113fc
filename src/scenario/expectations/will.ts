// How soon others learn that a device is gone: from the break of its link, or its connection, to its will.
import type { HistoryEvent, LinkChanged, PacketSeen } from '../../history/event.ts';
import { frameOf } from '../../history/packet-of.ts';
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
  will?: { readonly tMs: number; readonly seq: number };
}

/** The will of `of` reaches `to` within `withinMs` of each break of its link that lasts longer than that. */
export class WillWithin implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: WillOptions;
  readonly #names = new ConnectionNames();
  readonly #breaks: Break[] = [];
  #link: string | undefined;
  #will: { readonly topic: string; readonly payload: string } | undefined;
  #lastMs = 0;

  constructor(options: WillOptions) {
    this.#options = options;
    this.id = `will:${options.of}->${options.to}`;
    this.title = `${options.to} learns that ${options.of} is cut off`;
    this.expected = [`the will of ${options.of} arrives within ${options.withinMs / 1000} s of a break of its link`];
  }

  step(event: HistoryEvent): void {
    this.#lastMs = event.tMs;
    if (event.kind === 'opened') {
      this.#names.note(event);
      if (event.client === this.#options.of) this.#link = event.link;
    } else if (event.kind === 'link' && event.link === this.#link) this.#linkChanged(event);
    else if (event.kind === 'packet') this.#packet(event);
  }

  #linkChanged(event: LinkChanged): void {
    const open = this.#breaks.at(-1);
    const broken = open !== undefined && open.overMs === undefined;
    if (event.state !== 'up' && !broken) this.#breaks.push({ tMs: event.tMs, seq: event.seq });
    if (event.state === 'up' && broken) open.overMs = event.tMs;
  }

  #packet(event: PacketSeen): void {
    const packet = frameOf(event).packet;
    const client = this.#names.clientOf(event.connection);
    if (packet?.type === 'CONNECT' && client === this.#options.of && packet.will) {
      this.#will = { topic: packet.will.topic, payload: hex(packet.will.payload) };
    }
    if (packet?.type !== 'PUBLISH' || event.direction !== 'toClient' || event.seenAt === 'serverEnd') return;
    if (client !== this.#options.to || packet.topic !== this.#will?.topic || hex(packet.payload) !== this.#will.payload)
      return;
    const last = this.#breaks.at(-1);
    if (last && !last.will && !packet.retain) last.will = { tMs: event.tMs, seq: event.seq };
  }

  end(): Outcome {
    const { withinMs } = this.#options;
    const due = this.#breaks.filter((it) => it.will !== undefined || (it.overMs ?? this.#lastMs) - it.tMs > withinMs);
    const missed = due.find((it) => delayMs(it) > withinMs);
    const shown = missed ?? due[0];
    if (shown === undefined) return { ...nothing, actual: 'the link was never broken for long enough' };
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
