// What passes the tap, in one line: who is online, how many bytes went up and down, and how the link is.
import type { ConnectionId, HistoryEvent, PacketSeen } from '../history/event.ts';
import { numberText } from './figures.ts';

/** Counts along with a run. */
export class TapMeter {
  readonly #open = new Set<ConnectionId>();
  #state = 'up';
  #upB = 0;
  #downB = 0;
  #findings = 0;

  /** Takes the next event, and how many findings it brought to light. */
  note(event: HistoryEvent, findings: number): void {
    this.#findings += findings;
    if (event.kind === 'link') this.#state = event.state;
    if (!('seenAt' in event) || event.seenAt === 'serverEnd') return;
    if (event.kind === 'opened') this.#open.add(event.connection);
    if (event.kind === 'ended') this.#open.delete(event.connection);
    if (event.kind !== 'packet') return;
    if (event.direction === 'toServer') this.#upB += sizeB(event);
    else this.#downB += sizeB(event);
  }

  /** The line, without its end. */
  text(tMs: number): string {
    return [
      `${(tMs / 1000).toFixed(0)} s`,
      `link ${this.#state}`,
      `${numberText(this.#open.size)} online`,
      `up ${bytesText(this.#upB)}`,
      `down ${bytesText(this.#downB)}`,
      `${numberText(this.#findings)} findings`,
    ].join(' · ');
  }
}

function sizeB({ bytes, omittedB = 0 }: PacketSeen): number {
  const padding = bytes.endsWith('==') ? 2 : bytes.endsWith('=') ? 1 : 0;
  return (bytes.length / 4) * 3 - padding + omittedB;
}

/** `999 B`, `12.3 kB`, `4.56 MB`: powers of ten. */
function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${numberText(bytes / 1000)} kB` : `${numberText(bytes / 1e6)} MB`;
}
