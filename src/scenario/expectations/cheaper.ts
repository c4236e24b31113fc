// Whether a link is cheaper than to send the same messages one by one, each at a price: what SMS would have cost.
import { monthMs } from '../../faults/month.ts';
import type { HistoryEvent } from '../../history/event.ts';
import { frameOf } from '../../history/packet-of.ts';
import { ConnectionNames, nothing, type Expectation, type Outcome } from '../expectation.ts';
import { LinksOf, toCents } from './device-links.ts';

/** Parameters of the expectation. */
export interface CheaperOptions {
  readonly of: string;
  /** Of one message. */
  readonly price: number;
  readonly currency: string;
  /** Payload that fits into one message; a longer one takes several. */
  readonly messageB: number;
}

/** A month of the device's links costs less than all its messages, to it and from it, sent one by one. */
export class CheaperThanMessages implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: CheaperOptions;
  readonly #links: LinksOf;
  readonly #names = new ConnectionNames();
  #messages = 0;

  constructor(options: CheaperOptions) {
    const { of, price, currency, messageB } = options;
    this.#options = options;
    this.#links = new LinksOf(of);
    this.id = `cheaper:${of}`;
    this.title = `the link of ${of} is cheaper than its messages one by one`;
    this.expected = [
      `a month of ${of} costs less than its messages at ${price} ${currency} for each ${messageB} B of payload begun`,
    ];
  }

  step(event: HistoryEvent): void {
    this.#links.step(event);
    if (event.kind === 'opened') this.#names.note(event);
    // The device's end alone: what is lost on a link would have been sent all the same.
    if (event.kind !== 'packet' || event.seenAt === 'serverEnd') return;
    if (this.#names.clientOf(event.connection) !== this.#options.of) return;
    const { packet } = frameOf(event);
    if (packet?.type !== 'PUBLISH' || packet.dup) return;
    const payloadB = packet.payload.length + (event.omittedB ?? 0);
    this.#messages += Math.max(1, Math.ceil(payloadB / this.#options.messageB));
  }

  end(): Outcome {
    const { of, price, currency } = this.#options;
    const { events, likeThis, tookMs } = this.#links;
    const bill = this.#links.monthBill(currency);
    if ('verdict' in bill) return bill;
    if (this.#messages === 0) return { ...nothing, actual: `${of} sent and got no message` };
    const cost = toCents(bill.cost);
    const aMonth = Math.round((this.#messages * monthMs) / tookMs);
    const singly = toCents(aMonth * price);
    return {
      verdict: cost < singly ? 'pass' : 'fail',
      actual: `${cost} ${currency} a month, and ${singly} ${currency} for ${aMonth} single messages, ${likeThis}`,
      evidence: { events },
      measured: [
        { name: 'cost a month', unit: currency, value: cost, limit: { max: singly } },
        { name: 'single messages a month', unit: 'messages', value: aMonth },
      ],
    };
  }
}
