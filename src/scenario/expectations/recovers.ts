// How long it takes until nearly everybody is online again, counted from the moment when nothing hinders them any more.
import type { HistoryEvent } from '../../history/event.ts';
import { nothing, seconds, worst, type Expectation, type Outcome } from '../expectation.ts';
import { OnlineDevices } from './online-devices.ts';

/** Parameters of the expectation. */
export interface RecoversOptions {
  /** A broker or a link; each time that it is back counts. */
  readonly after: string;
  readonly withinMs: number;
  /** Per cent of the devices that have to be online. */
  readonly sharePct: number;
}

/** Something was away and came back. */
interface Incident {
  readonly awaySeq: number;
  backMs?: number;
  backSeq?: number;
  recoveredMs?: number;
  recoveredSeq?: number;
  /** The next incident began, or the run was over. */
  overMs?: number;
  /** How many devices were online then. */
  online?: number;
}

/** So many devices are online again in time, each time that a broker or a link comes back. */
export class Recovers implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: RecoversOptions;
  readonly #devices = new OnlineDevices();
  readonly #incidents: Incident[] = [];
  /** What is away now: the broker, or links of this name. */
  readonly #away = new Set<string>();
  #hasBeenReady = false;
  #isOver = false;
  #lastMs = 0;

  constructor(options: RecoversOptions) {
    const { after, withinMs, sharePct } = options;
    this.#options = options;
    this.id = `recovers:${after}`;
    this.title = `the devices are back after ${after}`;
    this.expected = [`${sharePct} % of the devices are online within ${withinMs / 1000} s of ${after} being back`];
  }

  step(event: HistoryEvent): void {
    if (this.#isOver) return;
    this.#lastMs = event.tMs;
    this.#devices.step(event);
    if (event.kind === 'mark' && event.name === 'settled') this.#isOver = true;
    if (event.kind === 'part' && event.part === this.#options.after) {
      if (event.state === 'ready') this.#hasBeenReady = true;
      if (this.#hasBeenReady) this.#changed(event.part, event.state === 'ready' || event.state === 'resumed', event);
    }
    if (event.kind === 'link' && isOf(event.link, this.#options.after)) {
      this.#changed(event.link, event.state === 'up', event);
    }
    this.#look(event);
  }

  #changed(what: string, isBack: boolean, event: HistoryEvent): void {
    const open = this.#incidents.at(-1);
    if (!isBack) {
      if (this.#away.size === 0) {
        if (open && open.overMs === undefined) {
          open.overMs = event.tMs;
          open.online = this.#devices.online;
        }
        this.#incidents.push({ awaySeq: event.seq });
      }
      this.#away.add(what);
    } else if (this.#away.delete(what) && this.#away.size === 0 && open) {
      open.backMs = event.tMs;
      open.backSeq = event.seq;
    }
  }

  #look(event: HistoryEvent): void {
    const open = this.#incidents.at(-1);
    if (open?.backMs === undefined || open.recoveredMs !== undefined) return;
    if (this.#devices.share * 100 < this.#options.sharePct) return;
    open.recoveredMs = event.tMs;
    open.recoveredSeq = event.seq;
  }

  end(): Outcome {
    const { withinMs } = this.#options;
    const judged = this.#incidents.flatMap((it) => {
      if (it.backMs === undefined) return [];
      const tookMs = (it.recoveredMs ?? it.overMs ?? this.#lastMs) - it.backMs;
      return it.recoveredMs !== undefined || tookMs > withinMs ? [{ ...it, tookMs }] : [];
    });
    const late = judged.find((it) => it.tookMs > withinMs);
    const shown = late ?? judged[0];
    if (shown === undefined)
      return { ...nothing, actual: `${this.#options.after} was never away and back for long enough` };
    const { online = this.#devices.online } = shown;
    const { count } = this.#devices;
    const never = `not recovered after ${seconds(shown.tookMs)}: ${online} of ${count} devices are online`;
    const timesMs = judged.filter((it) => it.recoveredMs !== undefined).map((it) => it.tookMs);
    const took = `recovered within ${seconds(Math.max(...timesMs))}`;
    return {
      verdict: late ? 'fail' : 'pass',
      actual: late?.recoveredMs === undefined && late ? never : late ? `it took ${seconds(late.tookMs)}` : took,
      evidence: { events: [shown.awaySeq, shown.backSeq, shown.recoveredSeq].filter((it) => it !== undefined) },
      measured: worst('time to recover', timesMs, withinMs),
    };
  }
}

/** Every device has a link of its own, named after both. */
const isOf = (link: string, name: string): boolean => link === name || link.startsWith(`${name}/`);
