// How many of some devices are online at any moment: accepted, on a connection that stands, over a link that passes.
import type { HistoryEvent } from '../../history/event.ts';
import { WhoIsOnline } from '../../history/who-is-online.ts';

/** Follows the devices of a run; give it every event. */
export class OnlineDevices {
  readonly #only: ReadonlySet<string> | undefined;
  readonly #who = new WhoIsOnline();

  /** @param only the devices that count; default: all that ever connect */
  constructor(only?: readonly string[]) {
    this.#only = only && new Set(only);
  }

  /** All devices that count. */
  get count(): number {
    return this.#counted.size;
  }

  /** Those that are online now. */
  get online(): number {
    return [...this.#counted].filter((it) => this.#who.isOnline(it)).length;
  }

  /** Share of the devices that are online now, 0 to 1; 1 where there is none. */
  get share(): number {
    return this.count === 0 ? 1 : this.online / this.count;
  }

  step(event: HistoryEvent): void {
    this.#who.step(event);
  }

  get #counted(): ReadonlySet<string> {
    return this.#only ?? this.#who.clients;
  }
}
