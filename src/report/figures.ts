// Figures as people read them: a value beside its limit, durations, times since the start, bytes in hexadecimal.
import type { Measurement } from '../judge/finding.ts';

/** Up to three significant decimals, with thousands apart: `1,234`, `12.3`, `0.05`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: decimals });
}

/** `12.3 ms`. */
export function valueText(it: Measurement): string {
  return it.unit === '' || !Number.isFinite(it.value) ? numberText(it.value) : `${numberText(it.value)} ${it.unit}`;
}

/** `≤ 20 ms`, `≥ 1`, `1 to 20 ms`; empty without a limit. */
export function limitText(it: Measurement): string {
  const { min, max } = it.limit ?? {};
  const unit = it.unit === '' ? '' : ` ${it.unit}`;
  if (min !== undefined && max !== undefined) {
    return min === max ? `= ${numberText(min)}${unit}` : `${numberText(min)} to ${numberText(max)}${unit}`;
  }
  if (max !== undefined) return `≤ ${numberText(max)}${unit}`;
  return min === undefined ? '' : `≥ ${numberText(min)}${unit}`;
}

/** Whether a value keeps its limits, where it has any; a value that is none keeps no limit. */
export function keepsLimit(it: Measurement): boolean {
  if (it.limit === undefined) return true;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = it.limit;
  return it.value >= min && it.value <= max;
}

/** `7 ms`, `12.3 s`, `2 min 5 s`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${numberText(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Time since the start of the run in seconds, to the millisecond: `12.345`. */
export function clockText(tMs: number): string {
  return (tMs / 1000).toFixed(3);
}

/** e.g. `0.0125 USD`. */
export function costText({ total, currency }: { readonly total: number; readonly currency: string }): string {
  return `${total.toLocaleString('en-US', { maximumFractionDigits: total < 10 ? 4 : 2 })} ${currency}`;
}
