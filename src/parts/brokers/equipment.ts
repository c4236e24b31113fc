// What one instance of a described broker gets from the run: ports, a login, certificates; and how clients come in with them.
import { listenerCertificates, type ListenerCertificates } from '../../net/listener-certificates.ts';
import type { BrokerVariants, Endpoint, Login } from '../part.ts';
import { deniedTopics } from '../part.ts';
import { mosquittoPasswordLine, newLogin, rabbitmqHash } from './login.ts';
import { placeholdersIn } from './placeholders.ts';
import { listenerNames, type InstancePlan, type ListenerName, type ListenerPlan } from './target-way.ts';

/** Where clients dial. */
const host = '127.0.0.1';

/** Port by its name: those of listeners, and further ones. */
export type Ports = ReadonlyMap<string, number>;

/** What an instance got. */
export interface Equipment {
  readonly login: Login;
  readonly certificates?: ListenerCertificates;
  /** Where clients dial. */
  readonly ports: Ports;
}

/** Names of the ports that an instance needs: of each listener that does not stand on another's, and further ones. */
export function portNames({ listeners, ports }: Pick<InstancePlan, 'listeners' | 'ports'>): readonly string[] {
  return [...listenersOf(listeners).flatMap(([name, it]) => (it.on === undefined ? [name] : [])), ...ports];
}

const tlsFileNames = { ca: 'tls-ca.pem', cert: 'tls-server.pem', key: 'tls-server-key.pem' } as const;

/** The files in an instance's folder that hold its certificates. */
export function tlsFiles({ certificates }: Equipment): Readonly<Record<string, string>> {
  if (certificates === undefined) return {};
  const { ca, cert, key } = tlsFileNames;
  return { [ca]: certificates.caPem, [cert]: certificates.server.certPem, [key]: certificates.server.keyPem };
}

/** Whether an instance needs certificates. */
function needsCertificate({ listeners, files, args, environment }: InstancePlan): boolean {
  if (listeners.tls !== undefined || listeners.clientCertificates !== undefined) return true;
  const texts = [
    ...Object.values(files).filter((it) => typeof it === 'string'),
    ...args,
    ...Object.values(environment),
  ];
  return texts.flatMap(placeholdersIn).some((name) => name.startsWith('tls.'));
}

/** What an instance that listens there is given. */
export async function equip(plan: InstancePlan, ports: Ports): Promise<Equipment> {
  const login = newLogin();
  if (!needsCertificate(plan)) return { login, ports };
  return { login, ports, certificates: await listenerCertificates([host, 'localhost']) };
}

/** What placeholders stand for within an instance. */
export interface InnerPlace {
  readonly dir: string;
  /** Address to listen on. */
  readonly host: string;
  readonly ports: Ports;
  readonly words: Readonly<Record<string, string>>;
}

/** What each placeholder stands for. Those that no target file may hold have been refused when it was read. */
export function valuesOf(inner: InnerPlace, login: Login): (name: string) => string {
  const known: Readonly<Record<string, string | undefined>> = {
    ...inner.words,
    dir: inner.dir,
    host: inner.host,
    deniedTopics,
    'login.userName': login.userName,
    'login.password': login.password,
    'tls.caFile': `${inner.dir}/${tlsFileNames.ca}`,
    'tls.certFile': `${inner.dir}/${tlsFileNames.cert}`,
    'tls.keyFile': `${inner.dir}/${tlsFileNames.key}`,
  };
  return (name) => {
    // Made where they are asked for: each has a salt of its own.
    if (name === 'login.mosquittoLine') return mosquittoPasswordLine(login).trimEnd();
    if (name === 'login.rabbitmqHash') return rabbitmqHash(login);
    const port = name.startsWith('port.') ? inner.ports.get(name.slice('port.'.length)) : undefined;
    return port?.toString() ?? known[name] ?? `\${${name}}`;
  };
}

/** A way into an instance, as its readiness is tried. */
export interface Entrance {
  readonly endpoint: Endpoint;
  readonly login?: Login;
}

/** Every way into an instance. */
export interface Entrances {
  /** The plain listener, or where there is none, the first that is described. */
  readonly first: Entrance;
  readonly others: readonly Entrance[];
  readonly variants: BrokerVariants;
}

/** How clients come in. */
export function entrancesOf({ listeners }: Pick<InstancePlan, 'listeners'>, equipment: Equipment): Entrances {
  const all = listenersOf(listeners).map(([name, it]) => [name, entrance(name, it, equipment)] as const);
  const [[, first] = ['mqtt', noEntrance()] as const, ...others] = all;
  const { websocket, acl, login, tls, clientCertificates } = Object.fromEntries(all) as Partial<
    Record<ListenerName, Entrance>
  >;
  const { clients } = equipment.certificates ?? {};
  return {
    first,
    others: others.map(([, it]) => it),
    variants: {
      ...(websocket && { websocket: websocket.endpoint }),
      ...(acl && { acl: { endpoint: acl.endpoint, ...equipment.login } }),
      ...(login && { login: { endpoint: login.endpoint, ...equipment.login } }),
      ...(tls && { tls: tls.endpoint }),
      ...(clientCertificates &&
        clients && {
          clientCertificates: {
            endpoint: clientCertificates.endpoint,
            expired: clients.expired,
            unknown: clients.unknown,
          },
        }),
    },
  };
}

/** The plain one first, whatever the order of the file. */
function listenersOf(listeners: InstancePlan['listeners']): readonly (readonly [ListenerName, ListenerPlan])[] {
  return listenerNames.flatMap((name) => {
    const it = listeners[name];
    return it === undefined ? [] : [[name, it] as const];
  });
}

function entrance(name: ListenerName, it: ListenerPlan, { ports, login, certificates }: Equipment): Entrance {
  const isTls = name === 'tls' || name === 'clientCertificates';
  const { caPem = '', clients } = certificates ?? {};
  const own = name === 'clientCertificates' ? clients?.good : undefined;
  return {
    endpoint: {
      host,
      port: ports.get(it.on ?? name) ?? 0,
      ...(it.path !== undefined && { path: it.path }),
      ...(isTls && { tls: { caPem, ...own } }),
    },
    ...((it.login === true || name === 'login' || name === 'acl') && { login }),
  };
}

function noEntrance(): never {
  throw new Error('an instance without a listener');
}
