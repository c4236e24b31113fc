// What a file may say of a field signal, and the signal that it means.
import { z } from 'zod';
import type { RecordedPoint, Signal } from '../../parts/devices/signals/signal.ts';
import { duration } from '../files/quantities.ts';

const some = duration.refine((ms) => ms > 0, 'expected a length of time above 0');
const wallsInOrder = 'expected "min" below "max"';

const walkKeys = {
  start: z.number(),
  /** Largest change from one step to the next. */
  step: z.number().positive(),
  min: z.number(),
  max: z.number(),
  /** Time from step to step; default: the interval of the device. */
  every: some.optional(),
};

const forms = {
  constant: { constant: z.number() },
  ramp: {
    ramp: z.strictObject({
      from: z.number(),
      to: z.number(),
      over: some,
      atEnd: z.enum(['hold', 'repeat', 'return']).default('hold'),
    }),
  },
  sine: {
    sine: z.strictObject({
      mean: z.number().default(0),
      amplitude: z.number(),
      period: some,
      phase: duration.default(0),
    }),
  },
  noise: { noise: z.strictObject({ deviation: z.number().positive(), every: some.optional() }) },
  walk: { walk: z.strictObject(walkKeys).refine((it) => it.min < it.max, wallsInOrder) },
  steps: {
    steps: z
      .array(z.strictObject({ at: duration, value: z.number() }))
      .min(1)
      .refine((steps) => steps.every((it, index) => index === 0 || it.at > (steps[index - 1]?.at ?? 0)), {
        message: 'expected each "at" later than the one before',
      }),
    repeat: some.optional(),
  },
  replay: {
    /** A CSV file beside this one. */
    replay: z.string().min(1),
    column: z.string().min(1).optional(),
    between: z.enum(['hold', 'line']).default('hold'),
    loop: z.boolean().default(false),
  },
} as const;

const part = z.union(
  [
    z.strictObject(forms.constant),
    z.strictObject(forms.ramp),
    z.strictObject(forms.sine),
    z.strictObject(forms.noise),
    z.strictObject(forms.walk),
    z.strictObject(forms.steps),
    z.strictObject(forms.replay),
  ],
  'expected one of: constant, ramp, sine, noise, walk, steps, replay',
);

const unit = { unit: z.string().default('') };

/** A signal with its unit. A random walk may be written without the word. */
export const signalSchema = z.union(
  [
    z.strictObject({ ...unit, ...walkKeys }).refine((it) => it.min < it.max, wallsInOrder),
    z.strictObject({ ...unit, ...forms.constant }),
    z.strictObject({ ...unit, ...forms.ramp }),
    z.strictObject({ ...unit, ...forms.sine }),
    z.strictObject({ ...unit, ...forms.noise }),
    z.strictObject({ ...unit, ...forms.walk }),
    z.strictObject({ ...unit, ...forms.steps }),
    z.strictObject({ ...unit, ...forms.replay }),
    z.strictObject({ ...unit, sum: z.array(part).min(1) }),
  ],
  'expected a random walk (start, step, min, max) or one of: constant, ramp, sine, noise, walk, steps, replay, sum',
);

/** A signal as a file has it. */
export type WrittenSignal = z.output<typeof signalSchema>;
type WrittenPart = z.output<typeof part>;
type Replay = Extract<WrittenPart, { replay: string }>;

/** One column of a recorded signal, in order of time. */
export type Recording = readonly RecordedPoint[];

/** Recordings of a file, by {@link replayKey}. */
export type Recordings = ReadonlyMap<string, Recording>;

/** Names one column of one file. */
export const replayKey = ({ replay, column = '' }: Pick<Replay, 'replay' | 'column'>): string => `${column} ${replay}`;

/** The recordings that a signal names, each with its path below the signal. */
export function replaysOf(signal: WrittenSignal): readonly { readonly replay: Replay; readonly path: PropertyKey[] }[] {
  if ('replay' in signal) return [{ replay: signal, path: ['replay'] }];
  if (!('sum' in signal)) return [];
  return signal.sum.flatMap((it, index) => ('replay' in it ? [{ replay: it, path: ['sum', index, 'replay'] }] : []));
}

/**
 * The signal that is meant.
 * @param everyMs interval of the device, for random parts that do not say their own
 */
export function signalOf(written: WrittenSignal | WrittenPart, everyMs: number, recordings: Recordings): Signal {
  if ('sum' in written) return { kind: 'sum', of: written.sum.map((it) => signalOf(it, everyMs, recordings)) };
  if ('constant' in written) return { kind: 'constant', value: written.constant };
  if ('ramp' in written) {
    const { from, to, over, atEnd } = written.ramp;
    return { kind: 'ramp', from, to, overMs: over, atEnd };
  }
  if ('sine' in written) {
    const { mean, amplitude, period, phase } = written.sine;
    return { kind: 'sine', mean, amplitude, periodMs: period, phaseMs: phase };
  }
  if ('noise' in written) return { kind: 'noise', ...timed(written.noise, everyMs) };
  if ('steps' in written) {
    const steps = written.steps.map(({ at, value }) => ({ atMs: at, value }));
    return { kind: 'steps', steps, ...(written.repeat !== undefined && { repeatMs: written.repeat }) };
  }
  if ('replay' in written) {
    const { between, loop } = written;
    return { kind: 'replay', points: recordings.get(replayKey(written)) ?? [], between, loop };
  }
  const { start, step, min, max, every } = 'walk' in written ? written.walk : written;
  return { kind: 'walk', ...timed({ start, step, min, max, every }, everyMs) };
}

function timed<T extends { readonly every?: number | undefined }>({ every, ...rest }: T, everyMs: number) {
  return { ...rest, everyMs: every ?? everyMs };
}
