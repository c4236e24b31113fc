// What a history so far says of the bench: who is online, and in which state its parts and links are.
import type { ConnectionOpened, HistoryEvent, LinkChanged, PacketSeen, PartChanged } from './event.ts';
import { frameOf } from './packet-of.ts';

/** A reducer over history; ask it at any moment. */
export class BenchState {
  readonly #connections = new Map<string, ConnectionOpened>();
  /** The connection on which each client had CONNACK 0, by client. */
  readonly #online = new Map<string, string>();
  readonly #parts = new Map<string, PartChanged['state']>();
  readonly #links = new Map<string, LinkChanged['state']>();

  step(event: HistoryEvent): void {
    switch (event.kind) {
      case 'opened':
        this.#connections.set(event.connection, event);
        break;
      case 'ended':
        this.#ended(event.connection, event.seenAt);
        break;
      case 'packet':
        this.#packet(event);
        break;
      case 'part':
        this.#parts.set(event.part, event.state);
        break;
      case 'link':
        this.#links.set(event.link, event.state);
        break;
      default:
    }
  }

  /** Whether this client has CONNACK 0, as its own end of the connection saw it. */
  isOnline(client: string): boolean {
    return this.#online.has(client);
  }

  /** Name of the part that dialled. */
  clientOf(connection: string): string | undefined {
    return this.#connections.get(connection)?.client;
  }

  partState(part: string): PartChanged['state'] | undefined {
    return this.#parts.get(part);
  }

  /** Of a link of a plan, which each of its parts has for itself: `radio` is `radio/level` and `radio/valve`. */
  linkStates(link: string): readonly LinkChanged['state'][] {
    return [...this.#links].flatMap(([name, state]) => (name === link || name.startsWith(`${link}/`) ? [state] : []));
  }

  #ended(connection: string, seenAt: PacketSeen['seenAt']): void {
    const client = this.clientOf(connection);
    if (client === undefined || seenAt === 'serverEnd') return;
    if (this.#online.get(client) === connection) this.#online.delete(client);
    this.#connections.delete(connection);
  }

  #packet(event: PacketSeen): void {
    if (event.direction !== 'toClient' || event.seenAt === 'serverEnd') return;
    const client = this.clientOf(event.connection);
    if (client === undefined || this.#online.get(client) === event.connection) return;
    const packet = frameOf(event).packet;
    if (packet?.type === 'CONNACK' && packet.returnCode === 0) this.#online.set(client, event.connection);
  }
}
