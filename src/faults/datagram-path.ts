// One direction of datagrams over a link, as a state machine: what is lost is gone, and what a full queue has no room for too.
import { Fifo } from './fifo.ts';

/** The link as datagrams meet it; every answer holds for the moment of the question. */
export interface DatagramWorld {
  /** `drop`: what is sent vanishes; `freeze`: nothing arrives until it is over. */
  readonly state: 'open' | 'drop' | 'freeze';
  /** Why it has no room for a datagram of so many bytes; nothing when it has. */
  refusal(payloadB: number, nowMs: number): string | undefined;
  /** Puts it on the medium; gives when its last byte is out. */
  carry(payloadB: number, fromMs: number): number;
  /** How long the nth datagram is under way once its last byte is out. */
  delayMs(n: number): number;
  isLost(n: number, tMs: number): boolean;
}

/** What became of a datagram that entered. */
export type DatagramFate = 'sent' | 'lost' | { readonly refused: string };

/** Hands datagrams on whole, unaltered and in order, or not at all. */
export class DatagramPath {
  readonly #world: DatagramWorld;
  readonly #underWay = new Fifo<{ readonly atMs: number; readonly datagram: Uint8Array }>();
  #entered = 0;

  constructor(world: DatagramWorld) {
    this.#world = world;
  }

  /** When `advance` is due next; Infinity while only a change of the link can bring anything about. */
  get wakeAtMs(): number {
    return this.#world.state === 'freeze' ? Infinity : (this.#underWay.first?.atMs ?? Infinity);
  }

  /** Sends a datagram on its way. */
  enter(datagram: Uint8Array, nowMs: number): DatagramFate {
    this.#entered += 1;
    const n = this.#entered;
    const refused = this.#world.refusal(datagram.length, nowMs);
    if (refused !== undefined) return { refused };
    const outMs = this.#world.carry(datagram.length, nowMs);
    if (this.#world.state === 'drop' || this.#world.isLost(n, outMs)) return 'lost';
    const atMs = Math.max(outMs + this.#world.delayMs(n), this.#underWay.last?.atMs ?? 0);
    this.#underWay.push({ atMs, datagram });
    return 'sent';
  }

  /** What has arrived by now, in order. */
  advance(nowMs: number): readonly Uint8Array[] {
    const arrived: Uint8Array[] = [];
    if (this.#world.state === 'freeze') return arrived;
    for (let { first } = this.#underWay; first && first.atMs <= nowMs; first = this.#underWay.first) {
      arrived.push(first.datagram);
      this.#underWay.shift();
    }
    return arrived;
  }

  /** What is under way is lost. */
  dropAll(): void {
    this.#underWay.clear();
  }
}
