// Plays packet faults on one connection, as a pure state machine: bytes and time go in, what to do with them comes out.
import { FieldbenchError } from '../error.ts';
import { encode } from '../wire/encode.ts';
import type { Deviation } from '../wire/deviation.ts';
import type { Frame } from '../wire/frame.ts';
import type { Packet, PacketType } from '../wire/packet.ts';
import { canDamage, damaged } from './damage.ts';
import type { DrawName } from './draw.ts';
import { taintsConnection } from './blame.ts';
import { didText, packetText } from './fault-words.ts';
import { kill, newLane, type Lane } from './lane.ts';
import type { LinkFaults } from './link-faults.ts';
import type { Damage, Direction, PacketAction, PacketFault, PacketRewrite } from './packet-fault.ts';
import { PacketMatcher, watches } from './packet-matcher.ts';
import { rewrite, rewriteBytes } from './rewrite.ts';

/** What a link does next, in this order. */
export type PlayerStep =
  | { readonly step: 'send'; readonly direction: Direction; readonly bytes: Uint8Array }
  /** What is sent in this direction from here on waits so long before it goes on its way. */
  | { readonly step: 'hold'; readonly direction: Direction; readonly holdMs: number }
  | { readonly step: 'end'; readonly side: 'client' | 'server' | 'both'; readonly how: 'rst' | 'fin' }
  /** From here on no close by the server, and nothing else of it, reaches the client. */
  | { readonly step: 'keep-open' }
  /** From here on nothing arrives in this direction, no close either. */
  | { readonly step: 'half-open'; readonly dead: Direction }
  /** Both directions stand still, and what is under way with them; for ever where no time is given. */
  | { readonly step: 'black-hole'; readonly forMs?: number }
  /** For the history: which fault acted, and what it did. `taints`: nobody is to blame for what follows here. */
  | { readonly step: 'played'; readonly fault: string; readonly did: string; readonly taints?: true };

/** Which connection a player plays on. */
export interface PlayedConnection {
  readonly openedAtMs: number;
  /** Names the draws of the connection. */
  readonly draws: Omit<DrawName, 'direction' | 'purpose' | 'n'>;
}

/** What becomes of one packet while the faults that fit it act one after the other. */
interface Outcome {
  packet: Packet;
  /** Whether `packet` is what `bytes` say, and not the stand-in for what cannot be read. */
  isRead: boolean;
  bytes: Uint8Array;
  readonly behind: Uint8Array[];
  readonly copies: { readonly delayMs: number; readonly bytes: Uint8Array }[];
  holdMs: number;
  swap: Extract<PacketAction, { readonly do: 'swap' }> | undefined;
  /** Offset of its first byte in the stream. */
  readonly offset: number;
}

/**
 * The faults of a link on one of its connections. What no fault touches stays byte for byte as it came. A
 * direction that no fault can touch passes at once, even half packets; in the others a packet passes when it is whole.
 *
 * Of several faults that fit a packet all act, in the order of the list, each on what the one before left (a rewrite
 * undoes damage); one that takes the packet away is the last to act. Whether a fault fits is decided on the packet as it came.
 */
export class PacketPlayer {
  readonly #faults: LinkFaults;
  readonly #matcher: PacketMatcher;
  readonly #openedAtMs: number;
  readonly #draws: PlayedConnection['draws'];
  readonly #lanes: Readonly<Record<Direction, Lane>> = { toServer: newLane('toServer'), toClient: newLane('toClient') };
  #keepsOpen = false;
  #steps: PlayerStep[] = [];

  constructor(faults: LinkFaults, { openedAtMs, draws }: PlayedConnection) {
    this.#faults = faults;
    this.#draws = draws;
    this.#openedAtMs = openedAtMs;
    this.#matcher = new PacketMatcher(faults);
  }

  /** Bytes came in; in what chunks makes no difference to what packets go out. */
  feed(direction: Direction, chunk: Uint8Array, nowMs: number): readonly PlayerStep[] {
    const lane = this.#lanes[direction];
    if (lane.isDead) return [];
    const chunkAtB = lane.cameB;
    lane.cameB += chunk.length;
    const frames = lane.decoder.push(chunk);
    if (this.#mustSeeWhole(lane)) {
      for (const frame of frames) this.#take(lane, frame, nowMs);
    } else {
      for (const frame of frames) this.#pass(lane, frame);
      if (lane.doneB >= chunkAtB) this.#send(lane, chunk.subarray(lane.doneB - chunkAtB));
      if (lane.doneB >= chunkAtB) lane.doneB = lane.cameB;
    }
    return this.#taken();
  }

  /** The sender closed: what was held back for company or completion goes out now. */
  end(direction: Direction, nowMs: number): readonly PlayerStep[] {
    const lane = this.#lanes[direction];
    const rest = lane.isDead ? [] : lane.decoder.end();
    for (const frame of rest) this.#take(lane, frame, nowMs);
    this.#releaseSwapped(lane);
    lane.ended = true;
    return this.#taken();
  }

  /** Time went on. */
  wake(nowMs: number): readonly PlayerStep[] {
    for (const lane of Object.values(this.#lanes)) {
      if (lane.swapped && lane.swapped.untilMs <= nowMs) this.#releaseSwapped(lane);
      for (const copy of lane.copies) if (copy.atMs <= nowMs) this.#insert(lane, copy.bytes);
      lane.copies = lane.copies.filter((it) => it.atMs > nowMs);
    }
    return this.#taken();
  }

  /** When `wake` is due next. */
  get wakeAtMs(): number | undefined {
    const times = Object.values(this.#lanes).flatMap(({ ended, swapped, copies }) =>
      ended ? [] : [...(swapped ? [swapped.untilMs] : []), ...copies.map((it) => it.atMs)],
    );
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Whether packets of this direction must be whole: to be looked at, or because others may go between them. */
  #mustSeeWhole({ direction, swapped }: Lane): boolean {
    if (swapped) return true;
    return this.#faults.armed.some(
      ({ when, action }) =>
        watches(when, direction) || (action.do === 'inject' && directionToward(action.toward) === direction),
    );
  }

  /** Passes a whole packet on, or what is left of it where its beginning went already. */
  #pass(lane: Lane, frame: Frame): void {
    if (frame.packet) this.#matcher.note(lane.direction, frame.packet, frame.deviations);
    this.#send(lane, frame.bytes.subarray(Math.max(0, lane.doneB - frame.offset)));
    this.#done(lane, frame);
  }

  /** Lets the faults act on a whole packet. */
  #take(lane: Lane, frame: Frame, nowMs: number): void {
    if (lane.isDead) return;
    if (frame.unframed || frame.offset < lane.doneB) return this.#pass(lane, frame);
    if (frame.packet) this.#matcher.note(lane.direction, frame.packet, frame.deviations);
    const outcome = this.#play(lane, frame, nowMs);
    if (outcome) this.#deliver(lane, frame.packet?.type, outcome, nowMs);
    this.#done(lane, frame);
  }

  #done(lane: Lane, frame: Frame): void {
    lane.wholeB = frame.offset + frame.bytes.length;
    lane.doneB = Math.max(lane.doneB, lane.wholeB);
    const { waiting } = lane;
    lane.waiting = [];
    for (const bytes of waiting) this.#insert(lane, bytes);
  }

  /** @returns undefined when nothing of the packet goes on. */
  #play(lane: Lane, { packet, bytes, deviations, offset }: Frame, nowMs: number): Outcome | undefined {
    const outcome = newOutcome(packet, bytes, offset);
    for (const fault of this.#faults.armed) {
      if (!packet && !canActUnread(fault.action)) continue;
      if (wouldMend(fault, deviations)) continue;
      const fits = this.#matcher.fits(fault, lane.direction, packet, deviations, nowMs - this.#openedAtMs);
      if (!fits || this.#isIdle(fault.action, lane, outcome)) continue;
      this.#faults.countPlay(fault);
      if (!this.#actAndTell(fault, outcome, lane)) return undefined;
    }
    return outcome;
  }

  /** A packet that cannot be written as the fault wants it goes on as it is, and the history says so. */
  #actAndTell({ id, action }: PacketFault, outcome: Outcome, lane: Lane): boolean {
    const packet = packetText(outcome.isRead ? outcome.packet : undefined);
    const tell = (did: string): void => {
      const taints = taintsConnection(action);
      this.#steps.push({ step: 'played', fault: id, did, ...(taints && { taints }) });
    };
    try {
      if (action.do !== 'corrupt' && action.do !== 'truncate') {
        const isThere = this.#act(action, outcome, lane);
        tell(didText(action, packet));
        return isThere;
      }
      const { bytes, what } = damaged(action, outcome.bytes, this.#drawsOf(lane), outcome.offset);
      outcome.bytes = bytes;
      tell(didText(action, packet, what));
    } catch (error) {
      if (!(error instanceof FieldbenchError)) throw error;
      this.#steps.push({ step: 'played', fault: id, did: `could not ${action.do} ${packet}: ${error.message}` });
    }
    return true;
  }

  #drawsOf({ direction }: Lane): Omit<DrawName, 'purpose' | 'n'> {
    return { ...this.#draws, direction };
  }

  /** What is already so, or cannot be, needs no doing: a swap that has its first half, a byte that is not there. */
  #isIdle(action: PacketAction, lane: Lane, { bytes }: Outcome): boolean {
    switch (action.do) {
      case 'swap':
        return lane.swapped !== undefined;
      case 'keep-open':
        return this.#keepsOpen;
      case 'half-open':
        return this.#lanes[action.dead ?? lane.direction].isDead;
      case 'corrupt':
      case 'truncate':
        return !canDamage(action, bytes.length);
      default:
        return false;
    }
  }

  /** @returns whether the packet is still there. */
  #act(action: Exclude<PacketAction, Damage>, outcome: Outcome, lane: Lane): boolean {
    switch (action.do) {
      case 'drop':
        return false;
      case 'rst':
      case 'fin':
        this.#steps.push({ step: 'end', side: action.side, how: action.do });
        return false;
      case 'hold':
        outcome.holdMs += action.holdMs;
        return true;
      case 'swap':
        outcome.swap = action;
        return true;
      case 'rewrite': {
        const set = this.#withEarlierWill(action.set, outcome.packet);
        outcome.bytes = bytesMadeFrom(outcome, set);
        outcome.packet = rewrite(outcome.packet, set);
        outcome.isRead = true;
        return true;
      }
      case 'mend':
        outcome.bytes = encode(outcome.packet);
        return true;
      case 'duplicate': {
        const bytes = (action.set && rewriteBytes(outcome.packet, action.set)) ?? outcome.bytes;
        if (action.delayMs === 0) outcome.behind.push(bytes);
        else outcome.copies.push({ delayMs: action.delayMs, bytes });
        return true;
      }
      case 'inject': {
        const bytes = bytesMadeFrom(outcome, action.packet);
        const toward = directionToward(action.toward);
        if (toward === lane.direction) outcome.behind.push(bytes);
        else this.#insert(this.#lanes[toward], bytes);
        return true;
      }
      case 'keep-open':
        this.#keepsOpen = true;
        this.#steps.push({ step: 'keep-open' });
        return true;
      case 'half-open': {
        const { dead = lane.direction } = action;
        kill(this.#lanes[dead]);
        this.#steps.push({ step: 'half-open', dead });
        return dead !== lane.direction;
      }
      case 'black-hole': {
        const { forMs } = action;
        this.#steps.push({ step: 'black-hole', ...(forMs !== undefined && { forMs }) });
        if (forMs === undefined) Object.values(this.#lanes).forEach(kill);
        return forMs !== undefined;
      }
    }
  }

  /** Only the link knows what will an earlier connection had. */
  #withEarlierWill(set: PacketRewrite, packet: Packet): PacketRewrite {
    if (set.will !== 'earlier' || packet.type !== 'CONNECT') return set;
    const { will: _, ...rest } = set;
    const will = packet.will ? undefined : this.#faults.earlierWill(packet.clientId);
    return will ? { ...rest, will } : rest;
  }

  #deliver(lane: Lane, type: PacketType | undefined, outcome: Outcome, nowMs: number): void {
    const { direction } = lane;
    const out = [outcome.bytes, ...outcome.behind];
    if (outcome.holdMs > 0) this.#steps.push({ step: 'hold', direction, holdMs: outcome.holdMs });
    const copies = outcome.copies.map(({ delayMs, bytes }) => ({ atMs: nowMs + outcome.holdMs + delayMs, bytes }));
    lane.copies = [...lane.copies, ...copies].toSorted((a, b) => a.atMs - b.atMs);
    if (outcome.swap && type !== undefined) {
      const { withinMs, past = 1 } = outcome.swap;
      lane.swapped = { type, out, untilMs: nowMs + withinMs, left: past };
      return;
    }
    for (const bytes of out) this.#send(lane, bytes);
    if (lane.swapped && lane.swapped.type === type && --lane.swapped.left === 0) this.#releaseSwapped(lane);
  }

  #releaseSwapped(lane: Lane): void {
    const out = lane.swapped?.out ?? [];
    lane.swapped = undefined;
    for (const bytes of out) this.#insert(lane, bytes);
  }

  /** Sends a packet of our own, never into the middle of another one. */
  #insert(lane: Lane, bytes: Uint8Array): void {
    if (lane.ended || lane.isDead) return;
    if (lane.doneB > lane.wholeB) lane.waiting.push(bytes);
    else this.#send(lane, bytes);
  }

  #send({ direction }: Lane, bytes: Uint8Array): void {
    if (bytes.length > 0) this.#steps.push({ step: 'send', direction, bytes });
  }

  #taken(): readonly PlayerStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }
}

function newOutcome(packet: Packet | undefined, bytes: Uint8Array, offset: number): Outcome {
  const isRead = packet !== undefined;
  const came = packet ?? { type: 'DISCONNECT' };
  return { packet: came, isRead, bytes, behind: [], copies: [], holdMs: 0, swap: undefined, offset };
}

/** A packet that is written anew is well formed: one that is not stays as it is, unless the fault is about that. */
function wouldMend({ when, action }: PacketFault, deviations: readonly Deviation[]): boolean {
  if (action.do !== 'rewrite' || deviations.length === 0) return false;
  const isAboutIt = [when.deviation, when.breaks, when.connectDeviation].some((it) => it !== undefined);
  return !isAboutIt && when.qos !== 3;
}

/** Of a packet that cannot be read nothing is known: it is dropped, answered, or written as one of another type. */
function canActUnread(action: PacketAction): boolean {
  return action.do === 'drop' || action.do === 'inject' || (action.do === 'rewrite' && action.set.type !== undefined);
}

function bytesMadeFrom({ packet, isRead, bytes }: Outcome, set: PacketRewrite): Uint8Array {
  return rewriteBytes(packet, set) ?? (isRead ? bytes : encode(packet));
}

function directionToward(side: 'client' | 'server'): Direction {
  return side === 'client' ? 'toClient' : 'toServer';
}
