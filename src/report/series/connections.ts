// Who is at which end of a connection, and who is online: the part of a history that every series asks for.
import type { ConnectionOpened, HistoryEvent, PacketSeen } from '../../history/event.ts';
import { frameOf } from '../../history/packet-of.ts';

/** How many devices are online from a moment on. */
interface OnlineChange {
  readonly tMs: number;
  readonly online: number;
}

const gone: ReadonlySet<string> = new Set(['stopped', 'killed', 'exited', 'failed']);

/**
 * A reducer over history. Online is as the expectation `online` has it: accepted, on a connection that stands, over a
 * link that is up.
 */
export class Connections {
  readonly changes: OnlineChange[] = [{ tMs: 0, online: 0 }];
  /** When somebody was accepted who had been before. */
  readonly reconnectedMs: number[] = [];
  /** Everybody who ever had a connection. */
  readonly clients = new Set<string>();
  readonly #opened = new Map<string, ConnectionOpened>();
  /** The connection on which each was accepted, while it stands. */
  readonly #accepted = new Map<string, ConnectionOpened>();
  readonly #known = new Set<string>();
  /** Links that are not up. */
  readonly #down = new Set<string>();

  step(event: HistoryEvent): void {
    if (!this.#follow(event)) return;
    const online = [...this.#accepted.keys()].filter((it) => this.isOnline(it)).length;
    if (online !== this.changes.at(-1)?.online) this.changes.push({ tMs: event.tMs, online });
  }

  /** The first sight of a connection. */
  of(connection: string): ConnectionOpened | undefined {
    return this.#opened.get(connection);
  }

  isOnline(client: string): boolean {
    const accepted = this.#accepted.get(client);
    return accepted !== undefined && (accepted.link === undefined || !this.#down.has(accepted.link));
  }

  /** Gives whether who is online may be others now. */
  #follow(event: HistoryEvent): boolean {
    switch (event.kind) {
      case 'opened':
        this.clients.add(event.client);
        if (this.#opened.has(event.connection)) return false;
        this.#opened.set(event.connection, event);
        return this.#accepted.delete(event.client); // Whoever dials again has given the old connection up.
      case 'part':
        return gone.has(event.state) && this.#accepted.delete(event.part);
      case 'link':
        if (event.state === 'up') this.#down.delete(event.link);
        else this.#down.add(event.link);
        return true;
      case 'ended':
        return this.#ended(event.connection);
      case 'packet':
        return event.direction === 'toClient' && event.seenAt !== 'serverEnd' && this.#answered(event);
      default:
        return false;
    }
  }

  #answered(event: PacketSeen): boolean {
    const opened = this.of(event.connection);
    if (opened === undefined || this.#accepted.get(opened.client) === opened) return false;
    const { packet } = frameOf(event);
    if (packet?.type !== 'CONNACK' || packet.returnCode !== 0) return false;
    if (this.#known.has(opened.client)) this.reconnectedMs.push(event.tMs);
    this.#known.add(opened.client);
    this.#accepted.set(opened.client, opened);
    return true;
  }

  #ended(connection: string): boolean {
    const opened = this.of(connection);
    return opened !== undefined && this.#accepted.get(opened.client) === opened && this.#accepted.delete(opened.client);
  }
}
