// A client's mark stands where the server's end of its connection sees what the client sent next, not where it was set.
import type { ConnectionId, Marked, PacketSeen, Vantage } from '../history/event.ts';
import { UnderWay } from './under-way.ts';

type Placed = { -readonly [K in keyof Marked]: Marked[K] } & { readonly connection: ConnectionId };

/** Places the marks of one journal while it streams past. */
export class PlacedMarks {
  readonly #underWay = new UnderWay<Placed>();

  /**
   * The mark as its readers get it; where a link stands between, it finds its place later.
   * @param seenAt the tap that its connection is read from; undefined while there is none
   */
  place(event: Marked, seenAt: Vantage | undefined): Marked {
    const { connection, offset } = event;
    if (connection === undefined || offset === undefined || seenAt === 'wire') return event;
    // Behind everything, until what was sent next is seen.
    const mark: Placed = { ...event, connection, seq: Infinity, tMs: Infinity };
    this.#underWay.add(mark);
    return mark;
  }

  /** A packet as that tap saw it: marks that were set before it was sent stand half a step before it. */
  arrive(event: PacketSeen): void {
    for (const mark of this.#underWay.arriveWith(event)) {
      mark.seq = event.seq - 0.5;
      mark.tMs = event.tMs;
    }
  }
}
