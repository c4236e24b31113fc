// One end of a TCP connection as far as it decides how many packets there are: what waits, what is acknowledged, when.
import { TcpAcks } from './tcp-acks.ts';

/** Whether a packet gets to the other side of the link. */
export type Fate = 'arrives' | 'lost';

/** A packet that one end sends; offsets count from the first byte of its stream. */
export interface EndPacket {
  readonly payloadB: number;
  /** Its last byte's end in the stream; a packet without payload stands where the stream has got to. */
  readonly endB: number;
  /** How far the other end's stream is acknowledged by it. */
  readonly ackB: number;
  /** Bytes of TCP options beside the time stamps: what came behind a hole, or twice. */
  readonly optionB: number;
  readonly kind: 'data' | 'again' | 'ack' | 'fin';
  readonly hasFin: boolean;
  /** Absent: nobody has said, since the end sends it by itself. */
  readonly fate?: Fate;
}

/** Figures that both ends share. */
export interface EndFigures {
  readonly mssB: number;
  readonly rttMs: number;
}

/** Linux's TCP_RTO_MIN, here also the part that a steady round trip adds to the time-out. */
const rtoFloorMs = 200;
/** What Linux adds to two round trips before it sends its last segment again to learn what is missing (TLP). */
const probeSlackMs = 8;
const sackOptionB = (blocks: number): number => (blocks === 0 ? 0 : 4 + 8 * Math.min(blocks, 3));

/** A stretch of the stream that was sent and lost. */
interface Hole {
  readonly fromB: number;
  readonly toB: number;
}

type Told = Pick<EndPacket, 'payloadB' | 'kind' | 'fate'> & Partial<EndPacket>;

/** One end. It holds no clock: whoever drives it tells the time, calls what is due, and carries the packets. */
export class TcpEnd {
  readonly #figures: EndFigures;
  readonly #nagle: boolean;
  readonly #emit: (packet: EndPacket, nowMs: number) => void;
  readonly #acks: TcpAcks;
  /** The stream that this end sends. */
  #heldB = 0;
  #heldFate: Fate = 'arrives';
  #nextB = 0;
  #ackedB = 0;
  #smallEndB = 0;
  #flight: number[] = [];
  #lost: Hole[] = [];
  #movedMs: number;
  #tries = 0;
  #varianceMs: number;
  /** The stream that it receives. */
  #cameB = 0;
  #holes: Hole[] = [];

  constructor(figures: EndFigures, nagle: boolean, openedMs: number, emit: (packet: EndPacket, nowMs: number) => void) {
    this.#figures = figures;
    this.#nagle = nagle;
    this.#emit = emit;
    this.#acks = new TcpAcks(openedMs);
    this.#movedMs = openedMs;
    // The first sample counts three times itself (RFC 6298), and wears off with each one that agrees.
    this.#varianceMs = Math.max(2 * figures.rttMs, rtoFloorMs);
  }

  /** When {@link settle} has something to do next. */
  dueMs(): number {
    return Math.min(this.#acks.dueMs, this.#resendDueMs());
  }

  /** Does what is due: a delayed acknowledgement, or sending again what was not acknowledged in time. */
  settle(nowMs: number): void {
    if (this.#acks.dueMs <= nowMs) {
      this.#acks.fired(this.#rtoMs());
      this.acknowledge(nowMs);
    }
    if (this.#resendDueMs() > nowMs) return;
    this.#tries++;
    this.#movedMs = nowMs;
    const payloadB = this.#nextB - (this.#flight.at(-2) ?? this.#ackedB);
    this.#send({ payloadB, kind: 'again' }, nowMs);
  }

  /** The application writes; what Nagle's algorithm holds back joins what comes later. */
  write(payloadB: number, fate: Fate, nowMs: number): void {
    this.#heldB += payloadB;
    if (fate === 'lost') this.#heldFate = 'lost';
    this.#push(nowMs, false);
  }

  /**
   * Sends the oldest lost stretch again, and those behind it that fit in. Where none is known the stream has gone on
   * already, and nobody misses this.
   */
  repair(payloadB: number, fate: Fate, nowMs: number): void {
    let fits = 0;
    let leftB = payloadB;
    for (const { fromB, toB } of this.#lost) {
      leftB -= toB - fromB;
      if (fits > 0 && leftB < 0) break;
      fits++;
    }
    const mended = fate === 'arrives' ? this.#lost.splice(0, fits) : this.#lost.slice(0, fits);
    const last = mended.at(-1);
    const told = { fate: last === undefined ? ('lost' as const) : fate, endB: last?.toB ?? this.#nextB };
    const packet = this.#packet({ payloadB, kind: 'again', ...told });
    this.#acks.left(true, nowMs);
    this.#movedMs = nowMs;
    this.#emit(packet, nowMs);
  }

  /** The application closes: what was held back goes out with the FIN. */
  close(nowMs: number): void {
    if (this.#heldB > 0) this.#push(nowMs, true);
    else this.#send({ payloadB: 0, kind: 'fin', hasFin: true }, nowMs);
  }

  /** A packet of the other end has arrived. */
  receive(packet: EndPacket, nowMs: number): void {
    this.#takeAck(packet.ackB, nowMs);
    if (packet.kind === 'again') this.#takeAgain(packet, nowMs);
    else if (packet.payloadB > 0) this.#takeData(packet, nowMs);
  }

  /** Learns of a stretch that the other end has sent and that does not come. */
  misses(hole: Hole): void {
    this.#holes.push(hole);
  }

  /** Acknowledges now, whatever was waiting; `twice` names what came a second time. */
  acknowledge(nowMs: number, twice = false): void {
    const packet = this.#packet({ payloadB: 0, kind: 'ack' });
    this.#acks.left(false, nowMs);
    this.#emit({ ...packet, optionB: sackOptionB(this.#islands() + (twice ? 1 : 0)) }, nowMs);
  }

  #takeData({ payloadB, endB }: EndPacket, nowMs: number): void {
    this.#cameB = Math.max(this.#cameB, endB);
    const behindHole = (this.#holes[0]?.fromB ?? endB) < endB;
    const now = behindHole
      ? this.#acks.outOfOrder(nowMs)
      : this.#acks.received(payloadB, nowMs, this.#figures.rttMs, this.#rtoMs());
    if (now) this.acknowledge(nowMs);
  }

  #takeAgain({ endB }: EndPacket, nowMs: number): void {
    const before = this.#holes.length;
    this.#holes = this.#holes.filter((it) => it.toB > endB);
    this.#cameB = Math.max(this.#cameB, endB);
    this.#acks.mended(nowMs);
    this.acknowledge(nowMs, this.#holes.length === before);
  }

  #takeAck(ackB: number, nowMs: number): void {
    if (ackB <= this.#ackedB) return;
    this.#ackedB = ackB;
    while ((this.#flight[0] ?? Number.POSITIVE_INFINITY) <= ackB) this.#flight.shift();
    this.#movedMs = nowMs;
    this.#tries = 0;
    this.#varianceMs = Math.max(rtoFloorMs, this.#varianceMs - (this.#varianceMs - rtoFloorMs) / 4);
    this.#push(nowMs, false);
  }

  #push(nowMs: number, closing: boolean): void {
    const { mssB } = this.#figures;
    // A FIN needs a segment to ride on, so the last full one waits for it.
    const wholeB = closing ? this.#heldB - 1 : this.#heldB;
    for (let n = Math.floor(wholeB / mssB); n > 0; n--) this.#sendHeld(mssB, false, nowMs);
    const mayGo = closing || !this.#nagle || this.#ackedB >= this.#smallEndB;
    if (this.#heldB > 0 && mayGo) this.#sendHeld(this.#heldB, closing, nowMs);
  }

  #sendHeld(payloadB: number, hasFin: boolean, nowMs: number): void {
    const fate = this.#heldFate;
    this.#heldB -= payloadB;
    if (this.#heldB === 0) this.#heldFate = 'arrives';
    const fromB = this.#nextB;
    this.#nextB += payloadB;
    this.#flight.push(this.#nextB);
    if (payloadB < this.#figures.mssB) this.#smallEndB = this.#nextB;
    if (fate === 'lost') this.#lost.push({ fromB, toB: this.#nextB });
    this.#movedMs = nowMs;
    this.#send({ payloadB, kind: 'data', fate, hasFin }, nowMs);
  }

  #send(what: Told, nowMs: number): void {
    const packet = this.#packet(what);
    // Before it is on its way: the answer may come back within this very call.
    this.#acks.left(what.payloadB > 0, nowMs);
    this.#emit(packet, nowMs);
  }

  #packet(what: Told): EndPacket {
    return {
      hasFin: false,
      endB: this.#nextB,
      ...what,
      ackB: Math.min(this.#holes[0]?.fromB ?? this.#cameB, this.#cameB),
      optionB: sackOptionB(this.#islands()),
    };
  }

  /** Stretches that came behind holes. */
  #islands(): number {
    return this.#holes.filter((it, at) => it.toB < (this.#holes[at + 1]?.fromB ?? this.#cameB)).length;
  }

  /** What is known to be lost is sent again by whoever knows it; this is for acknowledgements that got lost. */
  #resendDueMs(): number {
    if (this.#flight.length === 0 || this.#lost.length > 0) return Number.POSITIVE_INFINITY;
    const probeMs = this.#flight.length === 1 ? Number.POSITIVE_INFINITY : 2 * this.#figures.rttMs + probeSlackMs;
    return this.#movedMs + Math.min(probeMs, this.#rtoMs()) * 2 ** this.#tries;
  }

  #rtoMs(): number {
    return this.#figures.rttMs + this.#varianceMs;
  }
}
