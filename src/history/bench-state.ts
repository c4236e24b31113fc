// What a history so far says of the bench: who is online, and in which state its parts and links are.
import type { HistoryEvent, LinkChanged, PartChanged } from './event.ts';
import { WhoIsOnline } from './who-is-online.ts';

/** A reducer over history; ask it at any moment. */
export class BenchState {
  readonly #who = new WhoIsOnline();
  readonly #parts = new Map<string, PartChanged['state']>();
  readonly #links = new Map<string, LinkChanged['state']>();

  step(event: HistoryEvent): void {
    this.#who.step(event);
    if (event.kind === 'part') this.#parts.set(event.part, event.state);
    if (event.kind === 'link') this.#links.set(event.link, event.state);
  }

  /** Whether this client has CONNACK 0, on a connection that stands, whatever its link does. */
  isAccepted(client: string): boolean {
    return this.#who.isAccepted(client);
  }

  /** Name of the part that dialled. */
  clientOf(connection: string): string | undefined {
    return this.#who.of(connection)?.client;
  }

  partState(part: string): PartChanged['state'] | undefined {
    return this.#parts.get(part);
  }

  /** Of a link of a plan, which each of its parts has for itself: `radio` is `radio/level` and `radio/valve`. */
  linkStates(link: string): readonly LinkChanged['state'][] {
    return [...this.#links].flatMap(([name, state]) => (name === link || name.startsWith(`${link}/`) ? [state] : []));
  }
}
