// What passes the tap, in one line: who is online, how many bytes went up and down, what they cost, how the link is.
import type { ConnectionId, HistoryEvent } from '../history/event.ts';
import { numberText } from './figures.ts';

/** What a link has carried. */
export interface Carried {
  readonly up: CarriedBytes;
  readonly down: CarriedBytes;
  readonly bill?: { readonly currency: string; readonly cost: { readonly total: number } };
}

interface CarriedBytes {
  readonly payloadB: number;
  /** With all headers, acknowledgements and repeats: an estimate. */
  readonly ipB: number;
}

/** Counts along with a run. */
export class TapMeter {
  readonly #open = new Set<ConnectionId>();
  #state = 'up';
  #findings = 0;

  /** Takes the next event, and how many findings it brought to light. */
  note(event: HistoryEvent, findings: number): void {
    this.#findings += findings;
    if (event.kind === 'link') this.#state = event.state;
    if (!('seenAt' in event) || event.seenAt === 'serverEnd') return;
    if (event.kind === 'opened') this.#open.add(event.connection);
    if (event.kind === 'ended') this.#open.delete(event.connection);
  }

  /** The line, without its end. */
  text(tMs: number, carried: Carried | undefined): string {
    return [
      `${(tMs / 1000).toFixed(0)} s`,
      `link ${this.#state}`,
      `${numberText(this.#open.size)} online`,
      ...(carried ? carriedTexts(carried) : []),
      `${numberText(this.#findings)} findings`,
    ].join(' · ');
  }
}

function carriedTexts({ up, down, bill }: Carried): readonly string[] {
  return [
    `up ${bytesText(up.payloadB)}`,
    `down ${bytesText(down.payloadB)}`,
    `about ${bytesText(up.ipB + down.ipB)} on IP`,
    ...(bill ? [`${numberText(bill.cost.total)} ${bill.currency}`] : []),
  ];
}

/** `999 B`, `12.3 kB`, `4.56 MB`: powers of ten. */
function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${numberText(bytes / 1000)} kB` : `${numberText(bytes / 1e6)} MB`;
}
