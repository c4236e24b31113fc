// What was said of a place in a client's stream waits here until a tap behind the link has seen the stream up to there.
import type { ConnectionId, PacketSeen } from '../history/event.ts';

/** Something that begins at an offset of a connection's stream to the server. */
interface Placed {
  readonly connection: ConnectionId;
  readonly offset?: number;
}

/** What is under way to one end of its connections. */
export class UnderWay<T extends Placed> {
  readonly #waiting = new Map<ConnectionId, T[]>();

  add(it: T): void {
    const waiting = this.#waiting.get(it.connection);
    if (waiting === undefined) this.#waiting.set(it.connection, [it]);
    else waiting.push(it);
  }

  /** What begins before or in this packet, and is under way no longer. */
  arriveWith({ connection, direction, offset, bytes, omittedB = 0 }: PacketSeen): readonly T[] {
    if (direction !== 'toServer' || !this.#waiting.has(connection)) return [];
    const endB = offset + Buffer.byteLength(bytes, 'base64') + omittedB;
    const [arrived = [], rest = []] = [true, false].map((isThere) =>
      (this.#waiting.get(connection) ?? []).filter((it) => (it.offset ?? 0) < endB === isThere),
    );
    if (rest.length === 0) this.#waiting.delete(connection);
    else this.#waiting.set(connection, rest);
    return arrived;
  }

  /** What never arrived: the connection is over. */
  rest(connection: ConnectionId): readonly T[] {
    const rest = this.#waiting.get(connection) ?? [];
    this.#waiting.delete(connection);
    return rest;
  }
}
