// The listeners of a mutant: each of a good broker's, with what is wrong before it and no tap between.
import type { LoginFault, TlsFault } from '../faults/listener-fault.ts';
import { plainProfile } from '../faults/link-profile.ts';
import type { PacketFault } from '../faults/packet-fault.ts';
import type { Segmentation } from '../faults/segmentation.ts';
import type { WebSocketFault } from '../faults/websocket-fault.ts';
import type { ConnectionIds } from '../net/connection-ids.ts';
import { startEmbeddedLink } from '../parts/links/embedded.ts';
import { startLoginMutant } from '../parts/links/login-mutant.ts';
import { startTlsMutant } from '../parts/links/tls-mutant.ts';
import { startWebSocketMutant } from '../parts/links/websocket-mutant.ts';
import type { BrokerVariants, Endpoint, PartContext, StartedBroker } from '../parts/part.ts';

/** What is wrong with a mutant, or another way of being right. */
export interface MutantFaults {
  /** Played before each of its listeners without TLS and WebSocket, counted for each apart. */
  readonly faults: readonly PacketFault[];
  readonly websocket?: WebSocketFault;
  readonly login?: LoginFault;
  readonly tls?: TlsFault;
  /** Played before the plain listener, which stands in for the one with an access control list. */
  readonly acl?: readonly PacketFault[];
  /** Cuts the streams anew. */
  readonly segments?: Segmentation;
}

/** Where a mutant listens. */
export interface MutantListeners {
  readonly endpoint: Endpoint;
  readonly variants: BrokerVariants;
}

/** What starting them needs of the bench. */
export interface MutantWorld {
  readonly context: PartContext;
  readonly connectionIds: ConnectionIds;
  /** Ends it with the bench. */
  use<T extends AsyncDisposable>(part: T): T;
}

/**
 * Starts a listener before each of the base's; one that cannot be broken by its faults is the base's own.
 * @throws FieldbenchError `FB_FAULT_NAME`
 */
export async function startMutantListeners(
  name: string,
  base: StartedBroker,
  mutant: MutantFaults,
  world: MutantWorld,
): Promise<MutantListeners> {
  const { endpoint, variants } = base;
  const { acl, login, websocket } = variants;
  const before = (upstream: Endpoint, faults = mutant.faults): Promise<Endpoint> =>
    faultsBefore({ name, server: base.name, upstream }, { ...mutant, faults }, world);
  const atList = (listed: Endpoint): Promise<Endpoint> =>
    mutant.acl === undefined ? before(listed) : before(endpoint, mutant.acl);
  return {
    endpoint: await before(endpoint),
    variants: {
      ...(acl && { acl: { ...acl, endpoint: await atList(acl.endpoint) } }),
      ...(login && { login: { ...login, endpoint: await loginBefore(name, login, mutant, world, before) } }),
      ...(websocket && { websocket: await webSocketBefore(name, websocket, mutant, world) }),
      ...(await tlsBefore(name, base, mutant, world)),
    },
  };
}

async function loginBefore(
  name: string,
  upstream: Required<BrokerVariants>['login'],
  { login: fault }: MutantFaults,
  world: MutantWorld,
  before: (upstream: Endpoint) => Promise<Endpoint>,
): Promise<Endpoint> {
  if (fault === undefined) return before(upstream.endpoint);
  return world.use(await startLoginMutant({ name, upstream, fault }, world.context)).endpoint;
}

/** Packet faults stand before TCP only. */
async function webSocketBefore(
  name: string,
  upstream: Endpoint,
  { websocket: fault }: MutantFaults,
  world: MutantWorld,
): Promise<Endpoint> {
  if (fault === undefined) return upstream;
  return world.use(await startWebSocketMutant({ name, upstream, fault }, world.context)).endpoint;
}

async function tlsBefore(
  name: string,
  { endpoint, variants: { tls, clientCertificates } }: StartedBroker,
  { tls: fault }: MutantFaults,
  world: MutantWorld,
): Promise<BrokerVariants> {
  if (fault !== undefined) return world.use(await startTlsMutant({ name, upstream: endpoint, fault })).variants;
  return { ...(tls && { tls }), ...(clientCertificates && { clientCertificates }) };
}

async function faultsBefore(
  names: { readonly name: string; readonly server: string; readonly upstream: Endpoint },
  { faults, segments }: MutantFaults,
  world: MutantWorld,
): Promise<Endpoint> {
  const link = await startEmbeddedLink(
    {
      ...names,
      client: 'checks',
      profile: plainProfile,
      faults,
      ...(segments && { segments }),
      taps: false,
      connectionIds: world.connectionIds,
    },
    world.context,
  );
  return world.use(link).endpoint;
}
