// Who is at which end of a connection, and who is online: the part of a history that every series asks for.
import type { ConnectionOpened, HistoryEvent } from '../../history/event.ts';
import { frameOf } from '../../history/packet-of.ts';

/** How many devices are online from a moment on. */
interface OnlineChange {
  readonly tMs: number;
  readonly online: number;
}

/** A reducer over history. */
export class Connections {
  readonly changes: OnlineChange[] = [{ tMs: 0, online: 0 }];
  /** When somebody came back who had been online before. */
  readonly reconnectedMs: number[] = [];
  /** Everybody who is there to be online. */
  readonly clients = new Set<string>();
  readonly #opened = new Map<string, ConnectionOpened>();
  readonly #online = new Map<string, string>();
  readonly #known = new Set<string>();

  step(event: HistoryEvent): void {
    if (event.kind === 'opened') {
      if (!this.#opened.has(event.connection)) this.#opened.set(event.connection, event);
      this.clients.add(event.client);
    } else if (event.kind === 'part' && (event.role === 'device' || event.role === 'gateway')) {
      this.clients.add(event.part);
    } else if (event.kind === 'ended' && event.seenAt !== 'serverEnd') {
      this.#ended(event.connection, event.tMs);
    } else if (event.kind === 'packet' && event.direction === 'toClient' && event.seenAt !== 'serverEnd') {
      const { packet } = frameOf(event);
      if (packet?.type === 'CONNACK' && packet.returnCode === 0) this.#accepted(event.connection, event.tMs);
    }
  }

  /** The first sight of a connection. */
  of(connection: string): ConnectionOpened | undefined {
    return this.#opened.get(connection);
  }

  isOnline(client: string): boolean {
    return this.#online.has(client);
  }

  #accepted(connection: string, tMs: number): void {
    const client = this.of(connection)?.client;
    if (client === undefined) return;
    if (this.#known.has(client)) this.reconnectedMs.push(tMs);
    this.#known.add(client);
    this.#online.set(client, connection);
    this.#note(tMs);
  }

  #ended(connection: string, tMs: number): void {
    const client = this.of(connection)?.client;
    if (client === undefined || this.#online.get(client) !== connection) return;
    this.#online.delete(client);
    this.#note(tMs);
  }

  #note(tMs: number): void {
    this.changes.push({ tMs, online: this.#online.size });
  }
}
