// One connection through a relay: two ends and the passage between them.
import type { ConnectionId, Vantage } from '../history/event.ts';
import type { CreatePassage, Passage } from './passage.ts';
import { RelayEnd } from './relay-end.ts';
import type { Ending, Tap } from './tap.ts';
import type { Wire } from './wire.ts';

/** What a client may say while it waits for the server: as much as a socket's buffers would take. */
const earlyMaxB = 2 ** 20;

/** Begins with the client's end alone; the server's joins when it has accepted. */
export class RelayedConnection {
  readonly id: ConnectionId;
  /** Resolves when both ends are closed. */
  readonly over: Promise<void>;
  readonly #client: RelayEnd;
  readonly #tapAt: (seenAt: Vantage) => Tap;
  readonly #isOver = Promise.withResolvers<void>();
  #server: RelayEnd | undefined;
  #passage: Passage | undefined;
  #hearsClient = false;
  #isMute = false;
  readonly #early: Uint8Array[] = [];
  #earlyB = 0;
  readonly #gaveUp = new AbortController();

  constructor(client: Wire, tapAt: (seenAt: Vantage) => Tap) {
    const tap = tapAt('clientEnd');
    this.id = tap.connection;
    this.over = this.#isOver.promise;
    this.#tapAt = tapAt;
    this.#client = new RelayEnd('client', client, tap);
    void client.closed.then(() => this.#endIsClosed());
  }

  /** The server accepted: bytes begin to flow. */
  join(wire: Wire, createPassage: CreatePassage): void {
    const client = this.#client;
    const server = new RelayEnd('server', wire, this.#tapAt('serverEnd'));
    this.#server = server;
    client.bothEndsSeen();
    const passage = createPassage({
      connection: this.id,
      toServer: (chunk) => server.send(chunk, client),
      toClient: (chunk) => client.send(chunk, server),
      endServer: (how, by) => server.close(how, client, by),
      endClient: (how, by) => client.close(how, server, by),
      holdClient: (isHeld) => client.hold('passage', isHeld),
      holdServer: (isHeld) => server.hold('passage', isHeld),
    });
    this.#passage = passage;
    if (this.#earlyB > earlyMaxB) client.hold('passage', false);
    for (const chunk of this.#early.splice(0)) passage.fromClient(chunk);
    this.#hearClient();
    server.listen({ bytes: (chunk) => passage.fromServer(chunk), ended: (how) => passage.serverEnded(how) });
    void wire.closed.then(() => this.#endIsClosed());
  }

  /** Ends it before it stood. */
  refuse(ending: Ending): void {
    this.#client.closeFor(ending);
  }

  /** Lets the client talk into nothing until it gives up. */
  mute(): void {
    this.#isMute = true;
    this.#client.bothEndsSeen();
    this.#early.length = 0;
    this.#hearClient();
  }

  /** Reads before the server is dialled, so that a client that gives up is noticed: the signal tells. */
  standBy(): AbortSignal {
    this.#hearClient();
    return this.#gaveUp.signal;
  }

  /** The run is over: both ends close at once. */
  endByBench(): void {
    this.#client.endByBench();
    this.#server?.endByBench();
  }

  #hearClient(): void {
    if (this.#hearsClient) return;
    this.#hearsClient = true;
    this.#client.listen({
      bytes: (chunk) => (this.#passage ? this.#passage.fromClient(chunk) : this.#keepEarly(chunk)),
      ended: (how) => (this.#passage ? this.#passage.clientEnded(how) : this.#givesUp()),
    });
  }

  #keepEarly(chunk: Uint8Array): void {
    if (this.#isMute) return;
    this.#early.push(chunk);
    this.#earlyB += chunk.length;
    if (this.#earlyB > earlyMaxB) this.#client.hold('passage', true);
  }

  #givesUp(): void {
    this.#gaveUp.abort();
    this.#client.endByBench();
  }

  #endIsClosed(): void {
    if (!this.#client.wire.isClosed || this.#server?.wire.isClosed === false) return;
    this.#passage?.over?.();
    this.#isOver.resolve();
  }
}
