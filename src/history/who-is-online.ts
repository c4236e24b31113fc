// Who is online at any moment of a history: one reducer for conditions, expectations and reports.
import type { ConnectionOpened, HistoryEvent, PacketSeen } from './event.ts';
import { frameOf } from './packet-of.ts';
import { hasEnded } from './part-state.ts';

/** Follows the clients of a run; give it every event, and ask it at any moment. */
export class WhoIsOnline {
  /** Everybody who ever had a connection. */
  readonly clients = new Set<string>();
  readonly #opened = new Map<string, ConnectionOpened>();
  /** The connection that each client opened last. */
  readonly #last = new Map<string, ConnectionOpened>();
  /** Clients whose last connection was accepted, and stands. */
  readonly #accepted = new Set<string>();
  /** Links that are not up. */
  readonly #down = new Set<string>();

  /** Gives whether who is online may be others now. */
  step(event: HistoryEvent): boolean {
    switch (event.kind) {
      case 'opened':
        return this.#dialled(event);
      case 'part':
        return hasEnded(event.state) && this.#accepted.delete(event.part);
      case 'link':
        if (event.state === 'up') this.#down.delete(event.link);
        else this.#down.add(event.link);
        return true;
      case 'ended': {
        const client = this.#clientOnLast(event.connection);
        return client !== undefined && this.#accepted.delete(client);
      }
      case 'packet':
        return this.#answered(event);
      default:
        return false;
    }
  }

  /** The first sight of a connection. */
  of(connection: string): ConnectionOpened | undefined {
    return this.#opened.get(connection);
  }

  /** Whether it is accepted, on a connection that stands, whatever its link does. */
  isAccepted(client: string): boolean {
    return this.#accepted.has(client);
  }

  /** Whether it is accepted, on a connection that stands, over a link that is up. */
  isOnline(client: string): boolean {
    const link = this.#last.get(client)?.link;
    return this.#accepted.has(client) && (link === undefined || !this.#down.has(link));
  }

  /** Whoever dials again has given the old connection up. */
  #dialled(event: ConnectionOpened): boolean {
    if (this.#opened.has(event.connection)) return false;
    this.clients.add(event.client);
    this.#opened.set(event.connection, event);
    this.#last.set(event.client, event);
    return this.#accepted.delete(event.client);
  }

  #answered(event: PacketSeen): boolean {
    if (event.direction !== 'toClient' || event.seenAt === 'serverEnd') return false;
    const client = this.#clientOnLast(event.connection);
    if (client === undefined || this.#accepted.has(client)) return false;
    const { packet } = frameOf(event);
    if (packet?.type !== 'CONNACK' || packet.returnCode !== 0) return false;
    this.#accepted.add(client);
    return true;
  }

  #clientOnLast(connection: string): string | undefined {
    const client = this.#opened.get(connection)?.client;
    return client !== undefined && this.#last.get(client)?.connection === connection ? client : undefined;
  }
}
