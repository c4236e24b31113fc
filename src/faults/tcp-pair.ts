// Both ends of one TCP connection and the link between them, run in step by whoever tells what happens, without timers.
import type { Direction } from './packet-fault.ts';
import { TcpEnd, type EndFigures, type EndPacket } from './tcp-end.ts';

/** What a pair is made of. */
export interface PairOptions extends EndFigures {
  /** Which sender waits with small segments (Nagle's algorithm). */
  readonly nagle: Readonly<Record<Direction, boolean>>;
  readonly openedMs: number;
  /** Sees each packet as it leaves; what it gives back, with its fate, is what travels on. */
  readonly leaves: (direction: Direction, packet: EndPacket, nowMs: number) => EndPacket;
}

interface Travelling {
  readonly atMs: number;
  readonly direction: Direction;
  readonly packet: EndPacket;
}

/** Runs the two ends. Times are those of the client's end. */
export class TcpPair {
  readonly #options: PairOptions;
  readonly #client: TcpEnd;
  readonly #server: TcpEnd;
  /**
   * What is on its way, in order of arrival. The server's clock is set so that its packets reach the client at the time
   * when they leave; those to the server take the whole round trip.
   */
  readonly #way: Record<Direction, Travelling[]> = { toServer: [], toClient: [] };
  /** How much longer than that the packets take that are told just now. */
  #extraMs = 0;
  #settledMs = Number.NEGATIVE_INFINITY;
  #closing: 'no' | 'client' | 'server' | 'done' = 'no';

  constructor(options: PairOptions) {
    this.#options = options;
    const { nagle, openedMs } = options;
    this.#client = new TcpEnd(options, nagle.toServer, openedMs, (...sent) => this.#send('toServer', ...sent));
    this.#server = new TcpEnd(options, nagle.toClient, openedMs, (...sent) => this.#send('toClient', ...sent));
  }

  /** Lets time pass until something happens at the sending end of a direction, then lets it happen, unless all is over. */
  tell(
    direction: Direction,
    tMs: number,
    farMs: number | undefined,
    happens: (sender: TcpEnd, nowMs: number) => void,
  ): void {
    const { rttMs } = this.#options;
    const farNowMs = farMs === undefined ? undefined : farMs + rttMs / 2;
    const leavesMs = direction === 'toServer' ? tMs : Math.max(farNowMs ?? tMs, this.#settledMs);
    this.settle(leavesMs);
    if (this.#closing === 'done') return;
    if (direction === 'toClient') this.#extraMs = Math.max(0, tMs - leavesMs);
    else if (farNowMs !== undefined) this.#extraMs = Math.max(0, farNowMs - tMs) - rttMs;
    happens(direction === 'toServer' ? this.#client : this.#server, leavesMs);
    this.#extraMs = 0;
    this.settle(tMs);
  }

  /** One side closes, and the other as soon as it learns of it. Only the first of several counts. */
  close(by: 'client' | 'server', sender: TcpEnd, nowMs: number): void {
    if (this.#closing !== 'no') return;
    this.#closing = by;
    sender.close(nowMs);
  }

  /** From here on nothing passes. */
  abort(): void {
    this.#closing = 'done';
  }

  /** Lets time pass: arrivals, delayed acknowledgements, whatever is due, each at its time. */
  settle(tMs: number): void {
    while (this.#closing !== 'done') {
      const next = this.#next();
      const arrivalMs = next?.atMs ?? Number.POSITIVE_INFINITY;
      const due = this.#client.dueMs() <= this.#server.dueMs() ? this.#client : this.#server;
      const dueMs = due.dueMs();
      if (Math.min(arrivalMs, dueMs) > tMs) break;
      if (next !== undefined && arrivalMs <= dueMs) this.#arrives(next);
      else due.settle(dueMs);
    }
    this.#settledMs = Math.max(this.#settledMs, tMs);
  }

  #next(): Travelling | undefined {
    const [up] = this.#way.toServer;
    const [down] = this.#way.toClient;
    if (up === undefined || down === undefined) return up ?? down;
    return up.atMs <= down.atMs ? up : down;
  }

  #send(direction: Direction, sent: EndPacket, nowMs: number): void {
    const packet = this.#options.leaves(direction, sent, nowMs);
    if (packet.fate === 'lost') {
      const receiver = direction === 'toServer' ? this.#server : this.#client;
      if (packet.kind === 'data') receiver.misses({ fromB: packet.endB - packet.payloadB, toB: packet.endB });
      return;
    }
    const way = this.#way[direction];
    const atMs = nowMs + (direction === 'toServer' ? this.#options.rttMs : 0) + this.#extraMs;
    way.push({ atMs: Math.max(atMs, way.at(-1)?.atMs ?? atMs), direction, packet });
  }

  #arrives({ direction, packet, atMs }: Travelling): void {
    this.#way[direction].shift();
    const [receiver, name] =
      direction === 'toServer' ? ([this.#server, 'server'] as const) : ([this.#client, 'client'] as const);
    receiver.receive(packet, atMs);
    if (!packet.hasFin) return;
    if (this.#closing === name) {
      receiver.acknowledge(atMs);
      this.#closing = 'done';
    } else receiver.close(atMs);
  }
}
