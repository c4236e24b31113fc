// What a sensor makes of its signal: the value it can show, and how far that can be trusted.

/** How far a value can be trusted: `uncertain` beyond the range, `bad` when the sensor is broken or sees nothing. */
export type Quality = 'good' | 'uncertain' | 'bad';

/** One measured value. */
export interface Measurement {
  readonly value: number;
  readonly quality: Quality;
}

/** A time in which the sensor does not measure well, counted from its first sample. */
export interface SensorFault {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly quality: 'bad' | 'uncertain';
}

/** What the sensor can measure, and when it cannot. */
export interface MeasuringLimits {
  /** Values beyond stay at its ends. */
  readonly range?: { readonly min: number; readonly max: number };
  readonly faults?: readonly SensorFault[];
}

/**
 * Measures.
 * @param raw nothing where there is no signal
 * @param lastValue what a sensor goes on showing that cannot measure
 */
export function measure(
  raw: number | undefined,
  atMs: number,
  lastValue: number,
  { range = { min: -Infinity, max: Infinity }, faults = [] }: MeasuringLimits,
): Measurement {
  const fault = faults.find(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs)?.quality;
  if (raw === undefined || fault === 'bad') return { value: lastValue, quality: 'bad' };
  const value = Math.min(range.max, Math.max(range.min, raw));
  const isBeyond = value !== raw;
  return { value: withoutDust(value), quality: isBeyond ? 'uncertain' : (fault ?? 'good') };
}

/** Without the last digits of binary fractions: 0.1 + 0.2 is 0.3. */
const withoutDust = (value: number): number => Number(value.toPrecision(10));
