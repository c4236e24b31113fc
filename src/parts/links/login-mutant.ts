// A listener with one fault before a good one that demands a login: it knows the login, and what a broken server does instead.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { LoginFault } from '../../faults/listener-fault.ts';
import { dial } from '../../net/dial.ts';
import type { Wire } from '../../net/wire.ts';
import { encode } from '../../wire/encode.ts';
import type { Connect } from '../../wire/packet.ts';
import { StreamDecoder } from '../../wire/stream-decoder.ts';
import type { Endpoint, LoginListener, PartContext, StartedPart } from '../part.ts';

/** What stands before what. */
export interface LoginMutantOptions {
  readonly name: string;
  /** The good listener. */
  readonly upstream: LoginListener;
  readonly fault: LoginFault;
}

const host = '127.0.0.1';
const notAuthorized = encode({ type: 'CONNACK', sessionPresent: false, returnCode: 5 });

/**
 * Listens on a free port; clients that say the login well are passed on to `upstream` as they are, and dropped where that
 * is gone.
 */
export async function startLoginMutant(
  { name, upstream, fault }: LoginMutantOptions,
  context: PartContext,
): Promise<StartedPart & { readonly endpoint: Endpoint }> {
  const ending = new AbortController();
  const world = { ...context, signal: AbortSignal.any([context.signal, ending.signal]) };
  const clients = new Set<Socket>();
  const exchanges: Exchanges = new Map();
  const server = createServer({ noDelay: true }, (socket) => {
    clients.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => clients.delete(socket));
    new Visit(socket, { upstream, fault, exchanges }, world).begin();
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    name,
    endpoint: { host, port: (server.address() as AddressInfo).port },
    async [Symbol.asyncDispose]() {
      ending.abort();
      for (const socket of clients) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Client id -> the way to end the exchanges at QoS 2 that it has begun. */
type Exchanges = Map<string, () => Promise<void>>;

/** What one visit shares with the others. */
interface House extends Pick<LoginMutantOptions, 'upstream' | 'fault'> {
  readonly exchanges: Exchanges;
}

/** One client, from its CONNECT on. */
class Visit {
  readonly #client: Socket;
  readonly #upstream: LoginListener;
  readonly #fault: LoginFault;
  readonly #exchanges: Exchanges;
  readonly #context: PartContext;
  /** Identifiers of messages at QoS 2 that came in and were not released. */
  readonly #unreleased = new Set<number>();
  readonly #decoder = new StreamDecoder('client');
  #came: Buffer = Buffer.alloc(0);

  constructor(client: Socket, { upstream, fault, exchanges }: House, context: PartContext) {
    this.#client = client;
    this.#exchanges = exchanges;
    this.#upstream = upstream;
    this.#fault = fault;
    this.#context = context;
  }

  begin(): void {
    this.#client.on('data', (chunk: Buffer) => {
      this.#came = Buffer.concat([this.#came, chunk]);
      const [first] = this.#decoder.push(chunk);
      if (first === undefined) return;
      this.#client.pause().removeAllListeners('data');
      const behind = this.#came.subarray(first.bytes.length);
      const connect = first.packet?.type === 'CONNECT' ? first.packet : undefined;
      void this.#take(connect, behind).catch(() => this.#client.destroy());
    });
  }

  async #take(connect: Connect | undefined, behind: Buffer): Promise<void> {
    if (connect === undefined || this.#isKnown(connect)) return this.#pass(this.#came, connect?.clientId);
    const good = this.#mended(connect);
    if (this.#isLetIn(connect)) return this.#pass(Buffer.concat([encode(good), behind]));
    await this.#actFor(good, behind);
    this.#client.write(notAuthorized);
    if (this.#fault === 'keeps-open') this.#client.resume();
    else this.#client.end();
  }

  #isKnown({ userName, password = Buffer.alloc(0) }: Connect): boolean {
    return userName === this.#upstream.userName && Buffer.from(this.#upstream.password).equals(password);
  }

  #isLetIn({ userName, password }: Connect): boolean {
    switch (this.#fault) {
      case 'takes-any-password':
        return userName === this.#upstream.userName && password !== undefined;
      case 'takes-any-user':
        return userName !== undefined && userName !== this.#upstream.userName;
      case 'takes-no-login':
        return userName === undefined;
      default:
        return false;
    }
  }

  #mended(connect: Connect): Connect {
    const { userName, password } = this.#upstream;
    return { ...connect, userName, password: Buffer.from(password) };
  }

  /** What the broken server does for somebody whom it refuses. */
  async #actFor({ will, ...good }: Connect, behind: Buffer): Promise<void> {
    const stranger = { clientId: `mutant${randomUUID().slice(0, 8)}`, cleanSession: true };
    switch (this.#fault) {
      case 'publishes-will':
        if (will !== undefined) (await this.#connected({ ...good, ...stranger, will })).reset();
        return;
      case 'serves-behind':
        return this.#leave(await this.#connected({ ...good, ...stranger }), behind);
      case 'takes-over':
        return this.#leave(await this.#connected(good));
      case 'keeps-session':
        if (!good.cleanSession) await this.#leave(await this.#connected(good));
        return;
      case 'clears-session':
        if (good.cleanSession) await this.#leave(await this.#connected(good));
        return;
      case 'forgets-exchanges':
        return this.#exchanges.get(good.clientId)?.();
      default:
    }
  }

  /** A connection of the mutant's own that the good listener has accepted. */
  async #connected(connect: Connect): Promise<Wire> {
    const wire = await dial(this.#upstream.endpoint, this.#context);
    const accepted = Promise.withResolvers<void>();
    wire.onBytes(() => accepted.resolve());
    wire.onPeerEnd(() => accepted.resolve());
    await wire.send(encode(connect));
    await accepted.promise;
    return wire;
  }

  async #leave(wire: Wire, last: Uint8Array = new Uint8Array()): Promise<void> {
    await wire.send(last);
    await wire.send(encode({ type: 'DISCONNECT' }));
    wire.end();
    await wire.closed;
  }

  /** From here on it is the good listener's. */
  async #pass(first: Uint8Array, clientId?: string): Promise<void> {
    const wire = await dial(this.#upstream.endpoint, this.#context);
    const client = this.#client;
    wire.onBytes((chunk) => client.write(chunk));
    wire.onPeerEnd((how) => (how === 'fin' ? client.end() : client.resetAndDestroy()));
    client.on('data', (chunk: Buffer) => {
      this.#note(chunk);
      void wire.send(chunk);
    });
    client.on('end', () => wire.end()).on('error', () => wire.reset());
    if (clientId !== undefined) this.#exchanges.set(clientId, () => this.#release(wire));
    await wire.send(first);
    client.resume();
  }

  #note(chunk: Uint8Array): void {
    for (const { packet } of this.#decoder.push(chunk)) {
      if (packet?.type === 'PUBLISH' && packet.packetId !== undefined && packet.qos === 2)
        this.#unreleased.add(packet.packetId);
      if (packet?.type === 'PUBREL') this.#unreleased.delete(packet.packetId);
    }
  }

  /** The good listener takes what is sent again under a released identifier for another message. */
  async #release(wire: Wire): Promise<void> {
    for (const packetId of this.#unreleased) await wire.send(encode({ type: 'PUBREL', packetId }));
    this.#unreleased.clear();
  }
}
