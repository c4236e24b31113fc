// The child at the far end of a measurement: notes when each message arrived, and knows nothing of what lay between.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { machineMs, readMessage, type MessageHead } from './message.ts';

/** Said first. */
export interface ReceiverOrders {
  readonly host: string;
  /** Size of every message; 0: bytes are counted and not read. */
  readonly messageB: number;
}

/** Said after that: tell what came as soon as there is so much of it, and forget it. */
export interface ReceiverQuestion {
  /** Messages, or bytes where these are counted. */
  readonly count: number;
}

/** A message that came. */
export interface Arrival extends MessageHead {
  readonly arrivedMs: number;
}

/** Bytes that came together. */
export interface Chunk {
  readonly arrivedMs: number;
  readonly sizeB: number;
}

export interface ReceiverAnswer {
  readonly arrivals: readonly Arrival[];
  readonly chunks: readonly Chunk[];
}

// The channel breaks when the parent is gone, kill -9 included: nothing may outlive the bench.
process.once('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);

const [{ host, messageB }] = (await once(process, 'message')) as [ReceiverOrders];
let arrivals: Arrival[] = [];
let chunks: Chunk[] = [];
let countedB = 0;
let wanted: number | undefined;

function answer(): void {
  if (wanted === undefined || (messageB === 0 ? countedB : arrivals.length) < wanted) return;
  process.send?.({ arrivals, chunks } satisfies ReceiverAnswer);
  [arrivals, chunks, countedB, wanted] = [[], [], 0, undefined];
}

function receive(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    const arrivedMs = machineMs();
    if (messageB === 0) {
      chunks.push({ arrivedMs, sizeB: chunk.length });
      countedB += chunk.length;
    } else {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (; at + messageB <= bytes.length; at += messageB) arrivals.push({ ...readMessage(bytes, at), arrivedMs });
      rest = bytes.subarray(at);
    }
    answer();
  });
}

const server = createServer(receive).listen(0, host, 4096);
await once(server, 'listening');
process.on('message', (question: ReceiverQuestion) => {
  wanted = question.count;
  answer();
});
process.send?.({ port: (server.address() as AddressInfo).port });
