// Measured traffic from a sender to a receiver, each a process of its own that shares nothing with a link but the machine's clock.
import type { Endpoint, PartContext } from '../../parts/part.ts';
import { here, startChild, type Child, type Place } from './child.ts';
import type { Arrival, Chunk, ReceiverAnswer, ReceiverOrders } from './receiver-process.ts';
import type { Bulk, Schedule, SenderOrders } from './sender-process.ts';

export type { Arrival, Chunk } from './receiver-process.ts';
export type { Schedule } from './sender-process.ts';

/** The far end. */
export interface Receiver extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** Waits for so many messages and gives them; they are then forgotten. */
  messages(count: number): Promise<readonly Arrival[]>;
  /** The same for bytes that are counted only. */
  bytes(count: number): Promise<readonly Chunk[]>;
}

/** @param messageB size of every message; 0: bytes are counted and not read */
export async function startReceiver(
  messageB: number,
  context: PartContext,
  { host = '127.0.0.1', place = here }: { readonly host?: string; readonly place?: Place } = {},
): Promise<Receiver> {
  const child = startChild('receiver', place, context);
  const { port } = (await firstAnswer(child, { host, messageB } satisfies ReceiverOrders)) as { readonly port: number };
  const answer = async (count: number): Promise<ReceiverAnswer> => (await child.ask({ count })) as ReceiverAnswer;
  return {
    endpoint: { host, port },
    messages: async (count) => (await answer(count)).arrivals,
    bytes: async (count) => (await answer(count)).chunks,
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** The near end; its connections stand. */
export interface Sender extends AsyncDisposable {
  /** Resolves when the last message has been handed to the kernel. */
  play(schedule: Schedule): Promise<void>;
  /** Large packets, as fast as they go; see `bulkPieceB`. */
  pour(pieces: number): Promise<void>;
}

export interface SenderOptions {
  readonly to: Endpoint;
  readonly connections: number;
  readonly messageB: number;
  readonly place?: Place;
}

export async function startSender(
  { to, connections, messageB, place = here }: SenderOptions,
  context: PartContext,
): Promise<Sender> {
  const child = startChild('sender', place, context);
  await firstAnswer(child, { host: to.host, port: to.port, connections, messageB } satisfies SenderOrders);
  return {
    async play(schedule) {
      await child.ask(schedule satisfies Schedule);
    },
    async pour(pieces) {
      await child.ask({ pieces } satisfies Bulk);
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** Ends the child when it does not come up. */
async function firstAnswer(child: Child, order: object): Promise<unknown> {
  await using starting = new AsyncDisposableStack();
  starting.use(child);
  const answer = await child.ask(order);
  starting.move();
  return answer;
}
