// Conditions of a timeline, looked for in the history while it grows: nobody polls, and nothing is missed.
import { BenchState } from '../history/bench-state.ts';
import type { HistoryEvent, PartChanged } from '../history/event.ts';
import type { LiveHistory } from '../history/live-history.ts';
import { frameOf } from '../history/packet-of.ts';
import { hasEnded } from '../history/part-state.ts';
import { filterMatches } from '../wire/topic.ts';
import type { Clock } from '../net/clock.ts';
import type { PartWord, PlannedCondition } from './planned-step.ts';

/** Says of each event whether the condition holds now. */
type Test = (event?: HistoryEvent) => boolean;

/** Watches a history from its beginning, so that states from before a wait are known. */
export class Conditions implements Disposable {
  readonly #state = new BenchState();
  readonly #waiting = new Set<(event: HistoryEvent) => void>();
  readonly #clock: Clock;
  readonly #unwatch: () => void;

  constructor(history: LiveHistory, clock: Clock) {
    this.#clock = clock;
    this.#unwatch = history.watch((event) => {
      this.#state.step(event);
      for (const look of this.#waiting) look(event);
    });
  }

  /** Whether it holds now, or comes to hold in time; also no when the signal ends the wait. */
  async comes(condition: PlannedCondition, withinMs: number, signal: AbortSignal): Promise<boolean> {
    const holds = this.#test(condition);
    if (holds()) return true;
    if (signal.aborted) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = (event: HistoryEvent): void => void (holds(event) && resolve(true));
    const giveUp = (): void => resolve(false);
    const cancel = this.#clock.after(withinMs, giveUp);
    signal.addEventListener('abort', giveUp, { once: true });
    this.#waiting.add(look);
    try {
      return await promise;
    } finally {
      this.#waiting.delete(look);
      signal.removeEventListener('abort', giveUp);
      cancel();
    }
  }

  [Symbol.dispose](): void {
    this.#unwatch();
  }

  #test(it: PlannedCondition): Test {
    switch (it.kind) {
      case 'online':
        return () =>
          it.devices.filter((name) => this.#state.isAccepted(name)).length * 100 >= it.devices.length * it.sharePct;
      case 'part':
        return () => wordOf(this.#state.partState(it.part)) === it.is;
      case 'link':
        return () => isAll(this.#state.linkStates(it.link), (state) => (state === 'up') === (it.is === 'up'));
      case 'message':
        return this.#counting(it);
    }
  }

  #counting(it: Extract<PlannedCondition, { kind: 'message' }>): Test {
    let count = 0;
    return (event) => {
      if (event?.kind !== 'packet' || event.direction !== 'toClient' || event.seenAt === 'serverEnd') return false;
      if (this.#state.clientOf(event.connection) !== it.at) return false;
      const packet = frameOf(event).packet;
      if (packet?.type !== 'PUBLISH' || !filterMatches(it.filter, packet.topic)) return false;
      if (it.contains !== undefined && !Buffer.from(packet.payload).includes(it.contains)) return false;
      count += 1;
      return count >= it.count;
    };
  }
}

function wordOf(state: PartChanged['state'] | undefined): PartWord | undefined {
  if (state === undefined) return undefined;
  if (state === 'ready' || state === 'resumed') return 'running';
  if (state === 'paused') return state;
  return hasEnded(state) ? 'down' : undefined;
}

/** Of none nothing holds. */
const isAll = <T>(items: readonly T[], test: (item: T) => boolean): boolean => items.length > 0 && items.every(test);
