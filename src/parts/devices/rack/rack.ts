// A rack of input and output units as plain data: what a unit can do, what is wired to which pin, how units are tied together.
import type { Signal } from '../signals/signal.ts';

/** What a pin can be made to do. */
export type PinFunction = 'voltage-in' | 'voltage-out' | 'current-out' | 'loop-in' | 'contact' | 'resistance';

/** A kind of unit. */
export interface UnitType {
  readonly name: string;
  readonly pins: number;
  /** More than this at a pin is not measured: the reading stays here. */
  readonly ratedV: number;
  /** Pins that can be given a function; a pin is in several lists. */
  readonly functions: Readonly<Record<PinFunction, readonly number[]>>;
  readonly voltageOut: { readonly mostV: number; readonly mostMA: number };
  readonly currentOut: { readonly mostMA: number; readonly complianceV: number };
  /** Largest resistance that can be told from an open lead. */
  readonly mostOhm: number;
}

/** A time in which a wire is broken, counted from the start of the PLC. */
export interface Break {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What is wired to a pin. */
export type WiredPin = { readonly pin: number; readonly breaks: readonly Break[] } & (
  | { readonly function: 'voltage-in'; readonly signal: Signal }
  /** Closed while the signal is above one half. */
  | { readonly function: 'contact'; readonly signal: Signal }
  /** The signal is in mA; shown between `at4` and `at20` as the current is between 4 and 20 mA. */
  | { readonly function: 'loop-in'; readonly signal: Signal; readonly at4: number; readonly at20: number }
  | { readonly function: 'resistance'; readonly signal: Signal; readonly wires: 2 | 3 | 4; readonly leadOhm: number }
  | { readonly function: 'voltage-out' | 'current-out'; readonly loadOhm: number }
);

/** A unit in its place. */
export interface Unit {
  readonly address: number;
  readonly type: UnitType;
  readonly wiring: readonly WiredPin[];
}

/** A whole rack. */
export interface Rack {
  readonly units: readonly Unit[];
  readonly mostUnits: number;
  readonly ethernetPorts: number;
  /** How long units cannot be heard when the field bus goes over from one line to the other. */
  readonly failoverMs: number;
}

/** Pins that a resistance takes from its first one on. */
export function pinsOf(it: WiredPin): readonly number[] {
  const width = it.function === 'resistance' ? it.wires : 1;
  return Array.from({ length: width }, (_, n) => it.pin + n);
}

/** Something that cannot be wired, with its place below the wiring of a unit. */
export interface WiringProblem {
  readonly index: number;
  readonly message: string;
  readonly hint: string;
}

/** Everything that cannot be in the wiring of one unit. */
export function wiringProblems({ functions, pins }: UnitType, wiring: readonly WiredPin[]): readonly WiringProblem[] {
  const taken = new Map<number, string>();
  return wiring.flatMap((it, index): readonly WiringProblem[] => {
    const can = functions[it.function];
    return pinsOf(it).flatMap((pin): readonly WiringProblem[] => {
      const other = taken.get(pin);
      taken.set(pin, `${it.function} at pin ${it.pin}`);
      if (pin < 1 || pin > pins) return [{ index, message: `there is no pin ${pin}`, hint: `pins are 1 to ${pins}` }];
      if (other) return [{ index, message: `pin ${pin} is taken`, hint: `by ${other}` }];
      if (can.includes(pin)) return [];
      return [{ index, message: `pin ${pin} cannot be ${it.function}`, hint: `pins that can: ${rangesOf(can)}` }];
    });
  });
}

/** `1-8, 12` for 1 to 8 and 12. */
function rangesOf(pins: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const pin of pins.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && pin === last.to + 1) last.to = pin;
    else ranges.push({ from: pin, to: pin });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ') || 'none';
}
