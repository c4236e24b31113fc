// The plant behind a PLC: values that fill, follow and swing by themselves, as its outputs make them.
import { compile } from './logic/compile.ts';
import type { Evaluation } from './logic/compile.ts';
import type { ProcessValue } from './plc-program.ts';
import { sampler } from './signals/sampler.ts';
import type { SignalChance } from './signals/sampler.ts';

/** Longest step of time that is worked out at once, so that values which depend on each other stay together. */
const STEP_MS = 100;
/** Behind a longer pause the plant takes longer steps. */
const MOST_STEPS = 10_000;

/** Works out one value for a step of time. */
type Advance = (value: number, elapsedMs: number, atMs: number) => number;

/** Values of the plant by name, exact; a register shows them rounded. */
export class Plant {
  readonly #values = new Map<string, number>();
  readonly #advances: readonly (readonly [string, Advance])[];
  readonly #outside: (name: string) => number;
  #atMs = 0;

  /**
   * @param chance of its signals; each takes its own name besides
   * @param outside values of what is not the plant: outputs of the PLC, constants
   */
  constructor(process: readonly ProcessValue[], chance: SignalChance, outside: (name: string) => number) {
    this.#outside = outside;
    this.#advances = process.map((it) => [it.name, this.#advanceOf(it, chance)]);
    for (const it of process) this.#values.set(it.name, 'start' in it ? it.start : 0);
    this.#step(0);
  }

  /** Names and values. */
  get values(): ReadonlyMap<string, number> {
    return this.#values;
  }

  /** Lets time pass. */
  advance(elapsedMs: number): void {
    const steps = Math.min(MOST_STEPS, Math.max(1, Math.ceil(elapsedMs / STEP_MS)));
    for (let n = 0; n < steps; n += 1) this.#step(elapsedMs / steps);
  }

  #step(elapsedMs: number): void {
    this.#atMs += elapsedMs;
    for (const [name, advance] of this.#advances) {
      const next = advance(this.#values.get(name) ?? 0, elapsedMs, this.#atMs);
      if (Number.isFinite(next)) this.#values.set(name, next);
    }
  }

  #advanceOf(it: ProcessValue, { seed, name }: SignalChance): Advance {
    switch (it.kind) {
      case 'integrates': {
        const perS = this.#read(compile(it.perS));
        return (value, elapsedMs) => Math.min(it.max, Math.max(it.min, value + perS(elapsedMs) * (elapsedMs / 1000)));
      }
      case 'follows': {
        const target = this.#read(compile(it.target));
        return (value, elapsedMs) => {
          const wanted = target(elapsedMs);
          return wanted + (value - wanted) * Math.exp(-elapsedMs / it.timeConstantMs);
        };
      }
      case 'equals': {
        const read = this.#read(compile(it.value));
        return (_value, elapsedMs) => read(elapsedMs);
      }
      case 'signal': {
        const at = sampler(it.signal, { seed, name: `${name}/${it.name}` });
        return (value, _elapsedMs, atMs) => at(atMs) ?? value;
      }
    }
  }

  /** A value that cannot be worked out (a division by zero) leaves what depends on it as it is. */
  #read(evaluate: Evaluation): (elapsedMs: number) => number {
    const get = (name: string): number => this.#values.get(name) ?? this.#outside(name);
    return (elapsedMs) => {
      try {
        return evaluate({ get, elapsedMs });
      } catch {
        return Number.NaN;
      }
    };
  }
}
