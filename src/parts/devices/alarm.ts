// An alarm on a value: a limit, a gap before it clears, and delays that a short excursion does not outlast.

/** When an alarm is raised and cleared; exactly one limit is given. */
export interface AlarmSettings {
  readonly name: string;
  /** Raised while the value is above. */
  readonly above?: number;
  /** Raised while the value is below. */
  readonly below?: number;
  /** How far the value must come back behind the limit before the alarm clears. */
  readonly hysteresis: number;
  /** How long the value must be beyond the limit before the alarm is raised. */
  readonly onDelayMs: number;
  /** How long it must be back before the alarm is cleared. */
  readonly offDelayMs: number;
}

/** One alarm over time. */
export class Alarm {
  readonly settings: AlarmSettings;
  #isActive = false;
  /** Since when the value calls for the other state; NaN: it does not. */
  #changingSinceMs = Number.NaN;

  constructor(settings: AlarmSettings) {
    this.settings = settings;
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  /** Takes a value at its time. Gives whether the alarm was raised or cleared by it. */
  update(value: number, nowMs: number): boolean {
    if (!this.#callsForChange(value)) {
      this.#changingSinceMs = Number.NaN;
      return false;
    }
    if (Number.isNaN(this.#changingSinceMs)) this.#changingSinceMs = nowMs;
    const { onDelayMs, offDelayMs } = this.settings;
    if (nowMs - this.#changingSinceMs < (this.#isActive ? offDelayMs : onDelayMs)) return false;
    return this.force(!this.#isActive);
  }

  /** Raises or clears it at once, whatever the value is. Gives whether that changed it. */
  force(isActive: boolean): boolean {
    this.#changingSinceMs = Number.NaN;
    if (isActive === this.#isActive) return false;
    this.#isActive = isActive;
    return true;
  }

  #callsForChange(value: number): boolean {
    const { above, below = -Infinity, hysteresis } = this.settings;
    const gap = this.#isActive ? hysteresis : 0;
    const isBeyond = above === undefined ? value < below + gap : value > above - gap;
    return isBeyond !== this.#isActive;
  }
}
