// What a run says while it runs: one line that rewrites itself on a TTY, plain lines of what changes elsewhere.
import type { HistoryEvent } from '../history/event.ts';
import { describeDeed } from './describe-event.ts';
import { clockText, numberText } from './figures.ts';
import { cutText } from './safe-text.ts';

/** Where a live line is written to; `process.stdout` is one. */
export interface LiveOutput {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns?: number;
}

const rewrittenEveryMs = 100;
/** Takes back what stands in the line of the cursor. */
export const clearLine = '\r\u001b[2K';

/** Fed with every event of a run as it comes; call {@link LiveLine.end} before anything else is printed. */
export class LiveLine {
  readonly #output: LiveOutput;
  readonly #connections = new Set<string>();
  #packets = 0;
  #checksDone = 0;
  #latest = '';
  #shownMs = Number.NEGATIVE_INFINITY;

  constructor(output: LiveOutput) {
    this.#output = output;
  }

  /** Takes the next event; throttled by the events' own time. */
  note(event: HistoryEvent): void {
    this.#count(event);
    const isNews = tellsChange(event);
    if (isNews) this.#latest = describeDeed(event);
    if (!this.#output.isTTY) {
      if (isNews) this.#output.write(`${clockText(event.tMs).padStart(9)}  ${this.#latest}\n`);
    } else if (event.tMs - this.#shownMs >= rewrittenEveryMs) {
      this.#shownMs = event.tMs;
      this.#output.write(clearLine + cutText(this.#status(event.tMs), (this.#output.columns ?? 80) - 1));
    }
  }

  /** Takes the line away again. */
  end(): void {
    if (this.#output.isTTY && this.#shownMs >= 0) this.#output.write(clearLine);
    this.#shownMs = Number.NEGATIVE_INFINITY;
  }

  #count(event: HistoryEvent): void {
    if (event.kind === 'packet') this.#packets += 1;
    if (event.kind === 'opened') this.#connections.add(event.connection);
    if (event.kind === 'ended') this.#connections.delete(event.connection);
    if (event.kind === 'check' && event.phase !== 'begun') this.#checksDone += 1;
  }

  #status(tMs: number): string {
    const checks = this.#checksDone === 0 ? [] : [`${numberText(this.#checksDone)} checks`];
    return [
      `${(tMs / 1000).toFixed(1)} s`,
      ...checks,
      `${numberText(this.#connections.size)} connections`,
      `${numberText(this.#packets)} packets`,
      this.#latest,
    ].join(' · ');
  }
}

/** Marks of traffic; and of a phase, which its step tells. */
const toldElsewhere: ReadonlySet<string> = new Set(['dropped', 'polled', 'phase']);

/** What a reader of a CI log wants: phases, faults, parts that come and go, failures; never traffic. */
function tellsChange(event: HistoryEvent): boolean {
  switch (event.kind) {
    case 'packet':
    case 'opened':
    case 'ended':
    case 'taint':
    case 'intent':
      return false;
    case 'mark':
      return event.check === undefined && event.connection === undefined && !toldElsewhere.has(event.name);
    case 'check':
      return event.phase === 'aborted' || event.phase === 'skipped';
    default:
      return true;
  }
}
