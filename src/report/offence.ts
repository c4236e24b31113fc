// The first offence against an expectation: its path from tap to tap, and the packets around it at every party concerned.
import type { ConnectionId, ConnectionOpened, HistoryEvent, PacketSeen } from '../history/event.ts';
import type { JudgedCheck } from '../judge/judged.ts';
import { describeDeed } from './describe-event.ts';
import type { ExcerptLine } from './excerpt.ts';
import { clockText } from './figures.ts';

/** One station of a path. */
export interface Station {
  readonly time: string;
  /** e.g. `pump's end of radio/pump (c3)`; empty where no tap saw it. */
  readonly where: string;
  readonly what: string;
}

/** What is shown of an offence. */
export interface Offence {
  readonly atMs: number;
  /** The cited events in order. */
  readonly path: readonly Station[];
  /** The same with what happened around them, at both ends of each connection. */
  readonly lines: readonly ExcerptLine[];
  /** The connections concerned, by party: one that reconnects stays one party. */
  readonly parties: ReadonlyMap<ConnectionId, string>;
}

/** Stations beyond these are left out in the middle. */
const mostStations = 12;
/** Packets of a party before and after what is cited. */
const around = 2;

/** Finds offences in the events of a run. */
export class Offences {
  readonly #opened = new Map<ConnectionId, ConnectionOpened>();
  readonly #ofConnection = new Map<ConnectionId, HistoryEvent[]>();
  readonly #bySeq = new Map<number, HistoryEvent>();

  constructor(events: readonly HistoryEvent[]) {
    for (const event of events) {
      this.#bySeq.set(event.seq, event);
      if (event.kind === 'opened' && !this.#opened.has(event.connection)) this.#opened.set(event.connection, event);
      if (!('connection' in event) || event.connection === undefined) continue;
      const own = this.#ofConnection.get(event.connection) ?? [];
      this.#ofConnection.set(event.connection, own);
      own.push(event);
    }
  }

  /** What the verdict on an expectation rests on; nothing where it cites nothing. */
  of({ evidence }: Pick<JudgedCheck, 'evidence'>): Offence | undefined {
    const all = evidence.events.flatMap((seq) => this.#bySeq.get(seq) ?? []).toSorted((a, b) => a.seq - b.seq);
    const last = all.at(-1);
    if (last === undefined) return undefined;
    const cited = [...all.slice(0, mostStations / 2), ...all.slice(mostStations / 2).slice(-mostStations / 2)];
    const lines = this.#lines(cited, last);
    const connections = lines.flatMap(({ event }) => connectionOf(event) ?? []);
    return {
      atMs: last.tMs,
      path: cited.map((it) => this.#station(it)),
      lines,
      parties: new Map(connections.map((it) => [it, this.#opened.get(it)?.client ?? it])),
    };
  }

  #station(event: HistoryEvent): Station {
    return { time: clockText(event.tMs), where: this.#whereOf(event), what: describeDeed(event) };
  }

  #whereOf(event: HistoryEvent): string {
    const connection = connectionOf(event);
    if (connection === undefined || !('seenAt' in event)) return '';
    const { client = '', server = '', link } = this.#opened.get(connection) ?? {};
    if (event.seenAt === 'wire') return `between ${client} and ${server} (${connection})`;
    return `${event.seenAt === 'clientEnd' ? client : server}'s end of ${link ?? 'the link'} (${connection})`;
  }

  /** What is cited, the packets around it, and what the tap at the other end saw of them. */
  #lines(cited: readonly HistoryEvent[], offending: HistoryEvent): readonly ExcerptLine[] {
    const shown = new Set(cited);
    for (const it of cited) {
      for (const near of this.#around(it)) shown.add(near);
    }
    for (const it of shown) {
      if (it.kind !== 'packet') continue;
      const twin = this.#ofConnection.get(it.connection)?.find((other) => isTwin(it, other));
      if (twin !== undefined) shown.add(twin);
    }
    const isCited = new Set(cited);
    return [...shown]
      .toSorted((a, b) => a.seq - b.seq)
      .map((event) => ({ event, cited: isCited.has(event), offending: event === offending }));
  }

  /** What the same tap saw just before and after. */
  #around(event: HistoryEvent): readonly HistoryEvent[] {
    const connection = connectionOf(event);
    if (connection === undefined || !('seenAt' in event)) return [];
    const own = (this.#ofConnection.get(connection) ?? []).filter(
      (it) => it.kind !== 'mark' && 'seenAt' in it && it.seenAt === event.seenAt,
    );
    const at = own.indexOf(event);
    return own.slice(Math.max(0, at - around), at + around + 1);
  }

  /** The earliest moment at which one of these was not kept. */
  firstMs(checks: readonly JudgedCheck[]): number | undefined {
    const moments = checks.filter((it) => it.verdict === 'fail').flatMap((it) => this.of(it)?.atMs ?? []);
    return moments.length === 0 ? undefined : Math.min(...moments);
  }
}

function connectionOf(event: HistoryEvent): ConnectionId | undefined {
  return 'connection' in event ? event.connection : undefined;
}

/** The same packet at the other end of its link. */
function isTwin(it: PacketSeen, other: HistoryEvent): boolean {
  return (
    other.kind === 'packet' &&
    other.direction === it.direction &&
    other.offset === it.offset &&
    other.seenAt !== it.seenAt
  );
}
