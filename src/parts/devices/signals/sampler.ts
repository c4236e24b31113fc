// The value of a signal at a time: a function of signal, seed, name and time alone, whoever asks and how often.
import { draw } from '../../../faults/draw.ts';
import { valueAt } from './recorded.ts';
import type { Signal } from './signal.ts';

/** Where the chance of a signal comes from: the same seed and name always give the same signal. */
export interface SignalChance {
  readonly seed: number;
  readonly name: string;
}

/** Value at a time from 0 on; nothing where a recording has a gap. */
export type Sampler = (atMs: number) => number | undefined;

/** A signal as a function of time. Asking for earlier times is allowed, and slower for a random walk. */
export function sampler(signal: Signal, chance: SignalChance): Sampler {
  switch (signal.kind) {
    case 'constant':
      return () => signal.value;
    case 'ramp':
      return (atMs) => signal.from + (signal.to - signal.from) * rampShare(signal, atMs);
    case 'sine':
      return (atMs) =>
        signal.mean + signal.amplitude * Math.sin((2 * Math.PI * (atMs + signal.phaseMs)) / signal.periodMs);
    case 'noise':
      return (atMs) => signal.deviation * normal(chance, Math.floor(atMs / signal.everyMs));
    case 'walk':
      return walk(signal, chance);
    case 'steps':
      return (atMs) =>
        valueAt(signal.steps, signal.repeatMs === undefined ? atMs : atMs % signal.repeatMs, 'hold') ?? 0;
    case 'replay':
      return replay(signal);
    case 'sum':
      return sum(signal.of.map((it, index) => sampler(it, { ...chance, name: `${chance.name}#${index}` })));
  }
}

function rampShare({ overMs, atEnd }: Extract<Signal, { kind: 'ramp' }>, atMs: number): number {
  const share = atMs / overMs;
  if (atEnd === 'hold') return Math.min(1, share);
  if (atEnd === 'repeat') return share % 1;
  const there = share % 2;
  return there <= 1 ? there : 2 - there;
}

/** Remembers how far it has walked, so that a day of samples is not walked anew for each. */
function walk({ start, step, min, max, everyMs }: Extract<Signal, { kind: 'walk' }>, chance: SignalChance): Sampler {
  let [walked, value] = [0, start];
  return (atMs) => {
    const wanted = Math.floor(atMs / everyMs);
    if (wanted < walked) [walked, value] = [0, start];
    while (walked < wanted) {
      walked += 1;
      const next = value + (2 * uniform(chance, walked, 0) - 1) * step;
      value = Math.round(Math.min(max, Math.max(min, next)) * 1000) / 1000;
    }
    return value;
  };
}

function replay({ points, between, loop }: Extract<Signal, { kind: 'replay' }>): Sampler {
  const lengthMs = points.at(-1)?.atMs ?? 0;
  return (atMs) => valueAt(points, loop && lengthMs > 0 ? atMs % lengthMs : atMs, between);
}

/** A gap in one part is a gap in the whole. */
function sum(parts: readonly Sampler[]): Sampler {
  return (atMs) => {
    const values = parts.map((it) => it(atMs));
    return values.reduce((total, value) => (total === undefined || value === undefined ? undefined : total + value), 0);
  };
}

function uniform({ seed, name }: SignalChance, n: number, attempt: number): number {
  return draw({ seed, link: name, connection: 1, direction: 'toServer', purpose: 'signal', n, attempt });
}

/** Standard normal, after Box and Muller. */
function normal(chance: SignalChance, n: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(chance, n, 0)));
  return radius * Math.cos(2 * Math.PI * uniform(chance, n, 1));
}
