// What every kind of link is started with, and what it can be asked for.
import type { LinkProfile } from '../../faults/link-profile.ts';
import type { Tariff } from '../../faults/tariff.ts';
import type { SharedMedia } from '../../faults/medium.ts';
import type { StreamContent } from '../../faults/segmenter.ts';
import type { PacketFault } from '../../faults/packet-fault.ts';
import type { Segmentation } from '../../faults/segmentation.ts';
import type { History } from '../../history/event.ts';
import { connectionIds, type ConnectionIds } from '../../net/connection-ids.ts';
import type { RelayOptions } from '../../net/relay.ts';
import type { ConnectionNames } from '../../net/tap.ts';
import type { Endpoint, PartContext, StartedLink } from '../part.ts';
import type { PlayedTimeline } from '../../faults/played-timeline.ts';
import type { LinkUsage } from './link-meter.ts';
import type { LinkCapability } from './link-capability.ts';
import type { LinkAsk } from './link-needs.ts';

/** How one link is put before an endpoint. */
export interface LinkOptions {
  readonly name: string;
  /** What stands behind the link. */
  readonly upstream: Endpoint;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Names of the parts on either side, for the history. */
  readonly client: string;
  readonly server: string;
  readonly target?: string;
  readonly check?: string;
  readonly profile: LinkProfile;
  readonly faults?: readonly PacketFault[];
  /** Cuts the streams anew; default: pieces go on as they came. */
  readonly segments?: Segmentation;
  /** Changes over time, from the start of the link. */
  readonly timeline?: PlayedTimeline;
  /** For the bill. */
  readonly tariff?: Tariff;
  /** Default `mqtt`; `opaque` for streams that nobody here can read. */
  readonly content?: StreamContent;
  /** Channels that it may share with other links of the run; default: none. */
  readonly media?: SharedMedia;
  /** Whether its connections stand in the history; a mutant before a target is a link that does not show. */
  readonly taps: boolean;
  /** Whether it counts what it carries; default: where it has taps. */
  readonly isMetered?: boolean;
  /** How clients come in, where it is not straight over TCP and everybody. */
  readonly entrance?: LinkEntrance;
  /** The run's own, so that names of connections are unique in its history. */
  readonly connectionIds: ConnectionIds;
  /** What the caller relies on; a backend without it refuses to start. */
  readonly needs?: readonly LinkCapability[];
}

/** Who may come in, through which layers, and what of them is written down. */
export interface LinkEntrance extends Pick<
  RelayOptions,
  'allow' | 'maxConnections' | 'onRefused' | 'recordsPeers' | 'opaque'
> {
  /** TLS, WebSocket, or both. */
  readonly over?: NonNullable<RelayOptions['listenOn']>['over'];
}

/** The names that the link's taps give its connections. */
export function connectionNames({ name, client, server, target, check }: LinkOptions): ConnectionNames {
  return { client, server, link: name, ...(target !== undefined && { target }), ...(check !== undefined && { check }) };
}

/** Where connections of this link are recorded, and who names them: nowhere and nobody, where it has no taps. */
export function seenBy(options: LinkOptions, history: History): { history: History; connectionIds: ConnectionIds } {
  if (options.taps) return { history, connectionIds: options.connectionIds };
  return { history: { record: () => {} }, connectionIds: connectionIds() };
}

/** A link whose packet faults can be added to while it runs. */
export interface StartedFaultyLink extends StartedLink {
  /** @throws FieldbenchError `FB_LINK_CAPABILITY` when the backend has no packet faults, `FB_FAULT_NAME`. */
  addFaults(faults: readonly PacketFault[]): void;
  /**
   * Nothing passes on the connections that it has now, either way, and neither side is told: so a client goes whose power
   * is cut. Absent where the backend cannot do that.
   */
  vanish?(): void;
  /** What it has carried so far; absent where the backend does not see single segments, or the link does not count. */
  usage?(): LinkUsage;
}

/** One way to apply a link: a file in this folder and a line in backend.ts. */
export interface LinkBackend {
  readonly backend: string;
  readonly capabilities: readonly LinkCapability[];
  /**
   * Whether it can apply such a link; starts nothing.
   * @throws FieldbenchError `FB_LINK_CAPABILITY` that names what it cannot do
   */
  readonly check: (ask: LinkAsk) => void;
  /** @throws FieldbenchError `FB_LINK_CAPABILITY` when it cannot do what the options ask for. */
  readonly start: (options: LinkOptions, context: PartContext) => Promise<StartedFaultyLink>;
}
