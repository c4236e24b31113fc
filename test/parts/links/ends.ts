// Both ends of a link under test: a server that keeps what it gets, clients that do, and waits that end when it happens.
import { createServer, connect, type Socket } from 'node:net';
import type { EventDraft, History } from '../../../src/history/event.ts';
import type { Clock } from '../../../src/net/clock.ts';
import { machineClock } from '../../../src/net/clock.ts';
import type { Endpoint, PartContext } from '../../../src/parts/part.ts';
import { testWorld } from '../brokers/world.ts';

/** Something to wait for: `until` resolves when the condition holds, looked at whenever something happened. */
export interface Happenings {
  readonly happened: () => void;
  readonly until: (condition: () => boolean) => Promise<void>;
}

export function happenings(): Happenings {
  const waiting = new Set<() => void>();
  return {
    happened: () => waiting.forEach((look) => look()),
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** One end of one connection. */
export interface End {
  readonly socket: Socket;
  readonly received: () => Buffer;
  /** How the other side ended, once it has. */
  readonly ended: () => 'fin' | 'rst' | undefined;
  /** Resolves when so many bytes are there in all. */
  has(bytes: number): Promise<Buffer>;
  isEnded(): Promise<'fin' | 'rst'>;
  send(bytes: Uint8Array | string): void;
}

function endOf(socket: Socket): End {
  const { happened, until } = happenings();
  const chunks: Buffer[] = [];
  let ended: 'fin' | 'rst' | undefined;
  const over = (how: 'fin' | 'rst'): void => {
    ended ??= how;
    happened();
  };
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    happened();
  });
  socket.on('end', () => over('fin'));
  socket.on('error', () => over('rst'));
  socket.on('close', () => over('fin'));
  const received = (): Buffer => Buffer.concat(chunks);
  return {
    socket,
    received,
    ended: () => ended,
    async has(bytes) {
      await until(() => received().length >= bytes);
      return received();
    },
    async isEnded() {
      await until(() => ended !== undefined);
      return ended ?? 'fin';
    },
    send: (bytes) => void socket.write(bytes),
  };
}

/** Dials, whatever comes of it. */
export function knock(endpoint: Endpoint): End {
  return endOf(connect({ ...endpoint, allowHalfOpen: true, noDelay: true }));
}

/** Dials; the connection stands when this resolves. */
export async function dialEnd(endpoint: Endpoint): Promise<End> {
  const end = knock(endpoint);
  const { socket } = end;
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return end;
}

/** A server that keeps its connections. */
export interface KeepingServer extends AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly ends: readonly End[];
  /** The nth connection, from 1, as soon as there is one. */
  nth(n: number): Promise<End>;
}

export async function keepingServer(): Promise<KeepingServer> {
  const { happened, until } = happenings();
  const ends: End[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    ends.push(endOf(socket));
    happened();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  return {
    endpoint: { host: '127.0.0.1', port: address.port },
    ends,
    async nth(n) {
      await until(() => ends.length >= n);
      const end = ends[n - 1];
      if (!end) throw new Error('no such connection');
      return end;
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of ends) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A part context whose events can be waited for. */
export interface LinkWorld extends Disposable {
  readonly context: PartContext;
  readonly events: readonly EventDraft[];
  /** Resolves with the first event that fits, past or to come. */
  recorded<K extends EventDraft['kind']>(
    kind: K,
    fits?: (event: Extract<EventDraft, { kind: K }>) => boolean,
  ): Promise<Extract<EventDraft, { kind: K }>>;
  of<K extends EventDraft['kind']>(kind: K): readonly Extract<EventDraft, { kind: K }>[];
}

export function linkWorld(clock: Clock = machineClock()): LinkWorld {
  const world = testWorld();
  const { happened, until } = happenings();
  const events: EventDraft[] = [];
  const history: History = {
    record(draft) {
      events.push(draft);
      happened();
    },
  };
  const of: LinkWorld['of'] = <K extends EventDraft['kind']>(kind: K) =>
    events.filter((it): it is Extract<EventDraft, { kind: K }> => it.kind === kind);
  return {
    context: { ...world.context, clock, history },
    events,
    of,
    async recorded(kind, fits = () => true) {
      await until(() => of(kind).some(fits));
      const event = of(kind).find(fits);
      if (!event) throw new Error('not recorded');
      return event;
    },
    [Symbol.dispose]: () => world[Symbol.dispose](),
  };
}
