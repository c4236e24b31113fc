// The tap: a link with a tap at either end that real devices dial, and the hand that can play on it while it stands.
import { FieldbenchError } from '../error.ts';
import { plainProfile, type LinkProfile } from '../faults/link-profile.ts';
import type { Tariff } from '../faults/tariff.ts';
import { dropNext, holdNext } from '../faults/ready-made.ts';
import type { PlayedTimeline } from '../faults/played-timeline.ts';
import type { PacketFault } from '../faults/packet-fault.ts';
import { remoteEndpoint } from '../parts/brokers/remote.ts';
import { linkBackend } from '../parts/links/backend.ts';
import type { LinkUsage } from '../parts/links/link-meter.ts';
import type { StartedFaultyLink } from '../parts/links/link-options.ts';
import type { Endpoint } from '../parts/part.ts';
import type { Bench } from './bench.ts';
import { openEntrance, type TapEntrance } from './tap-entrance.ts';

/** Name of the judged broker, of the link, and of whoever dials it, in the history of a tap run. */
const tapNames = { broker: 'broker', link: 'tap', client: 'device' } as const;

/** How a tap is put before a broker. */
export interface TapSetup {
  /** Target word or URL of the broker. */
  readonly upstream: string;
  /** Default: 127.0.0.1, and the usual port of MQTT where it is free, else any. */
  readonly listenOn?: { readonly host: string; readonly port?: number };
  /** Default: straight over TCP, and from this machine alone. */
  readonly entrance?: TapEntrance;
  /** Default: a link that does nothing. */
  readonly profile?: LinkProfile;
  /** What the link does over time, on top of its profile. */
  readonly timeline?: PlayedTimeline;
  readonly faults?: readonly PacketFault[];
  /** For the bill. */
  readonly tariff?: Tariff;
  /** Why nobody is to read what passes, where nobody is. */
  readonly unread?: string;
}

/** What a hand on the tap can do. */
export type TapAction = 'cut' | 'restore' | 'half-open' | 'drop-puback' | 'hold-pingresp';

/** A tap that stands. */
export interface StandingTap {
  /** Dial this. */
  readonly endpoint: Endpoint;
  /** Plays on it; what it did stands in the history. Half-open changes its dead direction each time, up first. */
  act(action: TapAction): Promise<void>;
  /** What it has carried so far, and what that costs. */
  usage(): LinkUsage | undefined;
}

/** Where MQTT listens when nobody says otherwise. */
const usualPorts = { plain: 1883, tls: 8883 } as const;
/** Longer than the 20 s that a client with a keep alive of some seconds waits for its PINGRESP. */
const heldMs = 30_000;

/** The broker behind the tap. */
interface Upstream {
  readonly how: string;
  readonly endpoint: Endpoint;
}

/**
 * Starts the broker and the link before it. Both belong to the bench and end with it.
 * @throws FieldbenchError those of the broker's driver, of the entrance and of the link; `FB_PORT_IN_USE` for a port
 *   that was asked for
 */
export async function startTap(setup: TapSetup, bench: Bench): Promise<StandingTap> {
  const upstream = await upstreamOf(setup, bench);
  const link = await startLink(setup, upstream.endpoint, bench);
  const { host, port } = link.endpoint;
  const step = `the tap listens on ${host}:${port}, before ${upstream.how}`;
  bench.history.record({ kind: 'mark', name: 'tap', data: { step, host, port } });
  return {
    endpoint: link.endpoint,
    act: hand(link, setup.entrance?.tls?.kind === 'pass', bench),
    usage: () => link.usage?.(),
  };
}

/**
 * Whether such a link can be had at all; starts nothing.
 * @throws FieldbenchError `FB_LINK_CAPABILITY`
 */
export function checkTapLink({ profile = plainProfile }: Pick<TapSetup, 'profile'>): void {
  linkBackend('embedded').check({ name: tapNames.link, profile });
}

/** A broker behind TLS that does not end here is not asked whether it is ready: it may know devices only. */
async function upstreamOf({ upstream, entrance }: TapSetup, bench: Bench): Promise<Upstream> {
  if (entrance?.tls?.kind !== 'pass') return bench.startTarget(tapNames.broker, upstream);
  const { tls: _, path: __, ...endpoint } = remoteEndpoint(upstream);
  const how = `${endpoint.host}:${endpoint.port}, TLS passed through`;
  bench.history.record({ kind: 'target', target: tapNames.broker, version: '', how, repeat: upstream, limits: [] });
  return { how, endpoint };
}

async function startLink(setup: TapSetup, upstream: Endpoint, bench: Bench): Promise<StartedFaultyLink> {
  const { host = '127.0.0.1', port } = setup.listenOn ?? {};
  const entrance = await openEntrance(setup.entrance ?? {}, host, setup.unread, bench);
  const start = (at: number): Promise<StartedFaultyLink> =>
    bench.startLink(linkBackend('embedded'), {
      name: tapNames.link,
      upstream,
      host,
      port: at,
      client: tapNames.client,
      server: tapNames.broker,
      target: tapNames.broker,
      profile: setup.profile ?? plainProfile,
      faults: setup.faults ?? [],
      ...(setup.timeline && { timeline: setup.timeline }),
      taps: true,
      entrance,
      ...(entrance.opaque && { content: 'opaque' }),
      ...(setup.tariff && { tariff: setup.tariff }),
    });
  if (port !== undefined) return start(port);
  try {
    return await start(setup.entrance?.tls ? usualPorts.tls : usualPorts.plain);
  } catch (error) {
    if (error instanceof FieldbenchError && error.code === 'FB_PORT_IN_USE') return start(0);
    throw error;
  }
}

function hand(link: StartedFaultyLink, isEncrypted: boolean, { history }: Bench): StandingTap['act'] {
  let dead: 'toServer' | 'toClient' = 'toClient';
  let presses = 0;
  const say = (step: string): void => history.record({ kind: 'mark', name: 'tap-hand', data: { step } });
  const arm = (words: string, fault: (id: string) => PacketFault): void => {
    if (isEncrypted) return say(`not armed, since no packet can be seen: ${words}`);
    presses += 1;
    link.addFaults([fault(`by hand ${presses}`)]);
    say(`armed by hand: ${words}`);
  };
  return async (action) => {
    switch (action) {
      case 'cut':
        return link.cut('drop');
      case 'restore':
        return link.restore();
      case 'half-open':
        dead = dead === 'toServer' ? 'toClient' : 'toServer';
        return link.halfOpen(dead);
      case 'drop-puback':
        return arm('the next PUBACK is dropped', (id) => dropNext('PUBACK', id));
      case 'hold-pingresp':
        return arm(`the next PINGRESP is held for ${heldMs / 1000} s`, (id) => holdNext('PINGRESP', heldMs, id));
    }
  };
}
