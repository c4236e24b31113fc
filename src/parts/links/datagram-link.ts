// The embedded link for UDP: each datagram passes whole, late, or not at all; also over services that carry messages only.
import { DatagramPath, type DatagramWorld } from '../../faults/datagram-path.ts';
import { SharedMedia } from '../../faults/medium.ts';
import { NatMapping } from '../../faults/nat-mapping.ts';
import type { Direction } from '../../faults/packet-fault.ts';
import type { CancelTimer, Clock } from '../../net/clock.ts';
import type { DatagramEnds, DatagramPassage } from '../../net/datagram-passage.ts';
import { datagramRelay } from '../../net/datagram-relay.ts';
import type { PartContext, StartedLink } from '../part.ts';
import { Channel } from './channel.ts';
import { Forecast } from './forecast.ts';
import { connectionNames, seenBy, type LinkOptions } from './link-options.ts';
import { LinkState } from './link-state.ts';
import { timerGrainMs, untilDueMs } from './timer-grain.ts';

/** Headers of IPv4 and UDP. */
const headersB = 28;

/** What datagrams have met on a link so far; bytes at IP level are exact. */
export interface DatagramUsage {
  readonly up: DatagramCounts;
  readonly down: DatagramCounts;
}

/** One direction of {@link DatagramUsage}. */
export interface DatagramCounts {
  readonly sent: number;
  /** On their way, by the link's loss or an outage. */
  readonly lost: number;
  /** Before they set out: too long, no room in the queue, or forgotten by the translator. */
  readonly refused: number;
  readonly payloadB: number;
  readonly ipB: number;
}

/** A standing link for datagrams. */
export interface StartedDatagramLink extends StartedLink {
  usage(): DatagramUsage;
}

type Counts = { -readonly [Name in keyof DatagramCounts]: number };

/** What all clients of a link share. */
interface Shared {
  readonly options: DatagramLinkOptions;
  readonly clock: Clock;
  readonly state: LinkState;
  readonly channel: Channel;
  readonly counts: Readonly<Record<Direction, Counts>>;
  readonly refused: (ends: DatagramEnds, why: string) => void;
}

/** As for TCP, without what acts on MQTT packets or streams. */
export type DatagramLinkOptions = Omit<LinkOptions, 'faults' | 'segments' | 'content' | 'needs' | 'tariff'>;

/**
 * Starts a link for datagrams. A datagram sets out at once: where it finds its queue full, or is longer than the service
 * takes, it is dropped. A translator that has forgotten its client drops what comes for it until the client speaks again.
 * @throws FieldbenchError `FB_PORT_IN_USE`, `FB_LISTEN`, `FB_DIAL_REFUSED`, `FB_LINK_FIGURES`
 */
export async function startEmbeddedDatagramLink(
  options: DatagramLinkOptions,
  context: PartContext,
): Promise<StartedDatagramLink> {
  const { name, profile, media = new SharedMedia(), host, port, upstream, timeline } = options;
  const { clock, seed, signal, history } = context;
  await using starting = new AsyncDisposableStack();
  const state = new LinkState(name, profile, history);
  const channel = new Channel(state, media, { seed, link: name });
  const shared: Shared = {
    options,
    clock,
    state,
    channel,
    counts: { toServer: noCounts(), toClient: noCounts() },
    refused: ({ connection }, why) =>
      history.record({ kind: 'fault', link: name, fault: 'refused', ...(options.taps && { connection }), did: why }),
  };
  const passages = new Set<Passage>();
  let ordinal = 0;
  const forecast = starting.use(
    new Forecast({ link: name, seed, clock, state, profile, timeline, onSwitch: () => {} }),
  );
  const standing = starting.use(
    await datagramRelay({
      upstream,
      clock,
      signal,
      listenOn: { ...(host !== undefined && { host }), ...(port !== undefined && { port }) },
      ...seenBy({ ...options }, history),
      names: connectionNames(options),
      createPassage(ends) {
        ordinal += 1;
        const passage = new Passage(ends, shared, ordinal, () => passages.delete(passage));
        passages.add(passage);
        return passage;
      },
    }),
  );
  state.begin();
  starting.defer(state.follow(() => passages.forEach((passage) => passage.follow())));
  forecast.begin();
  const running = starting.move();
  return {
    name,
    endpoint: standing.endpoint,
    shape: async (figures) => forecast.shape(figures),
    cut: async (how) => state.cut(how),
    halfOpen: async (dead) => state.halfOpen(dead),
    restore: async () => state.restore(),
    usage: () => ({ up: { ...shared.counts.toServer }, down: { ...shared.counts.toClient } }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** One client's datagrams, both ways. */
class Passage implements DatagramPassage {
  readonly #ends: DatagramEnds;
  readonly #shared: Shared;
  readonly #paths: Readonly<Record<Direction, DatagramPath>>;
  readonly #onOver: () => void;
  #mapping: NatMapping | undefined;
  #cancelTimer: CancelTimer | undefined;

  constructor(ends: DatagramEnds, shared: Shared, connection: number, onOver: () => void) {
    this.#ends = ends;
    this.#shared = shared;
    this.#onOver = onOver;
    const path = (direction: Direction): DatagramPath => new DatagramPath(worldOf(shared, connection, direction));
    this.#paths = { toServer: path('toServer'), toClient: path('toClient') };
  }

  fromClient(datagram: Uint8Array): void {
    const { udpIdleS } = this.#shared.state.profile.nat ?? {};
    // What the client sends makes a new mapping where the old one is gone.
    if (udpIdleS !== undefined) this.#mapping = new NatMapping(udpIdleS, this.#shared.clock.nowMs());
    this.#enter('toServer', datagram);
  }

  fromServer(datagram: Uint8Array): void {
    if (this.#mapping?.use(this.#shared.clock.nowMs()) === false) {
      return this.#refuse('toClient', 'the translator has forgotten the client');
    }
    this.#enter('toClient', datagram);
  }

  over(): void {
    this.#cancelTimer?.();
    this.#onOver();
  }

  /** The link has changed. */
  follow(): void {
    for (const direction of ['toServer', 'toClient'] as const) {
      if (this.#shared.state.passing(direction) === 'drop') this.#paths[direction].dropAll();
    }
    this.#run();
  }

  #enter(direction: Direction, datagram: Uint8Array): void {
    const counts = this.#shared.counts[direction];
    const fate = this.#paths[direction].enter(Uint8Array.from(datagram), this.#shared.clock.nowMs());
    if (typeof fate === 'object') return this.#refuse(direction, fate.refused);
    counts.sent += 1;
    counts.payloadB += datagram.length;
    counts.ipB += datagram.length + headersB;
    if (fate === 'lost') counts.lost += 1;
    this.#run();
  }

  #refuse(direction: Direction, why: string): void {
    this.#shared.counts[direction].refused += 1;
    this.#shared.refused(this.#ends, why);
  }

  #run(): void {
    const { clock } = this.#shared;
    this.#cancelTimer?.();
    const nowMs = clock.nowMs() + timerGrainMs;
    for (const it of this.#paths.toServer.advance(nowMs)) this.#ends.toServer(it);
    for (const it of this.#paths.toClient.advance(nowMs)) this.#ends.toClient(it);
    const nextMs = Math.min(this.#paths.toServer.wakeAtMs, this.#paths.toClient.wakeAtMs);
    if (nextMs < Infinity) this.#cancelTimer = clock.after(untilDueMs(nextMs, clock), () => this.#run());
  }
}

function worldOf({ state, channel }: Shared, connection: number, direction: Direction): DatagramWorld {
  const named = (n: number) => ({ connection, direction, n, ordinal: n, attempt: 0 });
  let spacedUntilMs = 0;
  return {
    get state() {
      return state.passing(direction);
    },
    refusal(payloadB, nowMs) {
      const { message } = state.profile;
      const mostB = message && (direction === 'toServer' ? message.maxUpB : message.maxDownB);
      if (mostB !== undefined && payloadB > mostB) return `${payloadB} B are more than the ${mostB} B of a message`;
      const { queue, rateBitPerS = Infinity } = state.now(direction);
      const waitMs = channel.backlogMs(direction, nowMs);
      const isFull = waitMs > (queue?.maxMs ?? Infinity) || (waitMs * rateBitPerS) / 8000 > (queue?.maxB ?? Infinity);
      return isFull ? `the queue is full: ${Math.round(waitMs)} ms` : undefined;
    },
    carry(payloadB, fromMs) {
      const startMs = Math.max(fromMs, spacedUntilMs);
      spacedUntilMs = startMs + (state.profile.message?.spacingMs ?? 0);
      return channel.carry(direction, payloadB + headersB, startMs);
    },
    delayMs: (n) => channel.delayMs(named(n)),
    isLost: (n, tMs) => channel.isLost(named(n), tMs),
  };
}

const noCounts = (): Counts => ({ sent: 0, lost: 0, refused: 0, payloadB: 0, ipB: 0 });
