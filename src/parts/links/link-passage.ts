// One connection over the embedded link: faults are played where bytes enter, then they travel a delay line each way.
import { NatMapping } from '../../faults/nat-mapping.ts';
import type { LinkFaults } from '../../faults/link-faults.ts';
import type { Direction } from '../../faults/packet-fault.ts';
import type { Segmentation } from '../../faults/segmentation.ts';
import type { StreamContent } from '../../faults/segmenter.ts';
import { PacketPlayer, type PlayerStep } from '../../faults/packet-player.ts';
import type { ConnectionId } from '../../history/event.ts';
import type { CancelTimer, Clock } from '../../net/clock.ts';
import type { Passage, PassageEnds } from '../../net/passage.ts';
import type { EndHow } from '../../net/wire.ts';
import type { Channel } from './channel.ts';
import { Line } from './line.ts';
import type { ConnectionMeter, LinkMeter } from './link-meter.ts';
import type { LinkState } from './link-state.ts';

/** What all connections of a link share. */
export interface LinkModel {
  readonly name: string;
  readonly clock: Clock;
  readonly seed: number;
  readonly faults: LinkFaults;
  readonly state: LinkState;
  readonly channel: Channel;
  readonly content: StreamContent;
  readonly segments?: Segmentation | undefined;
  /** Nobody looks at packets: faults that are added later are played on connections that come later. */
  readonly isPlain: boolean;
  /** Counts bytes; absent where nobody asks. */
  readonly meter?: LinkMeter | undefined;
  /** A fault acted. */
  readonly played: (connection: ConnectionId, played: Extract<PlayerStep, { readonly step: 'played' }>) => void;
}

/**
 * Damages a stream only where a fault says so: faults act on whole packets, cuts freeze what is under way and release
 * it in order.
 * Once a fault has parted the two sides (RST, FIN, a close kept from the client), nothing passes between them.
 */
export class LinkPassage implements Passage {
  readonly #ends: PassageEnds;
  readonly #link: LinkModel;
  readonly #player: PacketPlayer;
  readonly #isPlain: boolean;
  readonly #lines: Readonly<Record<Direction, Line>>;
  readonly #meter: ConnectionMeter | undefined;
  readonly #nat: NatMapping | undefined;
  #keepsClientOpen = false;
  #areParted = false;
  /** Directions in which nothing arrives any more; a party that closes is let go when nothing can answer it. */
  readonly #dead = new Set<Direction>();
  #cancelHole: CancelTimer | undefined;
  #cancelWake: CancelTimer | undefined;

  readonly #onOver: () => void;

  /** `ordinal` counts the connections of the link, from 1. */
  constructor(ends: PassageEnds, link: LinkModel, ordinal: number, onOver: () => void) {
    this.#ends = ends;
    this.#link = link;
    this.#onOver = onOver;
    this.#isPlain = link.isPlain && link.faults.armed.length === 0;
    const { clock, seed, name } = link;
    const draws = { seed, link: name, connection: ordinal };
    this.#player = new PacketPlayer(link.faults, { openedAtMs: clock.nowMs(), draws });
    this.#meter = link.meter?.connection({
      nowMs: clock.nowMs(),
      rttMs: link.channel.rttMs,
      mtuB: link.state.profile.mtuB,
      isLost: link.channel.pureAckLoss(ordinal),
    });
    const common = (direction: Direction) => ({
      clock,
      state: link.state,
      channel: link.channel,
      content: link.content,
      draws: { ...draws, direction },
      segments: link.segments,
      meter: this.#meter?.of(direction),
    });
    this.#lines = {
      toServer: new Line({
        ...common('toServer'),
        deliver: (bytes) => ends.toServer(bytes),
        full: (isFull) => ends.holdClient(isFull),
      }),
      toClient: new Line({
        ...common('toClient'),
        deliver: (bytes) => ends.toClient(bytes),
        full: (isFull) => ends.holdServer(isFull),
      }),
    };
    const { tcpIdleS } = link.state.profile.nat ?? {};
    this.#nat = tcpIdleS === undefined ? undefined : new NatMapping(tcpIdleS, clock.nowMs());
    this.followLink();
  }

  fromClient(chunk: Uint8Array): void {
    if (this.#passes('toServer')) this.#feed('toServer', chunk);
  }

  fromServer(chunk: Uint8Array): void {
    if (this.#passes('toClient')) this.#feed('toClient', chunk);
  }

  clientEnded(how: EndHow): void {
    this.#meter?.ended('client', how, this.#link.clock.nowMs());
    if (this.#areParted) return this.#ends.endClient('fin');
    this.#perform(this.#player.end('toServer', this.#link.clock.nowMs()));
    if (this.#dead.has('toClient')) this.#ends.endClient('fin');
    if (this.#dead.has('toServer')) return;
    this.#lines.toServer.enterEnd(() => this.#ends.endServer(how === 'fin' ? 'fin' : 'rst'));
  }

  serverEnded(how: EndHow): void {
    this.#meter?.ended('server', how, this.#link.clock.nowMs());
    if (this.#areParted) return this.#ends.endServer('fin');
    this.#perform(this.#player.end('toClient', this.#link.clock.nowMs()));
    if (this.#dead.has('toServer')) this.#ends.endServer('fin');
    if (this.#dead.has('toClient')) return;
    if (this.#keepsClientOpen) {
      this.#areParted = true;
      return this.#ends.endServer('fin');
    }
    this.#lines.toClient.enterEnd(() => this.#ends.endClient(how === 'fin' ? 'fin' : 'rst'));
  }

  over(): void {
    this.#letGo();
    this.#meter?.over(this.#link.clock.nowMs());
    this.#onOver();
  }

  /** The link's state has changed. */
  followLink(): void {
    if (this.#link.state.resets) return this.#reset();
    for (const line of Object.values(this.#lines)) line.follow();
  }

  /** The address behind the connection has changed. */
  switched(connections: 'silent' | 'rst'): void {
    if (connections === 'rst') return this.#reset();
    this.#fallSilent();
  }

  #feed(direction: Direction, chunk: Uint8Array): void {
    if (this.#isPlain) return this.#lines[direction].enter(chunk);
    this.#perform(this.#player.feed(direction, chunk, this.#link.clock.nowMs()));
  }

  /** Whether bytes of this direction go on; a translator that has forgotten the connection drops or resets it. */
  #passes(direction: Direction): boolean {
    if (this.#areParted) return false;
    const { clock, state, played } = this.#link;
    if (this.#nat === undefined || this.#nat.use(clock.nowMs())) return true;
    const onExpiry = state.profile.nat?.onExpiry ?? 'silent';
    const did = `the translator had forgotten the connection: ${onExpiry === 'rst' ? 'RST to the sender' : 'silence'}`;
    played(this.#ends.connection, { step: 'played', fault: 'nat-expiry', did });
    this.#fallSilent();
    if (onExpiry === 'silent') return false;
    if (direction === 'toServer') this.#ends.endClient('rst', 'link');
    else this.#ends.endServer('rst', 'link');
    return false;
  }

  /** Nothing passes between the two sides any more, and neither is told. */
  #fallSilent(): void {
    this.#letGo();
    this.#areParted = true;
  }

  #letGo(): void {
    this.#cancelWake?.();
    this.#cancelHole?.();
    this.#lines.toServer.clear();
    this.#lines.toClient.clear();
  }

  #reset(): void {
    this.#letGo();
    this.#areParted = true;
    this.#ends.endClient('rst', 'link');
    this.#ends.endServer('rst', 'link');
  }

  #perform(steps: readonly PlayerStep[]): void {
    for (const step of steps) this.#performOne(step);
    this.#cancelWake?.();
    const wakeAtMs = this.#player.wakeAtMs;
    if (wakeAtMs === undefined) return;
    const { clock } = this.#link;
    const wake = (): void => this.#perform(this.#player.wake(clock.nowMs()));
    this.#cancelWake = clock.after(Math.max(0, wakeAtMs - clock.nowMs()), wake);
  }

  #performOne(step: PlayerStep): void {
    switch (step.step) {
      case 'send':
        return this.#lines[step.direction].enter(step.bytes);
      case 'hold':
        return this.#lines[step.direction].hold(step.holdMs);
      case 'end':
        return this.#part(step.side, step.how);
      case 'keep-open':
        this.#keepsClientOpen = true;
        return;
      case 'played':
        return this.#link.played(this.#ends.connection, step);
      case 'half-open':
        this.#dead.add(step.dead);
        return;
      case 'black-hole':
        return this.#fallIntoHole(step.forMs);
    }
  }

  /** Both directions stand still; without a time nothing will arrive, so that nothing needs to be kept either. */
  #fallIntoHole(forMs: number | undefined): void {
    this.#cancelHole?.();
    this.#freeze(true);
    if (forMs === undefined) {
      this.#dead.add('toServer').add('toClient');
      return;
    }
    this.#cancelHole = this.#link.clock.after(forMs, () => {
      this.#freeze(false);
    });
  }

  #freeze(isFrozen: boolean): void {
    for (const line of Object.values(this.#lines)) line.freeze(isFrozen);
  }

  #part(side: 'client' | 'server' | 'both', how: 'rst' | 'fin'): void {
    this.#areParted = true;
    if (side !== 'server') this.#lines.toClient.enterEnd(() => this.#ends.endClient(how, 'link'));
    if (side !== 'client') this.#lines.toServer.enterEnd(() => this.#ends.endServer(how, 'link'));
  }
}
