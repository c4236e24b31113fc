// The embedded default: Aedes in a child process of its own, so that it can be killed like a real broker.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listenerCertificates, type ListenerCertificates } from '../../net/listener-certificates.ts';
import type { BrokerDriver, BrokerVariants, PartContext, StartedBroker } from '../part.ts';
import type { AedesListening, AedesOrders } from './aedes-process.ts';
import { startBroker, type BrokerInstance } from './broker-life.ts';
import { freePorts } from './free-port.ts';
import { firstMessage, launchProcess } from './local-process.ts';
import { newLogin } from './login.ts';
import { securedListeners } from './secured-listeners.ts';

/** Beside this file, with its ending: `.ts` from the source, `.js` from the package. */
const program = fileURLToPath(new URL(`aedes-process${extname(import.meta.url)}`, import.meta.url));

const host = '127.0.0.1';

/**
 * Aedes 1.x, MQTT 3.1 and 3.1.1, with a plain listener, one for WebSocket, one that demands a login, and one with an
 * access control list; the secured one has two over TLS besides. Everything is in memory: sessions and retained messages
 * end with the process.
 */
export const aedes: BrokerDriver = {
  kind: 'aedes',
  start: (name, context) => startAedes(name, context),
  startSecured: async (name, context) => startAedes(name, context, await listenerCertificates([host])),
};

async function startAedes(
  name: string,
  context: PartContext,
  certificates?: ListenerCertificates,
): Promise<StartedBroker> {
  const [port = 0, websocketPort = 0, aclPort = 0, loginPort = 0, tlsPort = 0, certifiedPort = 0] = await freePorts(
    certificates ? 6 : 4,
  );
  const login = newLogin();
  const orders: AedesOrders = {
    host,
    port,
    websocketPort,
    aclPort,
    loginPort,
    login,
    ...(certificates && { tls: { ...certificates.server, caPem: certificates.caPem, tlsPort, certifiedPort } }),
  };
  const launch = async (): Promise<BrokerInstance> => {
    const started = launchProcess(
      { command: process.execPath, args: [program], what: `broker ${name} (aedes)`, ipc: true },
      context,
    );
    // Where the child is gone already, its end says so.
    started.child.send(orders, () => undefined);
    const told = (await firstMessage(started, context)) as AedesListening | undefined;
    return { ...started, version: told?.version ?? 'unknown' };
  };
  const variants: BrokerVariants = {
    websocket: { host, port: websocketPort, path: '/mqtt' },
    acl: { endpoint: { host, port: aclPort }, ...login },
    login: { endpoint: { host, port: loginPort }, ...login },
    ...(certificates &&
      securedListeners(certificates, { tls: { host, port: tlsPort }, certified: { host, port: certifiedPort } })),
  };
  const how = 'npm aedes in a process of its own';
  return startBroker(name, { how, endpoint: { host, port }, variants, launch }, context);
}
