// UDP sockets as a relay wants them: bound or connected, and an error of the network is the loss of a datagram.
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { FieldbenchError } from '../error.ts';
import { notBound } from './not-bound.ts';
import { placeOf, type Endpoint } from './endpoint.ts';

/** Where datagrams go. */
export type DatagramEndpoint = Pick<Endpoint, 'host' | 'port'>;

/** An endpoint whose host is an IP address. */
export interface DatagramAddress extends DatagramEndpoint {
  readonly family: number;
}

/**
 * Looks up the host of an endpoint.
 * @throws FieldbenchError `FB_DIAL_REFUSED` when it has no address.
 */
export async function addressOf(endpoint: DatagramEndpoint): Promise<DatagramAddress> {
  try {
    const { address, family } = await lookup(endpoint.host);
    return { host: address, port: endpoint.port, family };
  } catch (error) {
    const cause = error as Error;
    throw new FieldbenchError({
      code: 'FB_DIAL_REFUSED',
      message: `no datagrams to ${placeOf(endpoint)}`,
      expected: 'a host with an IP address',
      actual: cause.message,
      hint: 'is the name right?',
      cause,
    });
  }
}

/** A socket of the family; what the network says of a datagram that is lost already is passed over. */
export function datagramSocket(family: number): Socket {
  return createSocket(family === 6 ? 'udp6' : 'udp4').on('error', () => {});
}

/**
 * Binds a socket and gives its port.
 * @throws FieldbenchError `FB_PORT_IN_USE`, `FB_LISTEN`
 */
export async function bindDatagrams(socket: Socket, { host, port }: DatagramEndpoint): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject).bind({ address: host, port, exclusive: true }, resolve);
  try {
    await promise;
  } catch (error) {
    socket.close();
    throw notBound(host, port, error as NodeJS.ErrnoException);
  }
  socket.off('error', reject);
  return socket.address().port;
}
