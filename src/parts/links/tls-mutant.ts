// TLS listeners with one fault before a good broker: another certificate, no TLS at all, or clients that are to stay outside.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { TlsFault } from '../../faults/listener-fault.ts';
import { listenerCertificates, type ListenerCertificates } from '../../net/listener-certificates.ts';
import { securedListeners } from '../brokers/secured-listeners.ts';
import type { BrokerVariants, Endpoint, StartedPart } from '../part.ts';

/** What stands before what. */
export interface TlsMutantOptions {
  readonly name: string;
  /** The plain listener of the broker, behind which all is well. */
  readonly upstream: Endpoint;
  readonly fault: TlsFault;
}

/** Two listeners, as a broker has them. */
export interface TlsMutant extends StartedPart {
  readonly variants: Required<Pick<BrokerVariants, 'tls' | 'clientCertificates'>>;
}

const host = '127.0.0.1';

/** Listens on free ports, with certificates of its own. */
export async function startTlsMutant({ name, upstream, fault }: TlsMutantOptions): Promise<TlsMutant> {
  const certificates = await listenerCertificates([host]);
  // What it shows is of another CA than what its clients are told.
  const shown = fault === 'other-certificate' ? await listenerCertificates([host]) : certificates;
  const sockets = new Set<Socket>();
  const pass = (socket: Socket, behind: Endpoint): void => join(socket, behind, sockets);
  const { cert, key } = { cert: shown.server.certPem, key: shown.server.keyPem };
  const secured = createTlsServer({ cert, key }, (socket) => pass(socket, upstream));
  const certified = createTlsServer(
    { cert, key, ca: certificates.caPem, requestCert: true, rejectUnauthorized: false },
    (socket) => (isLetIn(socket, fault, certificates) ? pass(socket, upstream) : socket.destroy()),
  );
  const [securedAt, certifiedAt] = [await listening(secured), await listening(certified)];
  const front = createServer((socket) => sniff(socket, (isTls) => pass(socket, isTls ? securedAt : upstream)));
  const servers = fault === 'plain-too' ? [front, secured, certified] : [secured, certified];
  return {
    name,
    variants: securedListeners(certificates, {
      tls: fault === 'plain-too' ? await listening(front) : securedAt,
      certified: certifiedAt,
    }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function listening(server: Server): Promise<Endpoint> {
  server.listen(0, host);
  await once(server, 'listening');
  return { host, port: (server.address() as AddressInfo).port };
}

/** The good ones, and those that the fault adds. */
function isLetIn(socket: TLSSocket, fault: TlsFault, { clients }: ListenerCertificates): boolean {
  if (socket.authorized) return true;
  const shown = socket.getPeerX509Certificate()?.toString();
  const isOne = ({ certPem }: { readonly certPem: string }): boolean => shown?.trim() === certPem.trim();
  switch (fault) {
    case 'takes-none':
      return shown === undefined;
    case 'takes-expired':
      return isOne(clients.expired);
    case 'takes-unknown':
      return isOne(clients.unknown);
    default:
      return false;
  }
}

/** First byte of a TLS record that holds a handshake. */
const handshakeRecord = 0x16;

/** Looks whether TLS begins, and takes nothing away. */
function sniff(socket: Socket, take: (isTls: boolean) => void): void {
  socket.on('error', () => socket.destroy());
  socket.once('data', (chunk: Buffer) => {
    socket.pause();
    socket.unshift(chunk);
    take(chunk[0] === handshakeRecord);
  });
}

/** Joins a client to what stands behind. */
function join(client: Socket, { port }: Endpoint, sockets: Set<Socket>): void {
  const behind = connect({ host, port, noDelay: true });
  for (const it of [client, behind]) {
    sockets.add(it);
    it.on('error', () => it.destroy()).once('close', () => sockets.delete(it));
  }
  client.once('close', () => behind.destroy());
  behind.once('close', () => client.destroy());
  client.pipe(behind).pipe(client);
}
