// What passes a link, and what that costs: bytes at IP level estimated for each connection, sessions and a bill for the link.
import { ByteMeter, type ConnectionBytes, type DirectionBytes } from '../../faults/byte-meter.ts';
import type { Direction } from '../../faults/packet-fault.ts';
import { SessionCounter } from '../../faults/session-counter.ts';
import { billOf } from '../../faults/bill.ts';
import { monthOf } from '../../faults/month.ts';
import type { Bill, SessionUsage, Tariff } from '../../faults/tariff.ts';
import type { PathWorld, Transmission } from '../../faults/tcp-path.ts';
import { timerGrainMs } from './timer-grain.ts';

/** What a link has carried so far, at its client's end. Bytes at IP level are estimates: a relay cannot see them. */
export interface LinkUsage {
  /** Connections that went through. */
  readonly connections: number;
  readonly up: DirectionBytes;
  readonly down: DirectionBytes;
  /** How long it has stood. */
  readonly tookMs: number;
  /** For the whole link as one subscriber, where it has a tariff. */
  readonly bill?: Bill;
  /** For 30 days that go on like this. */
  readonly month?: Bill;
}

/** What the meter of one connection has to know of its link. */
export interface MeteredConnection {
  readonly nowMs: number;
  /** The smallest there is. */
  readonly rttMs: number;
  readonly mtuB: number;
  readonly isLost: (direction: Direction, tMs: number) => boolean;
}

const dayMs = 86_400_000;
const none: DirectionBytes = { payloadB: 0, ipB: 0, packets: 0, acks: 0, resentB: 0 };
const nothing: ConnectionBytes = { toServer: none, toClient: none };

/** Adds up the connections of one link. */
export class LinkMeter {
  readonly #tariff: Tariff | undefined;
  readonly #beganMs: number;
  readonly #sessions: SessionUsage[] = [];
  readonly #counter: SessionCounter | undefined;
  readonly #open = new Set<ConnectionMeter>();
  #connections = 0;
  #total: ConnectionBytes = nothing;

  constructor(tariff: Tariff | undefined, nowMs: number) {
    this.#tariff = tariff;
    this.#beganMs = nowMs;
    this.#counter = tariff && new SessionCounter(tariff);
    this.#counter?.joined(nowMs);
  }

  /** The meter of a new connection. `isLost`: whether an acknowledgement that goes this way now is lost. */
  connection({ nowMs, rttMs, mtuB, isLost }: MeteredConnection): ConnectionMeter {
    this.#connections += 1;
    // The segments that are told are already those of the wire.
    const bytes = new ByteMeter({ mtuB, rttMs, isLost, nagle: { toServer: false, toClient: false } });
    const meter = new ConnectionMeter(
      bytes,
      nowMs,
      (added, tMs) => this.#add(added, tMs),
      () => this.#open.delete(meter),
    );
    this.#open.add(meter);
    return meter;
  }

  /** What was carried up to now. */
  usage(nowMs: number): LinkUsage {
    for (const meter of this.#open) meter.settle(nowMs);
    const { toServer: up, toClient: down } = this.#total;
    const usage = { connections: this.#connections, up, down, tookMs: nowMs - this.#beganMs };
    return this.#tariff ? { ...usage, ...this.#bills(this.#tariff, usage.tookMs, nowMs) } : usage;
  }

  #bills(tariff: Tariff, tookMs: number, nowMs: number): Pick<LinkUsage, 'bill' | 'month'> {
    const sessions = [...this.#sessions, ...(this.#counter?.current(nowMs) ?? [])];
    const bill = billOf(tariff, { days: Math.max(1, Math.ceil(tookMs / dayMs)), sessions });
    return tookMs === 0 ? { bill } : { bill, month: billOf(tariff, monthOf(tariff, sessions, tookMs)) };
  }

  #add(added: ConnectionBytes, tMs: number): void {
    this.#total = summed(this.#total, added);
    if (this.#counter === undefined) return;
    const layer = this.#tariff?.layer === 'app' ? 'payloadB' : 'ipB';
    for (const [direction, way] of ways) {
      const bytes = added[direction][layer];
      if (bytes > 0) this.#sessions.push(...this.#counter.passed({ tMs, direction: way, bytes }));
    }
  }
}

/** The meter of one connection: sees the client's end of both directions. */
export class ConnectionMeter {
  readonly #bytes: ByteMeter;
  readonly #add: (added: ConnectionBytes, tMs: number) => void;
  readonly #onOver: () => void;
  #told: ConnectionBytes = nothing;
  #hasEnded = false;

  constructor(bytes: ByteMeter, nowMs: number, add: (added: ConnectionBytes, tMs: number) => void, onOver: () => void) {
    this.#bytes = bytes;
    this.#add = add;
    this.#onOver = onOver;
    bytes.opened(nowMs);
    this.settle(nowMs);
  }

  /** What a line tells of its transmissions. */
  of(direction: Direction): Pick<PathWorld, 'left' | 'came'> {
    // At the client's end the way up is seen when it leaves, and the way down when it comes. What comes is handed on up
    // to a timer's grain early: told at its exact time, it could come behind the answer to it.
    if (direction === 'toServer') {
      return { left: (it) => this.#passed(direction, it, it.leftMs, it.cameMs - timerGrainMs), came: () => {} };
    }
    return { left: () => {}, came: (it) => this.#passed(direction, it, it.cameMs - timerGrainMs, it.leftMs) };
  }

  /** A party has closed; the first one counts. */
  ended(by: 'client' | 'server', how: 'fin' | 'rst' | 'error', nowMs: number): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#bytes.ended(how === 'fin' ? 'fin' : 'rst', nowMs, by);
    this.settle(nowMs);
  }

  /** The connection is over. */
  over(nowMs: number): void {
    this.settle(nowMs);
    this.#onOver();
  }

  /** Tells what has come about since it told last. */
  settle(nowMs: number): void {
    const now = this.#bytes.usage(nowMs);
    this.#add(less(now, this.#told), nowMs);
    this.#told = now;
  }

  #passed(direction: Direction, { payloadB, kind, isLost }: Transmission, tMs: number, farMs: number): void {
    const facts = { fate: isLost ? 'lost' : 'arrives', farMs } as const;
    if (kind === 'resent') this.#bytes.resent(direction, payloadB, tMs, facts);
    else this.#bytes.segment(direction, payloadB, tMs, facts);
    this.settle(tMs);
  }
}

const ways = [
  ['toServer', 'up'],
  ['toClient', 'down'],
] as const;

function summed(one: ConnectionBytes, other: ConnectionBytes): ConnectionBytes {
  return combined(one, other, (a, b) => a + b);
}

function less(one: ConnectionBytes, other: ConnectionBytes): ConnectionBytes {
  return combined(one, other, (a, b) => a - b);
}

function combined(one: ConnectionBytes, other: ConnectionBytes, by: (a: number, b: number) => number): ConnectionBytes {
  const of = (a: DirectionBytes, b: DirectionBytes): DirectionBytes => ({
    payloadB: by(a.payloadB, b.payloadB),
    ipB: by(a.ipB, b.ipB),
    packets: by(a.packets, b.packets),
    acks: by(a.acks, b.acks),
    resentB: by(a.resentB, b.resentB),
  });
  return { toServer: of(one.toServer, other.toServer), toClient: of(one.toClient, other.toClient) };
}
