// Decides when something missing may be called missing: the connection stood long enough, in full view, and the broker was alive.
import type { PartyView } from '../../rule.ts';
import type { NetworkConnection } from '../session/state.ts';

/** Until when a connection could have carried what is missing. */
export function openUntilMs(connection: NetworkConnection, nowMs: number): number {
  return Math.min(connection.disconnect?.tMs ?? nowMs, connection.ended?.tMs ?? nowMs);
}

/** Whether the connection was in full view, undisturbed, for so long from a time on. */
export function stoodFor(connection: NetworkConnection, fromMs: number, nowMs: number, waitMs: number): boolean {
  if (connection.impaired || connection.tainted !== undefined || connection.accepted === undefined) return false;
  return openUntilMs(connection, nowMs) - Math.max(fromMs, connection.accepted.tMs) >= waitMs;
}

/** Something that did not come in time; whether the broker held it back or was mute shows later. */
export interface Suspicion {
  readonly party: PartyView;
  /** A packet of the broker from this time on, on any connection, shows that it was alive. */
  readonly aliveMs: number;
  /** Called once: the broker was alive and yet it did not come, or nothing more came from the broker at all. */
  settle(broker: 'alive' | 'mute'): void;
}

/** Suspicions that wait for a sign of life. */
export class Suspicions {
  #waiting: Suspicion[] = [];

  /** Waits for the broker to speak after `aliveMs`; settles at once where it has. */
  add(suspicion: Suspicion): void {
    if (suspicion.party.lastPacketMs >= suspicion.aliveMs) suspicion.settle('alive');
    else this.#waiting.push(suspicion);
  }

  /** Settles those that the broker's last packet decides. */
  step(): void {
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.filter((it) => it.party.lastPacketMs >= it.aliveMs);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((it) => it.party.lastPacketMs < it.aliveMs);
    for (const it of due) it.settle('alive');
  }

  /** The run is over: what the broker never spoke after cannot be judged. */
  end(): void {
    this.step();
    for (const it of this.#waiting.splice(0)) it.settle('mute');
  }

  /** The broker was stopped: nothing is expected any more. */
  clear(): void {
    this.#waiting = [];
  }
}
