// A broker that somebody else runs, named by a URL: it is judged, and never touched.
import { FieldbenchError } from '../../error.ts';
import type { BrokerDriver, Endpoint } from '../part.ts';
import { startBroker, type BrokerInstance } from './broker-life.ts';

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

/**
 * The broker at `mqtt://HOST:PORT` (port 1883 when left out).
 * @throws FieldbenchError `FB_TARGET_URL` when the URL is none or asks for what is not there yet.
 */
export function remoteBroker(url: string): BrokerDriver {
  const endpoint = endpointOf(url);
  const how = `mqtt://${endpoint.host}:${endpoint.port}`;
  return {
    kind: 'remote',
    start: (name, context) =>
      startBroker(
        name,
        { how, endpoint, readyWithinMs, foreign: true, launch: () => Promise.resolve(instance) },
        context,
      ),
  };
}

function endpointOf(url: string): Endpoint {
  const parsed = URL.parse(url);
  if (!parsed || parsed.hostname === '') throw badUrl(parsed ? 'no host' : 'no URL', 'is there a typing error in it?');
  const { protocol, hostname, port, username, password, pathname, search } = parsed;
  if (protocol !== 'mqtt:') throw badUrl(protocol, 'only plain TCP so far: give the address of such a listener');
  if (username !== '' || password !== '') {
    throw badUrl('a URL with credentials', 'a URL ends up in reports: give a listener that needs none');
  }
  if (!['', '/'].includes(pathname) || search !== '') throw badUrl('a URL with a path', 'leave the path out');
  return { host: hostname.replaceAll(/^\[|\]$/g, ''), port: port === '' ? 1883 : Number(port) };
}

/** The URL itself is not repeated: it may hold a password. */
function badUrl(actual: string, hint: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_TARGET_URL',
    message: 'the target URL cannot be used',
    expected: 'mqtt://HOST:PORT',
    actual,
    hint,
  });
}
