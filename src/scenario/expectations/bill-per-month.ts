// What a device's links would cost in a month by their tariffs, held against a bound.
import type { HistoryEvent } from '../../history/event.ts';
import type { Expectation, Outcome } from '../expectation.ts';
import { LinksOf, toCents } from './device-links.ts';

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
    const { atMost, currency } = this.#options;
    const { events, likeThis } = this.#links;
    const bill = this.#links.monthBill(currency);
    if ('verdict' in bill) return bill;
    const { cost, tariffs, assumed } = bill;
    const value = toCents(cost);
    return {
      verdict: cost > atMost ? 'fail' : 'pass',
      actual: [
        `${value} ${currency} a month by ${tariffs.join(', ')}, ${likeThis}`,
        ...(assumed.length === 0 ? [] : [`; assumed: ${assumed.join(', ')}`]),
      ].join(''),
      evidence: { events },
      measured: [{ name: 'cost a month', unit: currency, value, limit: { max: atMost } }],
    };
  }
}
