// One direction of a TCP connection over a link, as a state machine: bytes and time go in, what arrives when comes out.
import { Fifo } from './fifo.ts';
import type { Segment } from './segmenter.ts';
import { TcpSender, type Outstanding } from './tcp-sender.ts';

/** What names the draws of a segment. */
export type SegmentName = Pick<Segment, 'n' | 'ordinal'>;

/** The link as the path meets it; every answer holds for the moment of the question. */
export interface PathWorld {
  /** `drop`: what is sent vanishes; `freeze`: nothing arrives until it is over. */
  readonly state: 'open' | 'drop' | 'freeze';
  /** How long acknowledgements are under way. */
  readonly returnDelayMs: number;
  /** How long this transmission of a segment is under way once its last byte is out. */
  delayMs(segment: SegmentName, attempt: number): number;
  isLost(segment: SegmentName, attempt: number, tMs: number): boolean;
  /** Whether the acknowledgement that this segment brings about is lost. */
  isAckLost(segment: SegmentName, attempt: number, tMs: number): boolean;
  /** Puts a segment of so many bytes on the medium at or after `fromMs`; gives when its last byte is out. */
  carry(payloadB: number, fromMs: number): number;
  /** A transmission went out, for the meter. */
  left(it: Transmission): void;
  /** The same one is there, or would be if it had not been lost. */
  came(it: Transmission): void;
}

/** One segment on its way once, as a meter at either end sees it. */
export interface Transmission {
  readonly payloadB: number;
  readonly kind: 'new' | 'continued' | 'resent';
  readonly isLost: boolean;
  /** When its last byte is out. */
  readonly leftMs: number;
  /** When that is at the far end. */
  readonly cameMs: number;
}

/** What comes out at the far end: bytes, or the end of the stream. */
export type Arrival = Uint8Array | (() => void);

interface Waiting extends SegmentName {
  readonly content: Arrival;
  readonly isContinued: boolean;
  /** It sets out no earlier. */
  readonly readyMs: number;
}

/** One segment from its sending until its sender knows that it has arrived. */
interface Sent extends Outstanding, SegmentName {
  /** What was ready when it went out, and fitted into it. */
  readonly contents: readonly Arrival[];
}

/** A copy of a segment in the air. */
interface Flight {
  readonly segment: Sent;
  readonly attempt: number;
  readonly sentMs: number;
  readonly transmission: Transmission;
  atMs: number;
}

/** An acknowledgement on its way back: of what the far end had at `gotUntilMs`. */
interface Ack {
  readonly gotUntilMs: number;
  /** Something is missing before what has arrived: it names that selectively. */
  readonly hasHole: boolean;
  atMs: number;
}

type Step = 'arrival' | 'ack' | 'alarm' | 'resend' | 'send';

/** Never drops, changes or reorders a byte of the stream: a lost segment comes late, and what is behind it waits. */
export class TcpPath {
  readonly #world: PathWorld;
  readonly #mssB: number;
  readonly #sender: TcpSender<Sent>;
  readonly #waiting = new Fifo<Waiting>();
  readonly #flights = new Fifo<Flight>();
  readonly #acks = new Fifo<Ack>();
  /** Sent, and not yet handed on at the far end, in order. */
  readonly #undelivered = new Fifo<Sent>();
  /** How many segments are there that cannot be handed on, because something before them is missing. */
  #beyond = 0;
  #freeMs = 0;
  /** When the sender last learned something: what it takes for lost goes out no earlier. */
  #toldMs = 0;
  /** The sender held new segments back when it was told something last. */
  #wasClosed = false;
  /** Until when the sender had to hold new segments back: what waited for that goes out together. */
  #closedUntilMs = -Infinity;
  #heldB = 0;
  #isFrozen = false;

  constructor(world: PathWorld, rttMs: number, mssB: number) {
    this.#world = world;
    this.#mssB = mssB;
    this.#sender = new TcpSender(rttMs);
  }

  /** Bytes that are on their way or wait for it. */
  get heldB(): number {
    return this.#heldB;
  }

  /** Nothing is on its way, and nobody waits for an acknowledgement. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#sender.isIdle && this.#undelivered.length === 0;
  }

  /** When `advance` is due next; Infinity while only a change of the link can bring anything about. */
  get wakeAtMs(): number {
    return this.#next().atMs;
  }

  /** Puts a segment on its way, no earlier than `readyMs`. */
  enter({ n, ordinal, isContinued, bytes }: Segment, readyMs: number): void {
    this.#waiting.push({ n, ordinal, isContinued, content: bytes, readyMs });
    this.#heldB += bytes.length;
  }

  /** Puts the end of the stream on its way, behind everything before it. */
  enterEnd(n: number, arrive: () => void, readyMs: number): void {
    this.#waiting.push({ n, ordinal: 0, isContinued: false, content: arrive, readyMs });
  }

  /** The link has become one that drops: what is under way is lost, there and back. */
  dropAll(): void {
    this.#flights.clear();
    this.#acks.clear();
  }

  /** Nothing of it arrives any more. */
  clear(): void {
    this.dropAll();
    this.#sender.clear();
    this.#waiting.clear();
    this.#undelivered.clear();
    this.#beyond = 0;
    this.#heldB = 0;
  }

  /** Lets happen what happens up to this moment, each thing at its own; gives what has arrived, in order. */
  advance(nowMs: number): readonly Arrival[] {
    this.#thaw(nowMs);
    const arrived: Arrival[] = [];
    for (let next = this.#next(); next.atMs <= nowMs; next = this.#next()) {
      if (next.step === 'arrival') arrived.push(...this.#arrive());
      else if (next.step === 'ack') this.#acknowledge(next.atMs);
      else if (next.step === 'alarm') this.#wakeSender(next.atMs);
      else if (next.step === 'resend') this.#sendLost(next.atMs);
      else this.#sendNew(next.atMs);
    }
    return arrived;
  }

  #next(): { readonly step: Step; readonly atMs: number } {
    const isFrozen = this.#world.state === 'freeze';
    const { first } = this.#waiting;
    const { lost, maySend } = this.#sender;
    const times: readonly (readonly [Step, number])[] = [
      ['arrival', isFrozen ? Infinity : (this.#flights.first?.atMs ?? Infinity)],
      ['ack', isFrozen ? Infinity : (this.#acks.first?.atMs ?? Infinity)],
      ['alarm', this.#sender.wakeAtMs],
      // One at a time, like what is new: a medium that is slow must not be booked for minutes by what one timeout repeats.
      ['resend', lost && maySend ? Math.max(this.#toldMs, this.#freeMs) : Infinity],
      ['send', first && !lost && maySend ? Math.max(first.readyMs, this.#freeMs, this.#closedUntilMs) : Infinity],
    ];
    let [step, atMs] = times[0] as readonly [Step, number];
    for (const [other, otherMs] of times) if (otherMs < atMs) [step, atMs] = [other, otherMs];
    return { step, atMs };
  }

  /** What waited in a frozen network comes out when it thaws, and no earlier. */
  #thaw(nowMs: number): void {
    const wasFrozen = this.#isFrozen;
    this.#isFrozen = this.#world.state === 'freeze';
    if (!wasFrozen || this.#isFrozen) return;
    for (const it of [...this.#flights, ...this.#acks]) it.atMs = Math.max(it.atMs, nowMs);
  }

  /** A copy is there: the far end acknowledges it, and hands on what is whole now. */
  #arrive(): readonly Arrival[] {
    const { segment, attempt, sentMs, transmission, atMs } = this.#flights.shift() as Flight; // It is what arrives next.
    if (transmission.payloadB > 0) this.#world.came({ ...transmission, cameMs: atMs });
    if (transmission.isLost) return [];
    if (segment.gotMs === Infinity) this.#beyond += 1;
    segment.gotMs = Math.min(segment.gotMs, atMs);
    segment.echoedMs = sentMs;
    const whole: Arrival[] = [];
    for (let { first } = this.#undelivered; first && first.gotMs <= atMs; first = this.#undelivered.first) {
      whole.push(...first.contents);
      this.#heldB -= sizeOf(first.contents);
      this.#undelivered.shift();
      this.#beyond -= 1;
    }
    const backMs = atMs + this.#world.returnDelayMs;
    const ack = { gotUntilMs: atMs, atMs: backMs, hasHole: this.#beyond > 0 };
    if (!this.#world.isAckLost(segment, attempt, atMs)) insert(this.#acks, ack);
    return whole;
  }

  #acknowledge(nowMs: number): void {
    const { gotUntilMs, hasHole } = this.#acks.shift() as Ack; // It is what comes next.
    this.#wasClosed = !this.#sender.maySend;
    this.#sender.acknowledged({ gotUntilMs, hasHole }, nowMs);
    this.#toldMs = nowMs;
    this.#open(nowMs);
  }

  #wakeSender(nowMs: number): void {
    const probe = this.#sender.wake(nowMs);
    if (probe) this.#sendAgain(probe, nowMs);
    this.#toldMs = nowMs;
  }

  #sendLost(nowMs: number): void {
    this.#sendAgain(this.#sender.lost as Sent, nowMs); // There is one, or it were not due.
    this.#open(nowMs);
  }

  /** What waited while the sender held it back may go, as soon as nothing lost goes before it. */
  #open(nowMs: number): void {
    if (!this.#wasClosed || this.#sender.lost || !this.#sender.maySend) return;
    this.#closedUntilMs = nowMs;
    this.#wasClosed = false;
  }

  #sendAgain(segment: Sent, nowMs: number): void {
    segment.attempt += 1;
    segment.sentMs = nowMs;
    this.#fly(segment, 'resent');
    this.#sender.sentAgain(segment);
  }

  /** Sends what is first in line, with what waits behind it and fits into the same segment. */
  #sendNew(nowMs: number): void {
    const first = this.#waiting.shift() as Waiting; // It is what goes next.
    const contents = [first.content];
    let lengthB = sizeB(first.content);
    for (let next = this.#waiting.first; next && next.readyMs < this.#closedUntilMs; next = this.#waiting.first) {
      lengthB += sizeB(next.content);
      if (lengthB > this.#mssB || !(next.content instanceof Uint8Array)) break;
      contents.push(next.content);
      this.#waiting.shift();
    }
    const { n, ordinal, isContinued } = first;
    const segment: Sent = {
      n,
      ordinal,
      contents,
      attempt: 0,
      sentMs: nowMs,
      echoedMs: nowMs,
      gotMs: Infinity,
      isSacked: false,
      isLost: false,
    };
    this.#undelivered.push(segment);
    this.#fly(segment, isContinued ? 'continued' : 'new');
    this.#sender.sent(segment);
  }

  #fly(segment: Sent, kind: 'new' | 'continued' | 'resent'): void {
    const { attempt, sentMs, contents } = segment;
    const payloadB = sizeOf(contents);
    const leftMs = this.#world.carry(payloadB, sentMs);
    this.#freeMs = Math.max(this.#freeMs, leftMs);
    const isLost = this.#world.state === 'drop' || this.#world.isLost(segment, attempt, leftMs);
    const cameMs = leftMs + this.#world.delayMs(segment, attempt);
    const transmission = { payloadB, kind, isLost, leftMs, cameMs };
    if (payloadB > 0) this.#world.left(transmission);
    insert(this.#flights, { segment, attempt, sentMs, transmission, atMs: cameMs });
  }
}

/** Puts it in its place in time, behind what is there already at the same moment. */
function insert<T extends { readonly atMs: number }>(list: Fifo<T>, it: T): void {
  list.insert(it, (other) => other.atMs > it.atMs);
}

const sizeB = (content: Arrival): number => (content instanceof Uint8Array ? content.length : 0);

const sizeOf = (contents: readonly Arrival[]): number => contents.reduce((sum, it) => sum + sizeB(it), 0);
