// One line of a calibration: what was asked of a link, what came of it as seen from outside, and what may be.

/**
 * - `ok`: within the tolerance; of a control: the wrong link was flagged.
 * - `off`: not so.
 * - `told`: nothing is promised, the figure stands for comparison.
 * - `not measured`: see `why` and `fix`.
 */
export type RowVerdict = 'ok' | 'off' | 'told' | 'not measured';

/** One figure, or group of figures, of a calibration. */
export interface CalibrationRow {
  /** Stable, e.g. `delay/embedded/300`. */
  readonly id: string;
  readonly asked: string;
  /** Empty where it was not measured. */
  readonly measured: string;
  readonly tolerance: string;
  readonly verdict: RowVerdict;
  /** The link was made wrong on purpose, and has to be flagged. */
  readonly isControl: boolean;
  /** The same as numbers, each with its unit in its name. */
  readonly figures: Readonly<Record<string, number>>;
  readonly why?: string;
  /** The command that makes it measurable. */
  readonly fix?: string;
}

/** A row about something that could not be measured here. */
export function notMeasured(id: string, asked: string, why: string, fix?: string): CalibrationRow {
  const empty = { measured: '', tolerance: '', figures: {}, isControl: false } as const;
  return { id, asked, ...empty, verdict: 'not measured', why, ...(fix !== undefined && { fix }) };
}

/** A figure with its sign, e.g. `+0.31`. */
export function signed(value: number, digits = 2): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
}
