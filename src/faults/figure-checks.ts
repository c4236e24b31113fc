// Figures that a model cannot work with are refused where they come in, each by its name.
import { FieldbenchError } from '../error.ts';

/**
 * Seconds as milliseconds, above 0: a time that is 0 on average would come to infinitely many spells.
 * @throws FieldbenchError `FB_LINK_FIGURES`
 */
export function positiveMs(name: string, seconds: number): number {
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  throw figureError(name, seconds, 'a number of seconds above 0');
}

/**
 * A time or other quantity from 0 up.
 * @throws FieldbenchError `FB_LINK_FIGURES`
 */
export function notNegative(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw figureError(name, value, 'a number from 0 up');
}

/**
 * A share of a whole.
 * @throws FieldbenchError `FB_LINK_FIGURES`
 */
export function percentOf(name: string, percent: number): number {
  if (percent >= 0 && percent <= 100) return percent;
  throw figureError(name, percent, 'a number from 0 to 100');
}

/**
 * A place in a row that is counted from 1.
 * @throws FieldbenchError `FB_LINK_FIGURES`
 */
export function ordinalOf(name: string, ordinal: number): number {
  if (Number.isSafeInteger(ordinal) && ordinal > 0) return ordinal;
  throw figureError(name, ordinal, 'a whole number from 1 up');
}

function figureError(name: string, value: number, expected: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_LINK_FIGURES',
    message: `a link cannot have ${name} ${value}`,
    expected,
    actual: String(value),
  });
}
