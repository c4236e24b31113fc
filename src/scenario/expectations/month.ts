// What a device's links would carry and cost in a month, if the month went on like the run: from what the links told at their end.
import type { HistoryEvent } from '../../history/event.ts';
import { nothing, type Expectation, type Outcome } from '../expectation.ts';

/** What one link of the device told. */
interface LinkTold {
  readonly seq: number;
  readonly tookMs: number;
  readonly ipB: number;
  readonly bill?: {
    readonly tariff: string;
    readonly cost: number;
    readonly currency: string;
    readonly assumed: string;
  };
}

/** The month of contracts: 30 days. */
export const monthMs = 30 * 86_400_000;

/** Gathers what the links of one device told. */
export class LinksOf {
  readonly #device: string;
  readonly told: LinkTold[] = [];

  constructor(device: string) {
    this.#device = device;
  }

  step(event: HistoryEvent): void {
    if (event.kind !== 'mark' || event.name !== 'link-usage') return;
    const { link, upIpB, downIpB, tookMs, tariff, monthCost, currency, assumed } = event.data ?? {};
    if (!String(link).endsWith(`/${this.#device}`) || typeof tookMs !== 'number') return;
    const bill =
      typeof monthCost === 'number'
        ? { tariff: String(tariff), cost: monthCost, currency: String(currency), assumed: String(assumed ?? '') }
        : undefined;
    this.told.push({ seq: event.seq, tookMs, ipB: Number(upIpB) + Number(downIpB), ...(bill && { bill }) });
  }

  get events(): readonly number[] {
    return this.told.map((it) => it.seq);
  }

  /** What all of them would carry in a month, in MB with two digits. */
  get monthMb(): number {
    const monthB = this.told.reduce((sum, it) => sum + (it.ipB * monthMs) / it.tookMs, 0);
    return Math.round(monthB / 1e4) / 100;
  }

  /** How long the longest of them stood, in words. */
  get likeThis(): string {
    const tookMs = Math.max(...this.told.map((it) => it.tookMs));
    return `extrapolated to 30 days, as if all of them went like the ${(tookMs / 1000).toFixed(1)} s of this run`;
  }
}

/** Parameters of the expectation. */
export interface BytesOptions {
  readonly of: string;
  readonly atMostB: number;
}

/** The links of a device carry at most so many bytes a month, both ways, at IP level. */
export class BytesPerMonth implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: BytesOptions;
  readonly #links: LinksOf;

  constructor(options: BytesOptions) {
    this.#options = options;
    this.#links = new LinksOf(options.of);
    this.id = `bytes:${options.of}`;
    this.title = `what ${options.of} sends and gets in a month`;
    this.expected = [`${options.of} sends and gets at most ${options.atMostB / 1e6} MB a month at IP level`];
  }

  step(event: HistoryEvent): void {
    this.#links.step(event);
  }

  end(): Outcome {
    const { told, events, likeThis } = this.#links;
    if (told.length === 0) return { ...nothing, actual: `${this.#options.of} has no link that counts bytes` };
    const monthB = told.reduce((sum, it) => sum + (it.ipB * monthMs) / it.tookMs, 0);
    const seenB = told.reduce((sum, it) => sum + it.ipB, 0);
    const value = Math.round(monthB / 1e4) / 100;
    return {
      verdict: monthB > this.#options.atMostB ? 'fail' : 'pass',
      actual: `${value} MB a month, ${likeThis}; estimated from ${seenB} B`,
      evidence: { events },
      measured: [{ name: 'bytes a month', unit: 'MB', value, limit: { max: this.#options.atMostB / 1e6 } }],
    };
  }
}

/** Parameters of the expectation. */
export interface BillOptions {
  readonly of: string;
  readonly atMost: number;
  readonly currency: string;
}

/** The links of a device cost at most so much a month, by the tariffs that they have. */
export class BillPerMonth implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: BillOptions;
  readonly #links: LinksOf;

  constructor(options: BillOptions) {
    this.#options = options;
    this.#links = new LinksOf(options.of);
    this.id = `bill:${options.of}`;
    this.title = `what ${options.of} costs in a month`;
    this.expected = [`${options.of} costs at most ${options.atMost} ${options.currency} a month`];
  }

  step(event: HistoryEvent): void {
    this.#links.step(event);
  }

  end(): Outcome {
    const { of, atMost, currency } = this.#options;
    const { told, events, likeThis } = this.#links;
    const bills = told.flatMap((it) => it.bill ?? []);
    if (bills.length === 0) return { ...nothing, actual: `${of} has no link with a tariff` };
    const other = bills.find((it) => it.currency !== currency);
    if (other) {
      const actual = `the tariff ${other.tariff} bills in ${other.currency}`;
      return { verdict: 'inconclusive', actual, evidence: { events }, measured: [] };
    }
    const cost = bills.reduce((sum, it) => sum + it.cost, 0);
    const value = Math.round(cost * 100) / 100;
    const assumed = bills.map((it) => it.assumed).filter((it) => it !== '');
    return {
      verdict: cost > atMost ? 'fail' : 'pass',
      actual: [
        `${value} ${currency} a month by ${bills.map((it) => it.tariff).join(', ')}, ${likeThis}`,
        ...(assumed.length === 0 ? [] : [`; assumed: ${assumed.join(', ')}`]),
      ].join(''),
      evidence: { events },
      measured: [{ name: 'cost a month', unit: currency, value, limit: { max: atMost } }],
    };
  }
}
