// Whether one way to get messages carries fewer bytes than another, both seen in one run on links of their own.
import type { HistoryEvent } from '../../history/event.ts';
import { nothing, type Expectation, type Outcome } from '../expectation.ts';
import { LinksOf } from './device-links.ts';

/** Parameters of the expectation. */
export interface FewerBytesOptions {
  readonly of: string;
  readonly than: string;
}

/** The links of one device carry fewer bytes a month than those of another. */
export class FewerBytes implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: FewerBytesOptions;
  readonly #own: LinksOf;
  readonly #other: LinksOf;

  constructor(options: FewerBytesOptions) {
    const { of, than } = options;
    this.#options = options;
    this.#own = new LinksOf(of);
    this.#other = new LinksOf(than);
    this.id = `bytes:${of}:below:${than}`;
    this.title = `${of} carries fewer bytes than ${than}`;
    this.expected = [`${of} sends and gets fewer bytes a month at IP level than ${than}`];
  }

  step(event: HistoryEvent): void {
    this.#own.step(event);
    this.#other.step(event);
  }

  end(): Outcome {
    const { of, than } = this.#options;
    const without = [this.#own, this.#other].find((it) => it.told.length === 0);
    if (without) {
      return { ...nothing, actual: `${without === this.#own ? of : than} has no link that counts bytes` };
    }
    const [ownMb, otherMb] = [this.#own.monthMb, this.#other.monthMb];
    return {
      verdict: ownMb < otherMb ? 'pass' : 'fail',
      actual: `${of} ${ownMb} MB a month, ${than} ${otherMb} MB, ${this.#own.likeThis}; estimated`,
      evidence: { events: [...this.#own.events, ...this.#other.events].toSorted((a, b) => a - b) },
      measured: [
        { name: `bytes a month of ${of}`, unit: 'MB', value: ownMb, limit: { max: otherMb } },
        { name: `bytes a month of ${than}`, unit: 'MB', value: otherMb },
      ],
    };
  }
}
