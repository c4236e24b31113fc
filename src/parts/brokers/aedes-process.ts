// The child that is the embedded broker: Aedes behind one TCP listener, alive only as long as its parent is.
import { createServer } from 'node:net';
import { Aedes } from 'aedes';

/** What the child tells its parent once it listens. */
export interface AedesListening {
  readonly port: number;
  readonly version: string;
}

// The channel breaks when the parent is gone, kill -9 included: nothing may outlive the bench.
process.once('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);

const broker = await Aedes.createBroker();
const server = createServer(broker.handle);

function end(code: number): void {
  server.close();
  broker.close(() => process.exit(code));
}

process.once('SIGTERM', () => end(0));

server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  process.send?.({ port, version: (broker as unknown as { version: string }).version } satisfies AedesListening);
});
