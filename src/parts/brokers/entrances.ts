// The ways into a described broker, as clients are told of them.
import type { BrokerVariants, Endpoint, Login } from '../part.ts';
import { loopback, type Equipment } from './equipment.ts';
import { listenersOf, type InstancePlan, type ListenerName, type ListenerPlan } from './target-way.ts';

/** One way in. */
export interface Entrance {
  readonly endpoint: Endpoint;
  /** What every CONNECT there has to carry. */
  readonly login?: Login;
}

/** Every way into an instance. */
export interface Entrances {
  /** The plain listener, or where there is none, the first of the others. */
  readonly first: Entrance;
  readonly others: readonly Entrance[];
  readonly variants: BrokerVariants;
}

/** How clients come in. */
export function entrancesOf({ listeners }: Pick<InstancePlan, 'listeners'>, equipment: Equipment): Entrances {
  const all = listenersOf(listeners).map(([name, it]) => [name, entrance(name, it, equipment)] as const);
  const [first, ...others] = all.map(([, it]) => it);
  if (first === undefined) throw new Error('an instance without a listener');
  return { first, others, variants: variantsOf(new Map(all), equipment) };
}

function entrance(name: ListenerName, it: ListenerPlan, equipment: Equipment): Entrance {
  const endpoint = {
    host: loopback,
    port: equipment.ports.get(it.on ?? name) ?? 0,
    ...(it.path !== undefined && { path: it.path }),
    ...tlsOf(name, equipment),
  };
  if (name === 'acl') return { endpoint, login: equipment.acl };
  return { endpoint, ...((it.login === true || name === 'login') && { login: equipment.login }) };
}

function tlsOf(name: ListenerName, { certificates }: Equipment): Pick<Endpoint, 'tls'> {
  const { caPem = '', clients } = certificates ?? {};
  if (name === 'tls') return { tls: { caPem } };
  return name === 'clientCertificates' ? { tls: { caPem, ...clients?.good } } : {};
}

function variantsOf(ways: ReadonlyMap<ListenerName, Entrance>, equipment: Equipment): BrokerVariants {
  const [websocket, login, acl, tls] = (['websocket', 'login', 'acl', 'tls'] as const).map(
    (it) => ways.get(it)?.endpoint,
  );
  const certified = ways.get('clientCertificates')?.endpoint;
  const clients = equipment.certificates?.clients;
  return {
    ...(websocket && { websocket }),
    ...(login && { login: { endpoint: login, ...equipment.login } }),
    ...(acl && { acl: { endpoint: acl, ...equipment.acl } }),
    ...(tls && { tls }),
    ...(certified &&
      clients && {
        clientCertificates: { endpoint: certified, expired: clients.expired, unknown: clients.unknown },
      }),
  };
}
