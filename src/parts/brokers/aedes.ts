// The embedded default: Aedes in a child process of its own, so that it can be killed like a real broker.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrokerDriver } from '../part.ts';
import type { AedesListening } from './aedes-process.ts';
import { startBroker, type BrokerInstance } from './broker-life.ts';
import { freePort } from './free-port.ts';
import { firstMessage, launchProcess } from './local-process.ts';

/** Beside this file, with its ending: `.ts` from the source, `.js` from the package. */
const program = fileURLToPath(new URL(`aedes-process${extname(import.meta.url)}`, import.meta.url));

/** Aedes 1.x, MQTT 3.1 and 3.1.1, everything in memory: sessions and retained messages end with the process. */
export const aedes: BrokerDriver = {
  kind: 'aedes',
  async start(name, context) {
    const port = await freePort();
    const launch = async (): Promise<BrokerInstance> => {
      const started = launchProcess(
        { command: process.execPath, args: [program, String(port)], what: `broker ${name} (aedes)`, ipc: true },
        context,
      );
      const told = (await firstMessage(started, context)) as AedesListening | undefined;
      return { ...started, version: told?.version ?? 'unknown' };
    };
    return startBroker(
      name,
      { how: 'npm aedes in a process of its own', endpoint: { host: '127.0.0.1', port }, launch },
      context,
    );
  },
};
