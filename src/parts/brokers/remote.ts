// A broker that somebody else runs, named by a URL: it is judged, and never touched.
import { FieldbenchError } from '../../error.ts';
import type { BrokerDriver, Endpoint } from '../part.ts';
import { startBroker, type BrokerInstance, type BrokerRecipe } from './broker-life.ts';

/** A broker that somebody else runs is there already, or is not: nobody waits a minute for a typing error. */
const readyWithinMs = 10_000;

const untouched = (): Promise<void> => Promise.resolve();

const instance: BrokerInstance = {
  version: 'unknown',
  // Its end shows on the connections to it; the bench has no other sight of it.
  gone: new Promise<string>(() => undefined),
  lastWords: () => '',
  stop: untouched,
  kill: untouched,
};

/** Scheme of the URL -> the port where it names none. */
const schemes: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'ws:': 80 };

/**
 * The broker at `mqtt://HOST:PORT` (port 1883 when left out), or at `ws://HOST:PORT/PATH` for MQTT over WebSocket.
 * @throws FieldbenchError `FB_TARGET_URL` when the URL is none or asks for what is not there yet.
 */
export function remoteBroker(url: string): BrokerDriver {
  const endpoint = endpointOf(url);
  const { host, port, path } = endpoint;
  const recipe: BrokerRecipe = {
    how: path === undefined ? `mqtt://${host}:${port}` : `ws://${host}:${port}${path}`,
    endpoint,
    variants: path === undefined ? {} : { websocket: endpoint },
    readyWithinMs,
    foreign: true,
    launch: () => Promise.resolve(instance),
  };
  return { kind: 'remote', start: (name, context) => startBroker(name, recipe, context) };
}

function endpointOf(url: string): Endpoint {
  const parsed = URL.parse(url);
  if (!parsed) throw badUrl('no URL', 'is there a typing error in it?');
  const { protocol, hostname, port, username, password, pathname, search } = parsed;
  if (hostname === '') throw badUrl('no host', 'is there a typing error in it?');
  const usualPort = Object.hasOwn(schemes, protocol) ? schemes[protocol] : undefined;
  if (usualPort === undefined) throw badUrl(protocol, 'without TLS so far: give the address of such a listener');
  if (username !== '' || password !== '' || search !== '') {
    throw badUrl('a URL with credentials or a query', 'a URL ends up in reports: give a listener that needs none');
  }
  const place = { host: hostname.replaceAll(/^\[|\]$/g, ''), port: port === '' ? usualPort : Number(port) };
  if (protocol === 'ws:') return { ...place, path: pathname };
  if (!['', '/'].includes(pathname)) throw badUrl('a URL with a path', 'leave the path out, it is for ws:// only');
  return place;
}

/** The URL itself is not repeated: it may hold a password. */
function badUrl(actual: string, hint: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_TARGET_URL',
    message: 'the target URL cannot be used',
    expected: 'mqtt://HOST:PORT or ws://HOST:PORT/PATH',
    actual,
    hint,
  });
}
