// What a field signal does over time, as plain data.

/** A moment of a recorded signal; without a value the recording has a gap there. */
export interface RecordedPoint {
  readonly atMs: number;
  readonly value: number | undefined;
}

/** A signal; times count from the first sample of the device that has it. */
export type Signal =
  | { readonly kind: 'constant'; readonly value: number }
  | {
      readonly kind: 'ramp';
      readonly from: number;
      readonly to: number;
      readonly overMs: number;
      /** Behind its end: stays, begins again, or goes back and forth. */
      readonly atEnd: 'hold' | 'repeat' | 'return';
    }
  | {
      readonly kind: 'sine';
      readonly mean: number;
      readonly amplitude: number;
      readonly periodMs: number;
      /** Where in its period it begins. */
      readonly phaseMs: number;
    }
  /** Normal noise around 0, drawn anew each `everyMs`. */
  | { readonly kind: 'noise'; readonly deviation: number; readonly everyMs: number }
  /** A random walk between two walls; `step` is the largest change in `everyMs`. */
  | {
      readonly kind: 'walk';
      readonly start: number;
      readonly step: number;
      readonly min: number;
      readonly max: number;
      readonly everyMs: number;
    }
  /** Each value holds from its moment on; 0 before the first. */
  | { readonly kind: 'steps'; readonly steps: readonly RecordedPoint[]; readonly repeatMs?: number }
  /** A recording, in order of time; `line`: straight between two points. Without `loop` its last value stays. */
  | {
      readonly kind: 'replay';
      readonly points: readonly RecordedPoint[];
      readonly between: 'hold' | 'line';
      readonly loop: boolean;
    }
  | { readonly kind: 'sum'; readonly of: readonly Signal[] };
