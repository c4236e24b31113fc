// Findings of processes that judged what they saw and kept only what shows it: read back from the history, with their evidence.
import type { ConnectionId, EventDraft, HistoryEvent, PacketSeen, Vantage } from '../history/event.ts';
import type { Finding } from './finding.ts';
import type { Tally } from './tally.ts';

/** Name of the marks that hold such a finding. */
const mark = 'shard-finding';

/** What a finding points at, without a number in the journal: `connection`, what happened, where it was seen. */
export type EvidencePlace = string;

/** A packet is known by where it begins in its stream. */
export const packetPlace = (
  connection: ConnectionId,
  { direction, seenAt, offset }: Pick<PacketSeen, 'direction' | 'seenAt' | 'offset'>,
): EvidencePlace => `${connection} ${seenAt} ${direction} ${offset}`;

/** The beginning or the end of a connection. */
export const momentPlace = (connection: ConnectionId, kind: 'opened' | 'ended', seenAt: Vantage): EvidencePlace =>
  `${connection} ${seenAt} ${kind}`;

/** A finding as an event; `places` stand for the events of its evidence, those that were kept. */
export function findingMark(finding: Finding, places: readonly EvidencePlace[]): EventDraft {
  const { evidence, ...rest } = finding;
  const bytes = evidence.bytes && { offset: evidence.bytes.offset, length: evidence.bytes.length };
  const data = { finding: JSON.stringify({ ...rest, bytes }), evidence: places.join('\n') };
  return { kind: 'mark', name: mark, data };
}

/** Reads the findings of one journal while it streams past. */
export class RecordedFindings {
  /** Connections of which the history holds excerpts. */
  readonly #excerpts = new Set<ConnectionId>();
  readonly #seqs = new Map<EvidencePlace, number>();

  /** Takes what belongs to recorded findings; false for all else. */
  take(event: HistoryEvent, tally: Tally): boolean {
    if (event.kind === 'mark') return event.name === mark && this.#finding(event.data ?? {}, tally);
    if (event.kind === 'opened' && event.excerpt === true) this.#excerpts.add(event.connection);
    if (this.#excerpts.size === 0 || !('connection' in event) || event.connection === undefined) return false;
    if (!this.#excerpts.has(event.connection)) return false;
    if (event.kind === 'packet') this.#seqs.set(packetPlace(event.connection, event), event.seq);
    else if (event.kind === 'opened' || event.kind === 'ended')
      this.#seqs.set(momentPlace(event.connection, event.kind, event.seenAt), event.seq);
    return true;
  }

  #finding({ finding, evidence }: Readonly<Record<string, unknown>>, tally: Tally): boolean {
    const read = parsed(finding);
    if (read === undefined) return false;
    const { bytes, ...rest } = read;
    const places = typeof evidence === 'string' && evidence !== '' ? evidence.split('\n') : [];
    const events = places.flatMap((it) => this.#seqs.get(it) ?? []);
    const last = events.at(-1);
    const at = bytes !== undefined && last !== undefined ? { bytes: { event: last, ...bytes } } : {};
    tally.adopt({ ...rest, evidence: { events, ...at } });
    return true;
  }
}

type Written = Omit<Finding, 'evidence'> & { readonly bytes?: { readonly offset: number; readonly length: number } };

/** A journal may come from anywhere: what is no finding is none. */
function parsed(text: unknown): Written | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const it = JSON.parse(text) as Partial<Written> | null;
    const isFinding =
      typeof it?.by === 'string' &&
      typeof it.verdict === 'string' &&
      typeof it.actual === 'string' &&
      Array.isArray(it.expected) &&
      Number.isSafeInteger(it.count);
    return isFinding ? (it as Written) : undefined;
  } catch {
    return undefined;
  }
}
