// A broker that somebody else runs, named by a URL: it is judged, and never touched.
import { FieldbenchError } from '../../error.ts';
import type { TlsDial } from '../../net/endpoint.ts';
import type { BrokerDriver, Endpoint, Login } from '../part.ts';
import { startBroker, type BrokerInstance, type BrokerRecipe } from './broker-life.ts';
import { outputOf, versionOf } from './version-of.ts';
import type { VersionSource } from './target-way.ts';

/** A broker that somebody else runs is there already, or is not: nobody waits a minute for a typing error. */
const readyWithinMs = 10_000;

const untouched = (): Promise<void> => Promise.resolve();

const instance: Omit<BrokerInstance, 'version'> = {
  // Its end shows on the connections to it; the bench has no other sight of it.
  gone: new Promise<string>(() => undefined),
  lastWords: () => '',
  stop: untouched,
  kill: untouched,
  pause: untouched,
  resume: untouched,
};

/** Scheme of the URL -> the port where it names none. */
const schemes: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };

/** What is known of a broker beside its URL. */
export interface RemoteOptions {
  /** What every CONNECT carries. */
  readonly login?: Login;
  /** How to dial over TLS; default: by a certificate that this machine trusts. */
  readonly tls?: TlsDial;
  /** URL of its WebSocket listener, where `url` is not that. */
  readonly websocket?: string;
  /** Where its version is read from, packages by the folder `here`; default: it is not known. */
  readonly version?: { readonly source: VersionSource; readonly here: string };
}

/**
 * The broker at `mqtt://HOST:PORT` (port 1883 when left out), or at `ws://HOST:PORT/PATH` for MQTT over WebSocket; with
 * `mqtts://` (port 8883) or `wss://` over TLS, by a certificate that this machine trusts (`NODE_EXTRA_CA_CERTS` adds to
 * what it does).
 * @throws FieldbenchError `FB_TARGET_URL` when the URL is none or cannot be used.
 */
export function remoteBroker(url: string, options: RemoteOptions = {}): BrokerDriver {
  const endpoint = withTls(remoteEndpoint(url), options.tls);
  const { host, port, path, tls } = endpoint;
  const scheme = `${path === undefined ? 'mqtt' : 'ws'}${tls ? 's' : ''}`;
  const websocket = path === undefined ? webSocketOf(options) : { ...endpoint, path };
  const recipe: Omit<BrokerRecipe, 'launch'> = {
    how: `${scheme}://${host}:${port}${path ?? ''}`,
    endpoint,
    ...(options.login && { login: options.login }),
    variants: websocket === undefined ? {} : { websocket },
    readyWithinMs,
    foreign: true,
  };
  return {
    kind: 'remote',
    async start(name, context) {
      const { signal, owns } = context;
      const surroundings = { folder: owns.scratch, run: owns.labels['fieldbench.run'], signal };
      const run = (command: readonly string[]): Promise<string> => outputOf(command, surroundings);
      const { source = { text: 'unknown' }, here = owns.scratch } = options.version ?? {};
      const version = await versionOf(source, { run, here });
      return startBroker(name, { ...recipe, launch: () => Promise.resolve({ ...instance, version }) }, context);
    },
  };
}

function webSocketOf({ websocket, tls }: RemoteOptions): Endpoint | undefined {
  if (websocket === undefined) return undefined;
  const endpoint = withTls(remoteEndpoint(websocket), tls);
  if (endpoint.path === undefined) throw badUrl('no URL of a WebSocket', 'it begins with ws:// or wss://');
  return endpoint;
}

function withTls(endpoint: Endpoint, tls: TlsDial | undefined): Endpoint {
  return endpoint.tls && tls ? { ...endpoint, tls: { ...endpoint.tls, ...tls } } : endpoint;
}

/**
 * Where such a URL points.
 * @throws FieldbenchError `FB_TARGET_URL`
 */
export function remoteEndpoint(url: string): Endpoint {
  const parsed = URL.parse(url);
  if (!parsed) throw badUrl('no URL', 'is there a typing error in it?');
  const { protocol, hostname, port, username, password, pathname, search } = parsed;
  if (hostname === '') throw badUrl('no host', 'is there a typing error in it?');
  const usualPort = Object.hasOwn(schemes, protocol) ? schemes[protocol] : undefined;
  if (usualPort === undefined) throw badUrl(protocol, 'is there a typing error in it?');
  if (username !== '' || password !== '' || search !== '') {
    throw badUrl(
      'a URL with credentials or a query',
      'a URL ends up in reports: give a target file with "credentials" instead',
    );
  }
  const isSecure = protocol === 'mqtts:' || protocol === 'wss:';
  const place = {
    host: hostname.replaceAll(/^\[|\]$/g, ''),
    port: port === '' ? usualPort : Number(port),
    ...(isSecure && { tls: {} }),
  };
  if (protocol === 'ws:' || protocol === 'wss:') return { ...place, path: pathname };
  if (!['', '/'].includes(pathname))
    throw badUrl('a URL with a path', 'leave the path out, it is for ws:// and wss:// only');
  return place;
}

/** The URL itself is not repeated: it may hold a password. */
function badUrl(actual: string, hint: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_TARGET_URL',
    message: 'the target URL cannot be used',
    expected: 'mqtt://HOST:PORT or ws://HOST:PORT/PATH, with mqtts:// or wss:// over TLS',
    actual,
    hint,
  });
}
