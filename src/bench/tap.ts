// The tap: a link with a tap at either end that real devices dial, and the hand that can play on it while it stands.
import { FieldbenchError } from '../error.ts';
import type { LinkProfile } from '../faults/link-profile.ts';
import type { PacketFault } from '../faults/packet-fault.ts';
import { linkBackend } from '../parts/links/backend.ts';
import type { StartedFaultyLink } from '../parts/links/link-options.ts';
import type { Endpoint, StartedBroker } from '../parts/part.ts';
import type { Bench } from './bench.ts';

/** Name of the judged broker, of the link, and of whoever dials it, in the history of a tap run. */
export const tapNames = { broker: 'broker', link: 'tap', client: 'device' } as const;

/** How a tap is put before a broker. */
export interface TapSetup {
  /** Target word or URL of the broker. */
  readonly upstream: string;
  /** Default: 127.0.0.1, port 1883 where it is free, else any. */
  readonly listenOn?: { readonly host: string; readonly port?: number };
  readonly profile: LinkProfile;
  readonly faults: readonly PacketFault[];
}

/** What a hand on the tap can do. */
export type TapAction = 'cut' | 'restore' | 'half-open' | 'drop-puback' | 'hold-pingresp';

/** A tap that stands. */
export interface StandingTap {
  /** Dial this. */
  readonly endpoint: Endpoint;
  readonly broker: StartedBroker;
  /** Plays on it; what it did stands in the history. Half-open changes its dead direction each time, up first. */
  act(action: TapAction): Promise<void>;
}

/** Where MQTT listens when nobody says otherwise. */
export const usualPort = 1883;
/** Longer than the 20 s that a client with a keep alive of some seconds waits for its PINGRESP. */
const heldMs = 30_000;

/**
 * Starts the broker and the link before it. Both belong to the bench and end with it.
 * @throws FieldbenchError those of the broker's driver and of the link; `FB_PORT_IN_USE` for a port that was asked for
 */
export async function startTap(setup: TapSetup, bench: Bench): Promise<StandingTap> {
  const broker = await bench.startTarget(tapNames.broker, setup.upstream);
  const link = await startLink(setup, broker, bench);
  const { host, port } = link.endpoint;
  const step = `the tap listens on ${host}:${port}, before ${broker.how}`;
  bench.history.record({ kind: 'mark', name: 'tap', data: { step, host, port } });
  return { endpoint: link.endpoint, broker, act: hand(link, bench) };
}

async function startLink(setup: TapSetup, broker: StartedBroker, bench: Bench): Promise<StartedFaultyLink> {
  const { host = '127.0.0.1', port } = setup.listenOn ?? {};
  const start = (at: number): Promise<StartedFaultyLink> =>
    bench.startLink(linkBackend('embedded'), {
      name: tapNames.link,
      upstream: broker.endpoint,
      host,
      port: at,
      client: tapNames.client,
      server: broker.name,
      target: broker.name,
      profile: setup.profile,
      faults: setup.faults,
      taps: true,
    });
  if (port !== undefined) return start(port);
  try {
    return await start(usualPort);
  } catch (error) {
    if (error instanceof FieldbenchError && error.code === 'FB_PORT_IN_USE') return start(0);
    throw error;
  }
}

function hand(link: StartedFaultyLink, { history }: Bench): StandingTap['act'] {
  let dead: 'toServer' | 'toClient' = 'toClient';
  let presses = 0;
  const arm = (words: string, fault: Omit<PacketFault, 'id' | 'times'>): void => {
    presses += 1;
    link.addFaults([{ id: `by hand ${presses}`, times: 1, ...fault }]);
    history.record({ kind: 'mark', name: 'tap', data: { step: `armed by hand: ${words}` } });
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
        return arm('the next PUBACK is dropped', { when: { type: 'PUBACK' }, action: { do: 'drop' } });
      case 'hold-pingresp':
        return arm(`the next PINGRESP is held for ${heldMs / 1000} s`, {
          when: { type: 'PINGRESP' },
          action: { do: 'hold', holdMs: heldMs },
        });
    }
  };
}
