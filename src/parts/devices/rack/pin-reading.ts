// What a unit reads at a pin: the signal as far as wires, ranges and the current limits of NAMUR NE 43 let it through.
import type { UnitType, WiredPin } from './rack.ts';

/** How far a reading can be trusted; the number stands in a status register. */
export const pinStatus = {
  good: 0,
  /** Below what the pin, or NE 43 as a measurement, covers: 3.6 to 3.8 mA. */
  underRange: 1,
  /** Above: 20.5 to 21 mA, or more than the rated voltage. */
  overRange: 2,
  /** NE 43: the transmitter says that it failed, low: 3.6 mA or less; also a broken loop. */
  failedLow: 3,
  /** NE 43: the transmitter says that it failed, high: 21 mA or more. */
  failedHigh: 4,
  /** A lead of a resistance is open, or a voltage or contact is not connected. */
  open: 5,
  /** An output cannot deliver what it is told: its current or its voltage is at its end. */
  limited: 6,
  /** The unit is not heard; the value is the last one. */
  stale: 7,
  /** No unit has this address. */
  absent: 8,
  /** Two units have this address, and neither is heard. */
  clash: 9,
  /** Nothing is wired to this pin. */
  unwired: 10,
} as const;

/** A status by its number. */
export type PinStatus = (typeof pinStatus)[keyof typeof pinStatus];

/** What a unit says of a pin. */
export interface PinReading {
  readonly value: number;
  readonly status: PinStatus;
}

/** Limits of NE 43, in mA. */
const ne43 = { failedLow: 3.6, least: 3.8, most: 20.5, failedHigh: 21 } as const;

/**
 * Reads a pin.
 * @param raw what the field signal is: V, mA, ohms, 1 for a closed contact; what an output is told
 * @param isBroken whether its wire is
 */
export function readPin(it: WiredPin, type: UnitType, raw: number | undefined, isBroken: boolean): PinReading {
  switch (it.function) {
    case 'voltage-in':
      return isBroken || raw === undefined ? { value: 0, status: pinStatus.open } : within(raw, type.ratedV);
    case 'contact':
      if (isBroken || raw === undefined) return { value: 0, status: pinStatus.open };
      return { value: raw > 0.5 ? 1 : 0, status: pinStatus.good };
    case 'loop-in':
      return readLoop(isBroken ? 0 : (raw ?? 0), it);
    case 'resistance':
      return readResistance(it, type, isBroken ? undefined : raw);
    case 'voltage-out':
      return driveVoltage(raw ?? 0, type, isBroken ? Infinity : it.loadOhm);
    case 'current-out':
      return driveCurrent(raw ?? 0, type, isBroken ? Infinity : it.loadOhm);
  }
}

function within(raw: number, mostV: number): PinReading {
  if (raw > mostV) return { value: mostV, status: pinStatus.overRange };
  if (raw < 0) return { value: 0, status: pinStatus.underRange };
  return { value: raw, status: pinStatus.good };
}

function readLoop(mA: number, { at4, at20 }: { readonly at4: number; readonly at20: number }): PinReading {
  const value = at4 + ((at20 - at4) * (mA - 4)) / 16;
  if (mA <= ne43.failedLow) return { value, status: pinStatus.failedLow };
  if (mA < ne43.least) return { value, status: pinStatus.underRange };
  if (mA >= ne43.failedHigh) return { value, status: pinStatus.failedHigh };
  return { value, status: mA > ne43.most ? pinStatus.overRange : pinStatus.good };
}

/** Two wires measure both leads too; three take the third as measure of one of two equal leads; four measure none. */
function readResistance(
  { wires, leadOhm }: { readonly wires: 2 | 3 | 4; readonly leadOhm: number },
  { mostOhm }: UnitType,
  raw: number | undefined,
): PinReading {
  if (raw === undefined) return { value: mostOhm, status: pinStatus.open };
  const ohm = wires === 2 ? raw + 2 * leadOhm : raw;
  if (ohm > mostOhm) return { value: mostOhm, status: pinStatus.overRange };
  return ohm < 0 ? { value: 0, status: pinStatus.underRange } : { value: ohm, status: pinStatus.good };
}

/** V at the load: no more than the unit has, nor than its current makes there. */
function driveVoltage(told: number, { voltageOut: { mostV, mostMA } }: UnitType, loadOhm: number): PinReading {
  return limited(told, Math.min(mostV, (mostMA / 1000) * loadOhm));
}

/** mA through the load: no more than the unit has, nor than its voltage drives through it. */
function driveCurrent(told: number, { currentOut: { mostMA, complianceV } }: UnitType, loadOhm: number): PinReading {
  return limited(told, Math.min(mostMA, (complianceV / loadOhm) * 1000));
}

function limited(told: number, most: number): PinReading {
  const value = Math.min(most, Math.max(0, told));
  return { value, status: value === told ? pinStatus.good : pinStatus.limited };
}
