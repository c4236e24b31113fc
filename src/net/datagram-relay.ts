// Stands between UDP clients and a server: each client has a socket of its own towards the server, as behind a NAT.
import type { Socket } from 'node:dgram';
import type { ConnectionId, History } from '../history/event.ts';
import { plainAddress } from './allowed-addresses.ts';
import type { CancelTimer, Clock } from './clock.ts';
import type { ConnectionIds } from './connection-ids.ts';
import { DatagramClient } from './datagram-client.ts';
import { transparentDatagrams, type CreateDatagramPassage } from './datagram-passage.ts';
import { addressOf, bindDatagrams, datagramSocket } from './datagram-socket.ts';
import type { DatagramAddress, DatagramEndpoint } from './datagram-socket.ts';
import type { ConnectionNames } from './tap.ts';

/** How a datagram relay stands and what it does. */
export interface DatagramRelayOptions {
  readonly upstream: DatagramEndpoint;
  readonly names: ConnectionNames | ((connection: ConnectionId, remoteAddress: string) => ConnectionNames);
  readonly history: History;
  readonly connectionIds: ConnectionIds;
  readonly clock: Clock;
  /** Ends the relay when aborted. */
  readonly signal: AbortSignal;
  /** Default 127.0.0.1, any free port. */
  readonly listenOn?: { readonly host?: string; readonly port?: number };
  /** Datagrams of anybody whom it does not let in are dropped; default: everybody may come. */
  readonly allow?: (remoteAddress: string) => boolean;
  /** Clients at a time; datagrams of one more are dropped. Default 2,000. */
  readonly maxClients?: number;
  /** A client is over when nothing passed for so long; default 300,000, above any keep-alive in the field. */
  readonly idleMs?: number;
  /** An address was not let in, or was one too many; told once for each. */
  readonly onRefused?: (why: string, remoteAddress: string) => void;
  /** Writes the address of each client into the history; default: not. */
  readonly recordsPeers?: true;
  /** Default: everything passes as it came. */
  readonly createPassage?: CreateDatagramPassage;
}

/** A standing datagram relay. Disposing ends it. */
export interface DatagramRelay extends AsyncDisposable {
  /** Send here to get to the server. */
  readonly endpoint: DatagramEndpoint;
}

const defaultClients = 2000;
const defaultIdleMs = 300_000;
/** Addresses that are told as refused; beyond them a flood would fill the memory. */
const refusalsTold = 1000;

/**
 * Relays datagrams, each whole and unaltered. A client, told by its address and port, is opened and ended in the history
 * at either end, with what passed counted; contents are not recorded.
 * @throws FieldbenchError `FB_PORT_IN_USE`, `FB_LISTEN`, `FB_DIAL_REFUSED`
 */
export async function datagramRelay(options: DatagramRelayOptions): Promise<DatagramRelay> {
  options.signal.throwIfAborted();
  const { host = '127.0.0.1', port = 0 } = options.listenOn ?? {};
  const upstream = await addressOf(options.upstream);
  const { family } = await addressOf({ host, port });
  const socket = datagramSocket(family);
  const clients = new DatagramClients(options, upstream, socket);
  socket.on('message', (datagram, from) => clients.take(datagram, from));
  const endpoint = { host, port: await bindDatagrams(socket, { host, port }) };
  let over: Promise<void> | undefined;
  const dispose = (): Promise<void> => (over ??= ended(socket, clients));
  const abort = (): void => void dispose();
  options.signal.addEventListener('abort', abort, { once: true });
  if (options.signal.aborted) abort();
  return {
    endpoint,
    [Symbol.asyncDispose]() {
      options.signal.removeEventListener('abort', abort);
      return dispose();
    },
  };
}

async function ended(socket: Socket, clients: DatagramClients): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.close(resolve));
  await clients.end();
  await closed;
}

interface Sender {
  readonly address: string;
  readonly port: number;
}

interface Known {
  readonly client: DatagramClient;
  lastMs: number;
  cancelIdle: CancelTimer;
}

class DatagramClients {
  readonly #options: DatagramRelayOptions;
  readonly #upstream: DatagramAddress;
  readonly #socket: Socket;
  readonly #known = new Map<string, Known>();
  readonly #told = new Set<string>();

  constructor(options: DatagramRelayOptions, upstream: DatagramAddress, socket: Socket) {
    this.#options = options;
    this.#upstream = upstream;
    this.#socket = socket;
  }

  take(datagram: Uint8Array, from: Sender): void {
    const key = `${from.address} ${from.port}`;
    (this.#known.get(key) ?? this.#admit(key, from))?.client.take(datagram);
  }

  async end(): Promise<void> {
    const all = [...this.#known.values()];
    this.#known.clear();
    for (const it of all) it.cancelIdle();
    await Promise.all(all.map((it) => it.client.end('bench', 'the relay ended')));
  }

  #admit(key: string, from: Sender): Known | undefined {
    const { allow, maxClients = defaultClients } = this.#options;
    const address = plainAddress(from.address);
    if (allow?.(address) === false) return this.#refuse('its address is not allowed', address);
    if (this.#known.size >= maxClients) return this.#refuse(`there are ${maxClients} clients already`, address);
    const { clock } = this.#options;
    const client = this.#clientOf(from, address, () => void (known.lastMs = clock.nowMs()));
    const known: Known = { client, lastMs: clock.nowMs(), cancelIdle: () => {} };
    this.#known.set(key, known);
    this.#watchIdle(key, known);
    return known;
  }

  #refuse(why: string, address: string): undefined {
    if (this.#told.has(address) || this.#told.size >= refusalsTold) return;
    this.#told.add(address);
    this.#options.onRefused?.(why, address);
  }

  #clientOf(from: Sender, address: string, onLife: () => void): DatagramClient {
    const { names, history, recordsPeers, createPassage = transparentDatagrams } = this.#options;
    const connection = this.#options.connectionIds.next();
    return new DatagramClient({
      connection,
      names: typeof names === 'function' ? names(connection, address) : names,
      history,
      upstream: this.#upstream,
      createPassage,
      toClient: (datagram) => this.#socket.send(datagram, from.port, from.address, () => {}),
      onLife,
      ...(recordsPeers && { peer: address }),
    });
  }

  /** Looks again when the silence could be long enough, and not at every datagram. */
  #watchIdle(key: string, known: Known): void {
    const { clock, idleMs = defaultIdleMs } = this.#options;
    const leftMs = known.lastMs + idleMs - clock.nowMs();
    if (leftMs > 0) {
      known.cancelIdle = clock.after(leftMs, () => this.#watchIdle(key, known));
      return;
    }
    this.#known.delete(key);
    void known.client.end('link', `nothing passed for ${idleMs} ms`);
  }
}
