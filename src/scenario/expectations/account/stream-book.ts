// Holds the taps of a connection against each other: no stream has a hole, and what arrives has set out.
import type { Direction, HistoryEvent, PacketSeen } from '../../../history/event.ts';
import type { Contradict } from './trail.ts';

/** One direction of one connection. */
interface Stream {
  /** Where the next packet has to begin, by tap. */
  readonly nextB: Map<string, number>;
  /** What set out and has not arrived yet, by offset. */
  readonly underWay: Map<number, string>;
}

/**
 * Checks the streams of the connections that matter. A packet fault rewrites a stream on its way: from then on its
 * ends may differ, and are not compared.
 */
export class StreamBook {
  readonly #streams = new Map<string, Stream>();
  /** Connections whose ends may differ, or that the journal does not hold whole. */
  readonly #rewritten = new Set<string>();
  readonly #partial = new Map<string, number>();
  readonly #contradict: Contradict;

  constructor(contradict: Contradict) {
    this.#contradict = contradict;
  }

  /** Faults and gaps; give it every event that is no packet. */
  note(event: HistoryEvent): void {
    if (event.kind === 'fault' && event.connection !== undefined) this.#rewritten.add(event.connection);
    if ((event.kind === 'gap' || event.kind === 'truncated') && event.connection !== undefined) {
      this.#partial.set(event.connection, event.seq);
    }
  }

  isRewritten(connection: string): boolean {
    return this.#rewritten.has(connection);
  }

  /** Whether the journal does not hold all of this connection. */
  isPartial(connection: string): boolean {
    return this.#partial.has(connection);
  }

  /** Whether of any of them. */
  get hasPartial(): boolean {
    return this.#partial.size > 0;
  }

  /** A packet of a connection that matters. */
  packet(event: PacketSeen): void {
    if (this.isPartial(event.connection)) return;
    const stream = this.#stream(event.connection, event.direction);
    this.#checkHole(stream, event);
    if (event.seenAt !== 'wire') this.#checkArrival(stream, event);
  }

  /** Whether what stands at this offset, or behind it, came to the far end of a connection. */
  hasArrived(connection: string, direction: Direction, offset: number): boolean {
    const far = direction === 'toServer' ? 'serverEnd' : 'clientEnd';
    return (this.#stream(connection, direction).nextB.get(far) ?? 0) > offset;
  }

  #checkHole(stream: Stream, event: PacketSeen): void {
    const expectedB = stream.nextB.get(event.seenAt) ?? 0;
    stream.nextB.set(event.seenAt, event.offset + lengthB(event));
    if (event.offset === expectedB) return;
    this.#contradict(event, `${event.offset - expectedB} B before it on ${event.connection} stand nowhere`);
  }

  #checkArrival(stream: Stream, event: PacketSeen): void {
    const isNear = (event.direction === 'toServer') === (event.seenAt === 'clientEnd');
    if (isNear) {
      stream.underWay.set(event.offset, event.bytes);
      return;
    }
    if (this.isRewritten(event.connection)) return;
    const sent = stream.underWay.get(event.offset);
    stream.underWay.delete(event.offset);
    if (sent === event.bytes || (sent !== undefined && beginsWith(sent, event.bytes))) return;
    this.#contradict(event, `it arrived on ${event.connection} and had not set out`);
  }

  #stream(connection: string, direction: Direction): Stream {
    const key = `${connection} ${direction}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) this.#streams.set(key, (stream = { nextB: new Map(), underWay: new Map() }));
    return stream;
  }
}

/** A packet that a cut broke off is recorded as far as it came. */
function beginsWith(sent: string, came: string): boolean {
  const part = Buffer.from(came, 'base64');
  return part.equals(Buffer.from(sent, 'base64').subarray(0, part.length));
}

function lengthB({ bytes, omittedB = 0 }: PacketSeen): number {
  return Buffer.byteLength(bytes, 'base64') + omittedB;
}
