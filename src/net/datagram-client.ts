// One client of a datagram relay: its own socket towards the server, what it sent and got, and when it was last heard.
import type { Socket } from 'node:dgram';
import type { ConnectionId, History, Vantage } from '../history/event.ts';
import type { CreateDatagramPassage, DatagramPassage } from './datagram-passage.ts';
import { datagramSocket, type DatagramAddress } from './datagram-socket.ts';
import type { ConnectionNames } from './tap.ts';

/** What a client needs to be relayed. */
export interface DatagramClientOptions {
  readonly connection: ConnectionId;
  readonly names: ConnectionNames;
  readonly history: History;
  /** Recorded at the client's end, where it is given. */
  readonly peer?: string;
  readonly upstream: DatagramAddress;
  readonly createPassage: CreateDatagramPassage;
  readonly toClient: (datagram: Uint8Array) => void;
  /** Something passed, either way. */
  readonly onLife: () => void;
}

/** Datagrams that wait for the socket: it has its port within a turn of the event loop, or never. */
const earlyMax = 64;

const vantages: readonly Vantage[] = ['clientEnd', 'serverEnd'];

/** Begins with its first datagram. */
export class DatagramClient {
  readonly #options: DatagramClientOptions;
  readonly #socket: Socket;
  readonly #passage: DatagramPassage;
  /** What is to be sent before the socket has its port. */
  #early: Uint8Array[] | undefined = [];
  readonly #passed = { toServer: { datagrams: 0, bytes: 0 }, toClient: { datagrams: 0, bytes: 0 } };
  #isOver = false;

  constructor(options: DatagramClientOptions) {
    const { connection, upstream, createPassage } = options;
    this.#options = options;
    this.#socket = datagramSocket(upstream.family);
    this.#passage = createPassage({
      connection,
      toServer: (datagram) => this.#send(datagram),
      toClient: (datagram) => this.#hand(datagram),
    });
    this.#socket.on('message', (datagram) => {
      options.onLife();
      this.#passage.fromServer(datagram);
    });
    // Connected, the kernel lets in nothing but what comes from the server.
    this.#socket.connect(upstream.port, upstream.host, () => this.#isConnected());
    for (const seenAt of vantages) this.#opened(seenAt);
  }

  /** A datagram came from the client. */
  take(datagram: Uint8Array): void {
    this.#options.onLife();
    this.#passage.fromClient(datagram);
  }

  /** Nothing more passes; calling it twice does nothing. */
  end(by: 'link' | 'bench', why: string): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    this.#isOver = true;
    this.#passage.over?.();
    const { connection, history } = this.#options;
    const { toServer, toClient } = this.#passed;
    const counted = `${textOf(toServer)} to the server, ${textOf(toClient)} to the client`;
    for (const seenAt of vantages) {
      history.record({ kind: 'ended', connection, seenAt, by, how: 'fin', detail: `${why}; ${counted}` });
    }
    return new Promise((resolve) => this.#socket.close(resolve));
  }

  #opened(seenAt: Vantage): void {
    const { connection, history, names, peer } = this.#options;
    const seen = seenAt === 'clientEnd' && peer !== undefined ? { peer } : {};
    history.record({ kind: 'opened', connection, seenAt, ...names, ...seen });
  }

  #isConnected(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const datagram of early) this.#send(datagram);
  }

  #send(datagram: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#early) return this.#keepEarly(datagram);
    count(this.#passed.toServer, datagram);
    this.#socket.send(datagram, () => {}); // What cannot be sent is lost, as it may be on any way.
  }

  #keepEarly(datagram: Uint8Array): void {
    if (this.#early && this.#early.length < earlyMax) this.#early.push(datagram);
  }

  #hand(datagram: Uint8Array): void {
    if (this.#isOver) return;
    count(this.#passed.toClient, datagram);
    this.#options.toClient(datagram);
  }
}

interface Passed {
  datagrams: number;
  bytes: number;
}

function count(passed: Passed, { length }: Uint8Array): void {
  passed.datagrams += 1;
  passed.bytes += length;
}

const textOf = ({ datagrams, bytes }: Passed): string => `${datagrams} datagrams (${bytes} B)`;
