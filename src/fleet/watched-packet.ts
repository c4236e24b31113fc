// A packet on its way through a judge: an event without the cost of one, for its text is made only when somebody asks.
import type { ConnectionId, Direction, PacketSeen, Vantage } from '../history/event.ts';
import type { SeenRecord } from './seen-records.ts';

/** A packet that a journal may never hold. */
export class WatchedPacket implements PacketSeen {
  readonly kind = 'packet';
  readonly seq: number;
  readonly tMs: number;
  readonly connection: ConnectionId;
  readonly direction: Direction;
  readonly seenAt: Vantage;
  readonly offset: number;
  readonly omittedB?: number;
  readonly payloadHash?: string;
  readonly unframed?: true;
  readonly #bytes: Uint8Array;

  constructor(
    it: Pick<SeenRecord, 'tMs' | 'direction' | 'seenAt' | 'offset' | 'omittedB' | 'payloadHash' | 'unframed'>,
    seq: number,
    connection: ConnectionId,
    bytes: Uint8Array,
  ) {
    this.seq = seq;
    this.tMs = it.tMs;
    this.connection = connection;
    this.direction = it.direction;
    this.seenAt = it.seenAt;
    this.offset = it.offset;
    if (it.omittedB !== undefined) this.omittedB = it.omittedB;
    if (it.payloadHash !== undefined) this.payloadHash = it.payloadHash;
    if (it.unframed) this.unframed = true;
    this.#bytes = bytes;
  }

  get bytes(): string {
    return Buffer.from(this.#bytes).toString('base64');
  }
}
