// The embedded default: Aedes in a child process of its own, so that it can be killed like a real broker.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrokerDriver, BrokerVariants } from '../part.ts';
import type { AedesListening, AedesOrders } from './aedes-process.ts';
import { startBroker, type BrokerInstance } from './broker-life.ts';
import { freePorts } from './free-port.ts';
import { firstMessage, launchProcess } from './local-process.ts';
import { newLogin } from './login.ts';

/** Beside this file, with its ending: `.ts` from the source, `.js` from the package. */
const program = fileURLToPath(new URL(`aedes-process${extname(import.meta.url)}`, import.meta.url));

const host = '127.0.0.1';

/**
 * Aedes 1.x, MQTT 3.1 and 3.1.1, with a plain listener, one for WebSocket, and one with an access control list.
 * Everything is in memory: sessions and retained messages end with the process.
 */
export const aedes: BrokerDriver = {
  kind: 'aedes',
  async start(name, context) {
    const [port = 0, websocketPort = 0, aclPort = 0] = await freePorts(3);
    const login = newLogin();
    const orders: AedesOrders = { host, port, websocketPort, aclPort, login };
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
    };
    const how = 'npm aedes in a process of its own';
    return startBroker(name, { how, endpoint: { host, port }, variants, launch }, context);
  },
};
