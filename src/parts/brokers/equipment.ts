// What one instance of a described broker gets from the run: ports, logins, and certificates where it speaks of them.
import { goodClientName, listenerCertificates, type ListenerCertificates } from '../../net/listener-certificates.ts';
import { deniedTopics, type Login } from '../part.ts';
import { mosquittoPasswordLine, newLogin, passwordSha256, rabbitmqHash } from './login.ts';
import { eachText, placeholdersIn, type loginForms } from './placeholders.ts';
import { listenersOf, type InstancePlan } from './target-way.ts';

/** Port by its name: those of listeners, and further ones. */
export type Ports = ReadonlyMap<string, number>;

/** What an instance got. */
export interface Equipment {
  /** Where clients dial. */
  readonly ports: Ports;
  readonly login: Login;
  /** Of the listener `acl`: brokers hold it against the user who it is, and not which listener it came by. */
  readonly acl: Login;
  readonly certificates?: ListenerCertificates;
}

/** Where clients dial described brokers. */
export const loopback = '127.0.0.1';

/** Names of the ports that an instance needs: of each listener that does not stand on another's, and further ones. */
export function portNames({ listeners, ports }: Pick<InstancePlan, 'listeners' | 'ports'>): readonly string[] {
  return [...listenersOf(listeners).flatMap(([name, it]) => (it.on === undefined ? [name] : [])), ...ports];
}

/** What an instance that can be dialled at these ports is given. */
export async function equip(plan: InstancePlan, ports: Ports): Promise<Equipment> {
  const given = { ports, login: newLogin(), acl: newLogin('listed') };
  // It takes longer than the whole start of most brokers.
  if (!speaksOfTls(plan)) return given;
  return { ...given, certificates: await listenerCertificates([loopback, 'localhost']) };
}

function speaksOfTls({ listeners, files, args, environment, before = [] }: InstancePlan): boolean {
  if (listeners.tls !== undefined || listeners.clientCertificates !== undefined) return true;
  const ownFiles = Object.values(files).filter((it) => typeof it === 'string');
  const texts = [...ownFiles, ...args, ...Object.values(environment), ...before.flat()];
  return texts.flatMap(placeholdersIn).some((name) => name.startsWith('tls.'));
}

const tlsFileNames = { caFile: 'tls-ca.pem', certFile: 'tls-server.pem', keyFile: 'tls-server-key.pem' } as const;

/** The files in an instance's folder that hold its certificates. */
export function tlsFiles({ certificates }: Equipment): Readonly<Record<string, string>> {
  if (certificates === undefined) return {};
  const { caFile, certFile, keyFile } = tlsFileNames;
  const { caPem, server } = certificates;
  return { [caFile]: caPem, [certFile]: server.certPem, [keyFile]: server.keyPem };
}

/** What a broker said, without the passwords that it was given. */
export function withoutSecrets(text: string, { login, acl }: Equipment): string {
  return text.replaceAll(login.password, '***').replaceAll(acl.password, '***');
}

/** An instance as it sees itself. */
export interface InnerPlace {
  readonly dir: string;
  /** Address to listen on. */
  readonly host: string;
  readonly ports: Ports;
  /** Placeholders of its kind. */
  readonly words: Readonly<Record<string, string>>;
}

/** What each placeholder stands for. Those that no target file may hold have been refused when it was read. */
export function valuesOf(inner: InnerPlace, { login, acl }: Equipment): (name: string) => string {
  const { dir, host, words } = inner;
  const known: Readonly<Record<string, string>> = {
    ...words,
    dir,
    host,
    deniedTopics,
    ...prefixed('port', Object.fromEntries([...inner.ports].map(([name, port]) => [name, `${port}`]))),
    ...prefixed(
      'tls',
      eachText(tlsFileNames, (file) => `${dir}/${file}`),
    ),
    'tls.clientName': goodClientName,
    ...prefixed('login', formsOf(login)),
    ...prefixed('acl', formsOf(acl)),
  };
  return (name) => known[name] ?? `\${${name}}`;
}

function formsOf(login: Login): Readonly<Record<keyof typeof loginForms, string>> {
  return {
    ...login,
    mosquittoLine: mosquittoPasswordLine(login).trimEnd(),
    rabbitmqHash: rabbitmqHash(login),
    passwordSha256: passwordSha256(login),
  };
}

const prefixed = (prefix: string, it: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(it).map(([name, text]) => [`${prefix}.${name}`, text]));
