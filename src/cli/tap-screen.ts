// What a tap shows while it stands: findings as they happen, and below them one line that counts.
import type { HistoryEvent } from '../history/event.ts';
import { describeDeed } from '../report/describe-event.ts';
import { clockText } from '../report/figures.ts';
import type { LiveFindings } from '../report/live-findings.ts';
import { clearLine, type LiveOutput } from '../report/live-line.ts';
import { cutText } from '../report/safe-text.ts';
import { TapMeter, type Carried } from '../report/tap-meter.ts';

const rewrittenEveryMs = 100;

/** Where what goes. */
export interface TapScreenOptions {
  /** Findings, line by line. */
  readonly print: (line: string) => void;
  /** The counting line, and what happens to the link and the broker. */
  readonly status: LiveOutput;
  /** Absent: nothing is judged. */
  readonly findings?: LiveFindings;
}

/** What a link has carried, with its bill in words. */
export interface Usage extends Carried {
  readonly connections: number;
  readonly bill?: NonNullable<Carried['bill']> & {
    readonly tariff: string;
    readonly lines: readonly string[];
    readonly assumed: readonly string[];
  };
}

/** Fed with every event of the run as it comes. */
export class TapScreen {
  readonly #options: TapScreenOptions;
  readonly #meter = new TapMeter();
  #shownMs = Number.NEGATIVE_INFINITY;
  #latestMs = 0;
  #isOver = false;
  #usage: () => Usage | undefined = () => undefined;

  constructor(options: TapScreenOptions) {
    this.#options = options;
  }

  note(event: HistoryEvent): void {
    const { findings, print } = this.#options;
    this.#latestMs = event.tMs;
    const found = findings?.note(event) ?? [];
    this.#meter.note(event, found.length);
    if (found.length > 0) this.#above(() => found.flat().forEach(print));
    if (isNews(event)) this.say(`${clockText(event.tMs).padStart(9)}  ${describeDeed(event)}`);
    if (event.tMs - this.#shownMs >= rewrittenEveryMs) this.draw(event.tMs);
  }

  /** From now on it can be told what the link has carried. */
  reads(usage: () => Usage | undefined): void {
    this.#usage = usage;
  }

  /** The link stands no longer: what it carried in the end. */
  closes(): void {
    const usage = this.#usage();
    this.#usage = () => usage;
  }

  /** A line of our own, above the counting one. */
  say(line: string): void {
    this.#above(() => this.#options.status.write(`${line}\n`));
  }

  /** Writes the counting line anew; where there is no terminal it is only written at the end. */
  draw(tMs: number): void {
    const { status } = this.#options;
    if (!status.isTTY || this.#isOver) return;
    this.#shownMs = tMs;
    status.write(clearLine + cutText(this.#meter.text(tMs, this.#usage()), (status.columns ?? 80) - 1));
  }

  /** The last count stays, and the bill. */
  end(): void {
    this.#isOver = true;
    const usage = this.#usage();
    this.#above(() => this.#options.status.write(`${this.#meter.text(this.#latestMs, usage)}\n`));
    if (usage?.bill) for (const line of billText(usage.bill)) this.#options.print(line);
  }

  #above(write: () => void): void {
    const { status } = this.#options;
    const isShown = status.isTTY && Number.isFinite(this.#shownMs);
    if (isShown) status.write(clearLine);
    write();
    if (isShown) this.draw(this.#latestMs);
  }
}

function billText({ tariff, currency, cost, lines, assumed }: NonNullable<Usage['bill']>): readonly string[] {
  return [
    `bill by ${tariff}: ${cost.total.toFixed(2)} ${currency}; bytes at IP level are estimated`,
    ...lines.map((line) => `  ${line}`),
    ...(assumed.length === 0 ? [] : [`  assumed, without a source: ${assumed.join(', ')}`]),
  ];
}

/** What somebody who watches devices wants to read line by line: never traffic. */
function isNews(event: HistoryEvent): boolean {
  switch (event.kind) {
    case 'link':
    case 'fault':
    case 'part':
      return true;
    case 'gap':
    case 'truncated':
      return event.connection === undefined;
    case 'mark':
      return event.connection === undefined && event.data?.['step'] !== undefined;
    default:
      return false;
  }
}
