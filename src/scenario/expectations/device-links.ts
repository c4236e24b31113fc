// What the links of a device told at their end, and what it comes to in a month that goes on like the run.
import { monthMs } from '../../faults/month.ts';
import type { HistoryEvent } from '../../history/event.ts';
import { nothing, type Outcome } from '../expectation.ts';

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

/** What the links of a device cost in a month, all together. */
export interface MonthBill {
  readonly cost: number;
  /** Names of their tariffs. */
  readonly tariffs: readonly string[];
  /** Figures of the tariffs that nobody vouches for. */
  readonly assumed: readonly string[];
}

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

  /** What all of them carried. */
  get seenB(): number {
    return this.told.reduce((sum, it) => sum + it.ipB, 0);
  }

  /** What all of them would carry in a month. */
  get monthB(): number {
    return this.told.reduce((sum, it) => sum + (it.ipB * monthMs) / it.tookMs, 0);
  }

  /** {@link monthB} in MB with two digits. */
  get monthMb(): number {
    return Math.round(this.monthB / 1e4) / 100;
  }

  /** How long the longest of them stood. */
  get tookMs(): number {
    return Math.max(...this.told.map((it) => it.tookMs));
  }

  /** {@link tookMs} in words. */
  get likeThis(): string {
    return `extrapolated to 30 days, as if all of them went like the ${(this.tookMs / 1000).toFixed(1)} s of this run`;
  }

  /** What they cost; an outcome where that cannot be told in this currency. */
  monthBill(currency: string): MonthBill | Outcome {
    const bills = this.told.flatMap((it) => it.bill ?? []);
    if (bills.length === 0) return { ...nothing, actual: `${this.#device} has no link with a tariff` };
    const other = bills.find((it) => it.currency !== currency);
    if (other) {
      const actual = `the tariff ${other.tariff} bills in ${other.currency}`;
      return { verdict: 'inconclusive', actual, evidence: { events: this.events }, measured: [] };
    }
    return {
      cost: bills.reduce((sum, it) => sum + it.cost, 0),
      tariffs: bills.map((it) => it.tariff),
      assumed: bills.map((it) => it.assumed).filter((it) => it !== ''),
    };
  }
}

/** An amount of money with two digits. */
export const toCents = (amount: number): number => Math.round(amount * 100) / 100;
