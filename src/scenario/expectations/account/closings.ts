// Who closed a connection: what comes to a client after that, it does not read.
import type { HistoryEvent } from '../../../history/event.ts';

/** Connections that their client has closed, as its own end saw it. */
export class Closings {
  readonly #closed = new Set<string>();

  step(event: HistoryEvent): void {
    if (event.kind === 'ended' && event.seenAt !== 'serverEnd' && event.by === 'client') {
      this.#closed.add(event.connection);
    }
  }

  has(connection: string): boolean {
    return this.#closed.has(connection);
  }
}
