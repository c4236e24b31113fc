// Cuts what comes out of a link anew, without changing a byte: MQTT knows no segments, so no verdict may depend on them.
import type { DrawName } from '../../faults/draw.ts';
import { joinedMs, piecesOf, type Segmentation } from '../../faults/segmentation.ts';
import type { Arrival } from '../../faults/tcp-path.ts';
import type { CancelTimer, Clock } from '../../net/clock.ts';
import { timerGrainMs } from './timer-grain.ts';

/** What a cutter needs to know and do. */
export interface CutterOptions {
  readonly how: Segmentation;
  readonly clock: Clock;
  readonly draws: Omit<DrawName, 'purpose' | 'n'>;
  readonly deliver: (arrival: Arrival) => void;
}

/** Hands pieces on 1 ms apart, or gathers what comes close together; keeps the order, and the end behind it all. */
export class Cutter {
  readonly #options: CutterOptions;
  readonly #out: { readonly atMs: number; readonly content: Arrival }[] = [];
  #atB = 0;
  #cancelTimer: CancelTimer | undefined;

  constructor(options: CutterOptions) {
    this.#options = options;
  }

  enter(arrival: Arrival): void {
    const { how, clock, draws } = this.#options;
    const nowMs = clock.nowMs();
    const lastMs = this.#out.at(-1)?.atMs ?? 0;
    if (!(arrival instanceof Uint8Array)) this.#out.push({ atMs: Math.max(nowMs, lastMs), content: arrival });
    else if (how === 'joined') this.#out.push({ atMs: this.#out[0]?.atMs ?? nowMs + joinedMs, content: arrival });
    else {
      const pieces = piecesOf(arrival, how, draws, this.#atB);
      const firstMs = Math.max(nowMs, lastMs);
      pieces.forEach((content, at) => this.#out.push({ atMs: firstMs + at, content }));
      this.#atB += arrival.length;
    }
    this.#run();
  }

  clear(): void {
    this.#out.length = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #run(): void {
    const { clock, how, deliver } = this.#options;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const nowMs = clock.nowMs() + timerGrainMs;
    const waiting = this.#out.findIndex((it) => it.atMs > nowMs);
    const due = this.#out.splice(0, waiting === -1 ? Infinity : waiting).map((it) => it.content);
    for (const content of how === 'joined' ? joined(due) : due) deliver(content);
    const [head] = this.#out;
    if (head) this.#cancelTimer = clock.after(Math.max(0, head.atMs - clock.nowMs()), () => this.#run());
  }
}

/** Neighbouring bytes as one piece. */
export function joined(arrivals: readonly Arrival[]): readonly Arrival[] {
  if (arrivals.length < 2) return arrivals;
  const all: Arrival[] = [];
  let run: Uint8Array[] = [];
  const close = (): void => {
    const [only] = run;
    if (only) all.push(run.length === 1 ? only : Buffer.concat(run));
    run = [];
  };
  for (const it of arrivals) {
    if (it instanceof Uint8Array) run.push(it);
    else {
      close();
      all.push(it);
    }
  }
  close();
  return all;
}
