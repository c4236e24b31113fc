// Who can be reached when the books close: connections, links, brokers and devices as the history left them.
import type { HistoryEvent, LinkChanged, PacketSeen, PartChanged } from '../../../history/event.ts';
import { hasEnded } from '../../../history/part-state.ts';
import type { Packet } from '../../../wire/packet.ts';

/** A connection of one of the two parties. */
interface Line {
  readonly connection: string;
  readonly client: string;
  readonly server: string;
  readonly link: string | undefined;
  readonly openedSeq: number;
  isAccepted: boolean;
  /** Taps that saw its end. */
  endedSeq?: number;
  /** The server closed it; what comes behind finds nobody. */
  closedSeq?: number;
}

/** A state that was reached, and the event that shows it. */
interface State<T> {
  readonly state: T;
  readonly seq: number;
}

/** Why somebody cannot be reached, and the event that shows it. */
export interface Absence {
  readonly says: string;
  readonly seq: number;
}

/** Follows who is connected to whom over what. */
export class Standing {
  readonly #lines = new Map<string, Line>();
  /** The last connection of each client. */
  readonly #last = new Map<string, Line>();
  readonly #links = new Map<string, State<LinkChanged['state']>>();
  readonly #parts = new Map<string, State<PartChanged['state']>>();
  readonly #broken = new Map<string, number>();
  readonly #clean = new Map<string, boolean>();

  step(event: HistoryEvent): void {
    if (event.kind === 'link') this.#links.set(event.link, { state: event.state, seq: event.seq });
    else if (event.kind === 'part') this.#part(event);
    else if (event.kind === 'opened') {
      const known = this.#lines.get(event.connection);
      if (known) return;
      const { connection, client, server, link, seq } = event;
      const line: Line = { connection, client, server, link, openedSeq: seq, isAccepted: false };
      this.#lines.set(connection, line);
      this.#last.set(client, line);
    } else if (event.kind === 'ended') {
      const line = this.#lines.get(event.connection);
      if (line) line.endedSeq ??= event.seq;
      if (line && event.by === 'server') line.closedSeq ??= event.seq;
    }
  }

  packet(event: PacketSeen, packet: Packet): void {
    const line = this.#lines.get(event.connection);
    if (line === undefined) return;
    if (packet.type === 'CONNECT') this.#clean.set(line.client, packet.cleanSession);
    if (packet.type === 'CONNACK' && event.seenAt !== 'serverEnd' && packet.returnCode === 0) line.isAccepted = true;
  }

  /** Whose connection it is. */
  clientOf(connection: string): string | undefined {
    return this.#lines.get(connection)?.client;
  }

  serverOf(client: string): string | undefined {
    return this.#last.get(client)?.server;
  }

  linkOf(connection: string): string | undefined {
    return this.#lines.get(connection)?.link;
  }

  /** Whether something may still be under way on it: it has not ended at either end, and its link passes. */
  isOpen(connection: string): boolean {
    const line = this.#lines.get(connection);
    return line !== undefined && line.endedSeq === undefined && this.#linkDown(line) === undefined;
  }

  /** Where the server had closed the connection before this event: the event that shows it. */
  closedBefore(connection: string, seq: number): number | undefined {
    const closedSeq = this.#lines.get(connection)?.closedSeq;
    return closedSeq !== undefined && closedSeq < seq ? closedSeq : undefined;
  }

  /** The connection on which a client was last. */
  lastOf(client: string): string | undefined {
    return this.#last.get(client)?.connection;
  }

  /** Whether the broker keeps what a client missed while it was away. */
  keepsSession(client: string): boolean {
    return this.#clean.get(client) === false;
  }

  /** Why a client has no way to its broker now; nothing where it has one. */
  cutOff(client: string): Absence | undefined {
    const part = this.#parts.get(client);
    if (part && (hasEnded(part.state) || part.state === 'paused')) {
      return { says: `${client} is ${part.state}`, seq: part.seq };
    }
    const line = this.#last.get(client);
    if (line === undefined) return part && { says: `${client} never had a connection`, seq: part.seq };
    const broker = this.#parts.get(line.server);
    if (broker && broker.state !== 'ready' && broker.state !== 'resumed')
      return { says: `${line.server} is ${broker.state}`, seq: broker.seq };
    const down = this.#linkDown(line);
    if (down) return { says: `${line.link ?? 'its link'} is ${down.state}`, seq: down.seq };
    if (line.endedSeq !== undefined) return { says: `${client} has no connection`, seq: line.endedSeq };
    return line.isAccepted ? undefined : { says: `${client} waits for CONNACK`, seq: line.openedSeq };
  }

  /** Whether a part ended other than politely after this event: what it held in memory may be gone. */
  brokeAfter(part: string | undefined, seq: number): boolean {
    return part !== undefined && (this.#broken.get(part) ?? 0) > seq;
  }

  #part(event: PartChanged): void {
    this.#parts.set(event.part, { state: event.state, seq: event.seq });
    if (hasEnded(event.state)) this.#broken.set(event.part, event.seq);
  }

  #linkDown(line: Line): State<LinkChanged['state']> | undefined {
    const link = line.link === undefined ? undefined : this.#links.get(line.link);
    return link && link.state !== 'up' ? link : undefined;
  }
}
