// Who is at which end of a connection, and how many are online when: the part of a history that every series asks for.
import type { ConnectionOpened, HistoryEvent } from '../../history/event.ts';
import { WhoIsOnline } from '../../history/who-is-online.ts';

/** How many devices are online from a moment on. */
interface OnlineChange {
  readonly tMs: number;
  readonly online: number;
}

/** A reducer over history. Online is as the expectation `online` has it. */
export class Connections {
  readonly changes: OnlineChange[] = [{ tMs: 0, online: 0 }];
  /** When somebody was accepted who had been before. */
  readonly reconnectedMs: number[] = [];
  readonly #who = new WhoIsOnline();
  /** Everybody who was ever accepted. */
  readonly #known = new Set<string>();

  step(event: HistoryEvent): void {
    if (!this.#who.step(event)) return;
    if (event.kind === 'packet') this.#accepted(event.connection, event.tMs);
    const online = [...this.clients].filter((it) => this.isOnline(it)).length;
    if (online !== this.changes.at(-1)?.online) this.changes.push({ tMs: event.tMs, online });
  }

  /** Everybody who ever had a connection. */
  get clients(): ReadonlySet<string> {
    return this.#who.clients;
  }

  /** The first sight of a connection. */
  of(connection: string): ConnectionOpened | undefined {
    return this.#who.of(connection);
  }

  isOnline(client: string): boolean {
    return this.#who.isOnline(client);
  }

  #accepted(connection: string, tMs: number): void {
    const client = this.of(connection)?.client;
    if (client === undefined) return;
    if (this.#known.has(client)) this.reconnectedMs.push(tMs);
    this.#known.add(client);
  }
}
