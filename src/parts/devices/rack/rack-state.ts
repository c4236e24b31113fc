// A rack over time: units that come and go, addresses that clash, a field bus with two lines, readings that grow old.
import { sampler } from '../signals/sampler.ts';
import type { Sampler, SignalChance } from '../signals/sampler.ts';
import { pinStatus, readPin } from './pin-reading.ts';
import type { PinReading } from './pin-reading.ts';
import type { Rack, Unit, WiredPin } from './rack.ts';

/** The two lines of the field bus: 0 is A, 1 is B. */
export type BusLine = 0 | 1;
/** No line is left. */
const NO_LINE = 2;

interface StandingUnit {
  readonly unit: Unit;
  readonly pins: ReadonlyMap<number, { readonly wired: WiredPin; readonly signal: Sampler }>;
}

/** The state of a rack. Time comes with `advance` alone, so that the same calls give the same readings. */
export class RackState {
  readonly #rack: Rack;
  readonly #chance: SignalChance;
  #units: readonly StandingUnit[];
  readonly #isUp: [boolean, boolean] = [true, true];
  #line: BusLine | typeof NO_LINE = 0;
  /** Until then nobody is heard: the bus goes over to its other line. */
  #deafUntilMs = -Infinity;
  #beganMs = Number.NaN;
  #nowMs = 0;
  readonly #driven = new Map<string, number>();
  readonly #last = new Map<string, PinReading>();

  constructor(rack: Rack, chance: SignalChance) {
    this.#rack = rack;
    this.#chance = chance;
    this.#units = rack.units.map((unit) => this.#standing(unit));
  }

  /** The line in use; 2 when there is none. */
  get activeLine(): BusLine | typeof NO_LINE {
    return this.#line;
  }

  /** Takes the time; signals count from the first. */
  advance(nowMs: number): void {
    if (Number.isNaN(this.#beganMs)) this.#beganMs = nowMs;
    this.#nowMs = nowMs;
  }

  /** Tells an output what to deliver. */
  drive(unit: number, pin: number, value: number): void {
    this.#driven.set(keyOf(unit, pin), value);
  }

  /** What the PLC knows of a pin. */
  reading(address: number, pin: number): PinReading {
    const key = keyOf(address, pin);
    const now = this.#heard(address, pin);
    const fresh = typeof now === 'number' ? { value: this.#last.get(key)?.value ?? 0, status: now } : now;
    this.#last.set(key, fresh);
    return fresh;
  }

  /**
   * Takes every unit with this address out, with the power on.
   * @returns whether there was one
   */
  remove(address: number): boolean {
    const before = this.#units.length;
    this.#units = this.#units.filter(({ unit }) => unit.address !== address);
    return this.#units.length < before;
  }

  /**
   * Puts a unit in, with the power on. One with an address that is taken silences both until one of them is removed.
   * @returns whether there was room
   */
  insert(unit: Unit): boolean {
    if (this.#units.length >= this.#rack.mostUnits) return false;
    this.#units = [...this.#units, this.#standing(unit)];
    return true;
  }

  /** Breaks or mends a line of the field bus. */
  setLine(line: BusLine, isUp: boolean): void {
    this.#isUp[line] = isUp;
    if (this.#line !== NO_LINE && this.#isUp[this.#line]) return; // a line that works is kept
    const [isA, isB] = this.#isUp;
    this.#line = isA ? 0 : isB ? 1 : NO_LINE;
    this.#deafUntilMs = this.#nowMs + this.#rack.failoverMs;
  }

  #heard(address: number, pin: number): PinReading | PinReading['status'] {
    if (this.#line === NO_LINE || this.#nowMs < this.#deafUntilMs) return pinStatus.stale;
    const [standing, other] = this.#units.filter(({ unit }) => unit.address === address);
    if (!standing) return pinStatus.absent;
    if (other) return pinStatus.clash;
    const at = standing.pins.get(pin);
    if (!at) return pinStatus.unwired;
    const atMs = this.#nowMs - this.#beganMs;
    const isOutput = at.wired.function === 'voltage-out' || at.wired.function === 'current-out';
    const raw = isOutput ? (this.#driven.get(keyOf(address, pin)) ?? 0) : at.signal(atMs);
    const isBroken = at.wired.breaks.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs);
    return readPin(at.wired, standing.unit.type, raw, isBroken);
  }

  #standing(unit: Unit): StandingUnit {
    const { seed, name } = this.#chance;
    const pins = unit.wiring.map((wired) => {
      const chance = { seed, name: `${name}/${unit.address}/${wired.pin}` };
      const signal: Sampler = 'signal' in wired ? sampler(wired.signal, chance) : () => 0;
      return [wired.pin, { wired, signal }] as const;
    });
    return { unit, pins: new Map(pins) };
  }
}

const keyOf = (unit: number, pin: number): string => `${unit}/${pin}`;
