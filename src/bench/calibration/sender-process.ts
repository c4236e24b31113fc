// The child at the near end of a measurement: sends messages by a schedule that no answer and no delay can move.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { bulkPiece, machineMs, writeMessage } from './message.ts';

/** Said first. */
export interface SenderOrders {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly messageB: number;
}

/** Said after that: one message per connection every so often; the connections begin evenly spread over one interval. */
export interface Schedule {
  readonly perConnection: number;
  readonly everyMs: number;
}

/** Or: so many large packets on the first connection, as fast as they go. */
export interface Bulk {
  readonly pieces: number;
}

// The channel breaks when the parent is gone, kill -9 included: nothing may outlive the bench.
process.once('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);

/** Time until the first message of a schedule. */
const leadMs = 20;

const [{ host, port, connections, messageB }] = (await once(process, 'message')) as [SenderOrders];
const sockets = await Promise.all(Array.from({ length: connections }, dialled));

async function dialled(): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  socket.on('error', (error) => {
    throw error;
  });
  return socket;
}

interface Due {
  readonly connection: number;
  readonly n: number;
  readonly intendedMs: number;
}

function play({ perConnection, everyMs }: Schedule): void {
  const beginMs = machineMs() + leadMs;
  const all = Array.from({ length: perConnection * connections }, (_, i): Due => {
    const [n, connection] = [Math.floor(i / connections), i % connections];
    return { n, connection, intendedMs: beginMs + (n + connection / connections) * everyMs };
  });
  let at = 0;
  const run = (): void => {
    for (let due = all[at]; due && due.intendedMs <= machineMs(); due = all[++at]) {
      sockets[due.connection]?.write(writeMessage({ ...due, sentMs: machineMs() }, messageB));
    }
    const next = all[at];
    if (next) setTimeout(run, next.intendedMs - machineMs());
    else process.send?.({ sent: all.length });
  };
  run();
}

async function pour(pieces: number): Promise<void> {
  const [socket] = sockets;
  const piece = bulkPiece();
  for (let i = 0; i < pieces; i++) if (socket?.write(piece) === false) await once(socket, 'drain');
  process.send?.({ sent: pieces });
}

process.on('message', (order: Schedule | Bulk) => {
  if ('pieces' in order) void pour(order.pieces);
  else play(order);
});
process.send?.({ connected: connections });
