// The part of a history that shows a finding: the events it cites and the packets around them.
import type { ConnectionId, HistoryEvent } from '../history/event.ts';
import type { Evidence } from '../judge/finding.ts';

/** One event of an excerpt. */
export interface ExcerptLine {
  readonly event: HistoryEvent;
  /** The finding cites it. */
  readonly cited: boolean;
  /** The finding is about this one. */
  readonly offending: boolean;
  /** Bytes of it that are wrong. */
  readonly wrongBytes?: { readonly offset: number; readonly length: number };
}

/** How many packets are shown before the offending one, and how many after it. */
const packetsAround = 3;
const mostCited = 8;

/** Finds excerpts in the events of one run, which must be in the order of their `seq`. */
export class Excerpts {
  readonly #bySeq = new Map<number, HistoryEvent>();
  readonly #byConnection = new Map<ConnectionId, HistoryEvent[]>();
  readonly #connectionsOfCheck = new Map<string, Set<ConnectionId>>();

  constructor(events: Iterable<HistoryEvent>) {
    for (const event of events) this.#note(event);
  }

  /** The lines that show `evidence`, in order; none where it cites nothing that the history holds. */
  of(evidence: Evidence): readonly ExcerptLine[] {
    const cited = evidence.events.flatMap((seq) => this.#bySeq.get(seq) ?? []);
    const offender = (evidence.bytes && this.#bySeq.get(evidence.bytes.event)) ?? cited.at(-1);
    if (offender === undefined) return [];
    const citedSeqs = new Set(cited.map((it) => it.seq));
    const shown = new Set([...cited.slice(-mostCited), offender, ...this.#around(offender)]);
    return [...shown]
      .toSorted((a, b) => a.seq - b.seq)
      .map((event) => ({
        event,
        cited: citedSeqs.has(event.seq),
        offending: event === offender,
        ...(evidence.bytes?.event === event.seq && { wrongBytes: evidence.bytes }),
      }));
  }

  #note(event: HistoryEvent): void {
    this.#bySeq.set(event.seq, event);
    if (!('connection' in event) || event.connection === undefined) return;
    const known = this.#byConnection.get(event.connection);
    if (known === undefined) this.#byConnection.set(event.connection, [event]);
    else known.push(event);
    if (event.kind !== 'opened' || event.check === undefined) return;
    const key = checkKey(event.check, event.target);
    const connections = this.#connectionsOfCheck.get(key) ?? new Set();
    this.#connectionsOfCheck.set(key, connections.add(event.connection));
  }

  #around(offender: HistoryEvent): readonly HistoryEvent[] {
    const neighbours = this.#neighbours(offender);
    const before = neighbours.filter((it) => it.seq < offender.seq).slice(-packetsAround);
    const after = neighbours.filter((it) => it.seq > offender.seq).slice(0, packetsAround);
    return [...before, ...after];
  }

  /** What else happened on the same connection as the same tap saw it, or on the connections of the same check. */
  #neighbours(offender: HistoryEvent): readonly HistoryEvent[] {
    if ('connection' in offender && offender.connection !== undefined)
      return this.#seenOn(offender.connection, offender);
    if (!('check' in offender) || offender.check === undefined) return [];
    const key = checkKey(offender.check, 'target' in offender ? offender.target : undefined);
    return [...(this.#connectionsOfCheck.get(key) ?? [])]
      .flatMap((it) => this.#seenOn(it))
      .toSorted((a, b) => a.seq - b.seq);
  }

  #seenOn(connection: ConnectionId, like?: HistoryEvent): readonly HistoryEvent[] {
    const events = this.#byConnection.get(connection) ?? [];
    const [first] = events;
    const vantage = like && 'seenAt' in like ? like.seenAt : first && 'seenAt' in first ? first.seenAt : undefined;
    return events.filter((it) => it.kind !== 'mark' && (!('seenAt' in it) || it.seenAt === vantage));
  }
}

function checkKey(check: string, target: string | undefined): string {
  return `${target ?? ''}\n${check}`;
}
