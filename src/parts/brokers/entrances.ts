// The ways into a described broker, as clients are told of them.
import type { BrokerVariants, Endpoint, Login } from '../part.ts';
import { loopback, type Equipment } from './equipment.ts';
import { listenersOf, type InstancePlan, type ListenerName } from './target-way.ts';

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
  const all = listenersOf(listeners).map(([name]) => [name, entrance(name, listeners, equipment)] as const);
  const [first, ...others] = all.map(([, it]) => it);
  if (first === undefined) throw new Error('an instance without a listener');
  return { first, others, variants: variantsOf(new Map(all), equipment) };
}

function entrance(name: ListenerName, listeners: InstancePlan['listeners'], equipment: Equipment): Entrance {
  const { on = name, path } = listeners[name] ?? {};
  const endpoint = {
    host: loopback,
    port: equipment.ports.get(on) ?? 0,
    ...(path !== undefined && { path }),
    ...tlsOf(name, equipment),
  };
  if (name === 'acl') return { endpoint, login: equipment.acl };
  const isPlain = name === 'mqtt' || name === 'websocket';
  const asks = name === 'login' || (isPlain && listeners.mqtt?.login === true);
  return { endpoint, ...(asks && { login: equipment.login }) };
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
