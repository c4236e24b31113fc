// What share of the time the devices were online, taken over all of them.
import type { HistoryEvent } from '../../history/event.ts';
import { nothing, type Expectation, type Outcome } from '../expectation.ts';
import { OnlineDevices } from './online-devices.ts';

/** Parameters of the expectation. */
export interface OnlineOptions {
  /** Per cent of the time, over all devices together. */
  readonly sharePct: number;
  /** Default: every device on MQTT. */
  readonly of?: readonly string[] | undefined;
  /** Only while the run is in this phase; default: from the moment when everybody is online until publishing ends. */
  readonly during?: string | undefined;
}

/** A change of how many are online. */
interface Change {
  readonly seq: number;
  readonly online: number;
  readonly count: number;
}

/** The devices are online for at least a share of the time. */
export class Online implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: OnlineOptions;
  readonly #devices: OnlineDevices;
  #isCounting = false;
  #lastMs = 0;
  /** Time that devices could have been online, and were, summed over devices. */
  #possibleMs = 0;
  #onlineMs = 0;
  #worst: Change | undefined;

  constructor(options: OnlineOptions) {
    const { of, during, sharePct } = options;
    this.#options = options;
    this.#devices = new OnlineDevices(of);
    this.id = `online:${of?.join(',') ?? 'all'}${during === undefined ? '' : `:${during}`}`;
    this.title = `${of?.join(', ') ?? 'the devices'} ${of?.length === 1 ? 'is' : 'are'} online`;
    this.expected = [
      `online for at least ${sharePct} % of the time${during === undefined ? '' : ` of phase ${during}`}`,
    ];
  }

  step(event: HistoryEvent): void {
    this.#pass(event.tMs);
    this.#devices.step(event);
    if (event.kind === 'mark') this.#mark(event.name, event.data ?? {});
    const { online, count } = this.#devices;
    if (this.#isCounting && online < (this.#worst?.online ?? count)) this.#worst = { seq: event.seq, online, count };
  }

  #pass(tMs: number): void {
    if (this.#isCounting) {
      this.#possibleMs += (tMs - this.#lastMs) * this.#devices.count;
      this.#onlineMs += (tMs - this.#lastMs) * this.#devices.online;
    }
    this.#lastMs = tMs;
  }

  #mark(name: string, data: Readonly<Record<string, unknown>>): void {
    const { during } = this.#options;
    const isOver = name === 'settled' || (name === 'timeline' && data['step'] === 'publishing ends');
    if (isOver) this.#isCounting = false;
    else if (during !== undefined && name === 'phase') this.#isCounting = data['phase'] === during;
    else if (during === undefined && name === 'timeline' && data['step'] === 'everybody is online') {
      this.#isCounting = true;
    }
  }

  end(): Outcome {
    const { sharePct, during } = this.#options;
    if (this.#possibleMs === 0) {
      return { ...nothing, actual: during === undefined ? 'nobody was there' : `there was no phase ${during}` };
    }
    const pct = (100 * this.#onlineMs) / this.#possibleMs;
    const value = Math.floor(pct * 1000) / 1000;
    const worst = this.#worst;
    return {
      verdict: pct < sharePct ? 'fail' : 'pass',
      actual: `online for ${value} % of the time${worst ? `; at worst ${worst.online} of ${worst.count} were` : ''}`,
      evidence: { events: worst ? [worst.seq] : [] },
      measured: [{ name: 'time online', unit: '%', value, limit: { min: sharePct } }],
    };
  }
}
