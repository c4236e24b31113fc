// The world that parts live in during tests: machine clock, history in memory, an Aedes broker that can be cut off.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import type { AedesPublishPacket } from 'aedes';
import { memoryHistory } from '../../src/history/memory-history.ts';
import type { MemoryHistory } from '../../src/history/memory-history.ts';
import { machineClock } from '../../src/net/clock.ts';
import type { Endpoint, PartContext } from '../../src/parts/part.ts';

export interface TestWorld extends Disposable {
  readonly context: PartContext;
  readonly history: MemoryHistory;
  /** Ends the run. */
  abort(): void;
}

export function testWorld(seed = 7): TestWorld {
  const clock = machineClock();
  const history = memoryHistory(() => clock.nowMs());
  const aborting = new AbortController();
  const owns = { ownProcess() {}, ownContainer() {}, ownPath() {}, release() {}, labels: {}, scratch: scratch() };
  const abort = (): void => aborting.abort(new Error('the test is over'));
  const context = { clock, seed, history, owns, signal: aborting.signal };
  return {
    context,
    history,
    abort,
    [Symbol.dispose]() {
      abort();
      rmSync(owns.scratch, { recursive: true });
    },
  };
}

const scratch = (): string => mkdtempSync(join(tmpdir(), 'fieldbench-test-'));

/** An Aedes broker in this process. */
export interface TestBroker extends AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly aedes: Aedes;
  /** Messages that the broker took, wills too, in the order they came; a test may empty it. */
  readonly taken: AedesPublishPacket[];
  /** Resolves with the first message, taken already or to come, that fits. */
  next(fits: (packet: AedesPublishPacket) => boolean): Promise<AedesPublishPacket>;
  /** Resets every connection. */
  cutOff(): void;
  /** Stops listening, and resets; `listenAgain` opens the same port. */
  close(): Promise<void>;
  listenAgain(): Promise<void>;
}

export async function testBroker(
  options: ConstructorParameters<typeof Aedes>[0] = {},
  wantedPort = 0,
): Promise<TestBroker> {
  const aedes = await Aedes.createBroker(options);
  const sockets = new Set<Socket>();
  const taken: AedesPublishPacket[] = [];
  const waiting = new Set<() => void>();
  aedes.on('publish', (packet, client) => {
    if (!client && packet.topic.startsWith('$SYS')) return;
    taken.push(packet);
    for (const look of waiting) look();
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    aedes.handle(socket);
  });
  await listening(server, wantedPort);
  const port = portOf(server);
  const cutOff = (): void => sockets.forEach((socket) => socket.resetAndDestroy());
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    cutOff();
    await closed;
  };
  return {
    endpoint: { host: '127.0.0.1', port },
    aedes,
    taken,
    cutOff,
    close,
    listenAgain: () => listening(server, port),
    next: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = taken.find(fits);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      if (server.listening) await close();
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  await listening(server, 0);
  const port = portOf(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
