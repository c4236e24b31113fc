// The tank and its control: what one scan of the PLC does.
import type { ProcessImage } from './process-image.ts';

/** Rates in percent of the height per second. */
export interface TankParameters {
  readonly fillPerS: number;
  readonly drainPerS: number;
}

/** The plant behind the PLC and the logic in it. The level is exact here; the register shows it rounded. */
export class Tank {
  readonly #parameters: TankParameters;
  #level: number;

  constructor(parameters: Readonly<Record<string, number>>, image: ProcessImage) {
    this.#parameters = { fillPerS: parameters['fillPerS'] ?? 0, drainPerS: parameters['drainPerS'] ?? 0 };
    this.#level = image.get('level');
  }

  /** Reads inputs, works out the logic, writes outputs. */
  scan(image: ProcessImage, elapsedMs: number): void {
    this.#flow(image.get('pump') === 1, elapsedMs / 1000);
    image.set('level', this.#level);
    if (image.get('automatic') === 1) this.#control(image);
    image.set('highLevel', this.#level > image.get('alarmAbove') ? 1 : 0);
  }

  #flow(isPumping: boolean, elapsedS: number): void {
    const { fillPerS, drainPerS } = this.#parameters;
    const change = ((isPumping ? fillPerS : 0) - drainPerS) * elapsedS;
    this.#level = Math.min(100, Math.max(0, this.#level + change));
  }

  /** Two-point control with a gap, so that the pump does not chatter. */
  #control(image: ProcessImage): void {
    if (this.#level < image.get('startBelow')) image.set('pump', 1);
    else if (this.#level > image.get('stopAbove')) image.set('pump', 0);
  }
}
