// Addresses for the parts of a run, so that a packet tool can tell devices, connections and vantages apart.
import type { ConnectionOpened, Vantage } from '../history/event.ts';
import type { Endpoint } from './synthetic-tcp.ts';

/** Where MQTT is spoken: packet tools read it without being told. */
const serverPort = 1883;
/** Ports of clients: those that no protocol has a name for. */
const firstClientPort = 49_152;
const clientPorts = 65_536 - firstClientPort;

/** The second byte of addresses, so that what two vantages saw of one connection is two conversations. */
const networks: Readonly<Record<Vantage, number>> = { clientEnd: 1, serverEnd: 2, wire: 3 };
const hostsPerNetwork = 2 ** 16;

/** Both ends of a connection. */
export interface Endpoints {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

/**
 * Gives each part of a run an address in 127.1.0.0/16 (seen at the client's end of a link), 127.2.0.0/16 (at the server's
 * end) or 127.3.0.0/16 (without a link), the same host in each, and each connection of a client a port of its own from
 * 49152. A client with more connections than there are ports gets another address for the next ones.
 */
export class SyntheticHosts {
  readonly #hosts = new Map<string, number>();
  readonly #connections = new Map<string, number>();

  /** The ends of a connection that is new at its first vantage; see {@link at} for the others. */
  endpointsOf({ client, server, seenAt }: Pick<ConnectionOpened, 'client' | 'server' | 'seenAt'>): Endpoints {
    const nth = this.#connections.get(client) ?? 0;
    this.#connections.set(client, nth + 1);
    const clientHost = this.#hostOf(`client ${client} ${Math.floor(nth / clientPorts)}`);
    return {
      client: { address: addressOf(clientHost, seenAt), port: firstClientPort + (nth % clientPorts) },
      server: { address: addressOf(this.#hostOf(`server ${server}`), seenAt), port: serverPort },
    };
  }

  #hostOf(name: string): number {
    const host = this.#hosts.get(name) ?? this.#hosts.size + 1;
    this.#hosts.set(name, host);
    return host;
  }
}

/** The same connection as another vantage sees it. */
export function at(ends: Endpoints, seenAt: Vantage): Endpoints {
  return {
    client: { ...ends.client, address: addressOf(hostIn(ends.client.address), seenAt) },
    server: { ...ends.server, address: addressOf(hostIn(ends.server.address), seenAt) },
  };
}

/** Beyond 65,535 hosts the second byte goes up by 4, which keeps vantages apart. */
function addressOf(host: number, seenAt: Vantage): number {
  const network = (networks[seenAt] + 4 * Math.floor(host / hostsPerNetwork)) % 256;
  return ((127 << 24) | (network << 16) | (host % hostsPerNetwork)) >>> 0;
}

function hostIn(address: number): number {
  return Math.floor(((address >>> 16) & 0xff) / 4) * hostsPerNetwork + (address & 0xffff);
}
