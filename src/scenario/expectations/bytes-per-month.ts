// What a device's links would carry in a month, held against a bound.
import type { HistoryEvent } from '../../history/event.ts';
import { nothing, type Expectation, type Outcome } from '../expectation.ts';
import { LinksOf } from './device-links.ts';

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
    const { told, events, likeThis, monthB, monthMb: value, seenB } = this.#links;
    if (told.length === 0) return { ...nothing, actual: `${this.#options.of} has no link that counts bytes` };
    return {
      verdict: monthB > this.#options.atMostB ? 'fail' : 'pass',
      actual: `${value} MB a month, ${likeThis}; estimated from ${seenB} B`,
      evidence: { events },
      measured: [{ name: 'bytes a month', unit: 'MB', value, limit: { max: this.#options.atMostB / 1e6 } }],
    };
  }
}
