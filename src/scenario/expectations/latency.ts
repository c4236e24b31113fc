// How late messages are, from the moment when the device meant to publish; one that never comes is later than any.
import type { HistoryEvent } from '../../history/event.ts';
import type { Measurement } from '../../judge/finding.ts';
import { nothing, percentile, type Expectation, type Outcome } from '../expectation.ts';
import { Account } from './account.ts';
import { pathEvents } from './account/path.ts';
import type { Placed } from './account/balance.ts';

/** Parameters of the expectation. */
export interface LatencyOptions {
  readonly from: string;
  readonly to: string;
  /** Only of messages published with this one. */
  readonly qos?: 0 | 1 | 2 | undefined;
  readonly p50Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  /** The sender records what it means to publish. */
  readonly hasIntents?: boolean;
}

/** Messages arrive in time: so many of a hundred within so long. */
export class Latency implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #limits: readonly { readonly name: string; readonly share: number; readonly maxMs: number }[];
  readonly #account: Account;

  constructor({ from, to, qos, p50Ms, p99Ms, hasIntents = true }: LatencyOptions) {
    this.#account = new Account({
      from,
      to,
      ...(qos !== undefined && { qos }),
      lostAtMost: 0,
      unplacedAtMost: 0,
      hasIntents,
    });
    this.#limits = [
      ...(p50Ms === undefined ? [] : [{ name: 'p50', share: 0.5, maxMs: p50Ms }]),
      ...(p99Ms === undefined ? [] : [{ name: 'p99', share: 0.99, maxMs: p99Ms }]),
    ];
    this.id = `latency:${from}->${to}${qos === undefined ? '' : `:qos${qos}`}`;
    const messages = `${qos === undefined ? '' : `QoS ${qos} `}messages of ${from}`;
    this.title = `${messages} arrive at ${to} in time`;
    this.expected = this.#limits.map(
      ({ share, maxMs }) => `${share * 100} of 100 ${messages} arrive at ${to} within ${maxMs / 1000} s of being meant`,
    );
  }

  step(event: HistoryEvent): void {
    this.#account.step(event);
  }

  end(): Outcome {
    const { placed, contradictions } = this.#account.balance();
    if (contradictions.length > 0) return this.#account.end();
    if (placed.length === 0) return { ...nothing, actual: 'no message was meant to arrive' };
    const timesMs = placed.map(latenessMs);
    const figures = this.#limits.map((it) => ({ ...it, valueMs: percentile(timesMs, it.share) }));
    const broken = figures.find((it) => it.valueMs > it.maxMs);
    const known = placed.filter((it) => it.place.place !== 'unplaced');
    const isUnknown = broken !== undefined && percentile(known.map(latenessMs), broken.share) <= broken.maxMs;
    const unplaced = placed.length - known.length;
    const missing = timesMs.filter((it) => it === Number.POSITIVE_INFINITY).length;
    const shown = broken && placed.find((it) => latenessMs(it) > broken.maxMs);
    return {
      verdict: isUnknown || (broken && known.length === 0) ? 'inconclusive' : broken ? 'fail' : 'pass',
      actual: [
        figures.map((it) => `${it.name} ${msText(it.valueMs)}`).join(', '),
        ` of ${placed.length} messages`,
        missing === 0 ? '' : `, of which ${missing} did not arrive`,
        unplaced === 0 ? '' : ` (${unplaced} where nobody saw)`,
      ].join(''),
      evidence: { events: shown ? pathEvents(shown.trail, shown.place) : [] },
      measured: figures.flatMap(({ name, valueMs, maxMs }): readonly Measurement[] =>
        Number.isFinite(valueMs)
          ? [{ name: `latency ${name}`, unit: 'ms', value: Math.round(valueMs), limit: { max: maxMs } }]
          : [],
      ),
    };
  }
}

function latenessMs({ trail }: Placed): number {
  const first = trail.arrivals[0];
  return first ? first.tMs - trail.meant.tMs : Number.POSITIVE_INFINITY;
}

const msText = (ms: number): string => (Number.isFinite(ms) ? `${Math.round(ms)} ms` : 'never');
