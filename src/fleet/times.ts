// The times that a shard measures, as histograms.
import { Histogram, type HistogramData } from './histogram.ts';

/** The names of the times, in the order in which they are told. */
export const timeNames = [
  /** From when a message was due until the server had taken it over; QoS 1 and 2 only. */
  'acknowledged',
  /** From when a message was due until a subscriber had it; retained ones left out. */
  'delivery',
  /** From when a device wanted a connection until its CONNACK. */
  'connect',
  /** How much later than due this end published: what no latency can be trusted below. */
  'lateness',
  /** How much later than wanted this end began to dial: held back by the window, or late itself. */
  'dialLateness',
] as const;

export type TimeName = (typeof timeNames)[number];
export type TimesData = Readonly<Record<TimeName, HistogramData>>;

/** One histogram for each. */
export class Times implements Record<TimeName, Histogram> {
  readonly acknowledged = new Histogram();
  readonly delivery = new Histogram();
  readonly connect = new Histogram();
  readonly lateness = new Histogram();
  readonly dialLateness = new Histogram();

  /** Gives everything measured since the last time. */
  take(): TimesData {
    return Object.fromEntries(timeNames.map((name) => [name, this[name].take()])) as Record<TimeName, HistogramData>;
  }

  /** Adds what another one measured. */
  add(data: TimesData): void {
    for (const name of timeNames) this[name].add(data[name]);
  }
}
