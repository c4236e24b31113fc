// A port for a broker that keeps it over restarts, so it must not be one that the kernel hands to outgoing connections.
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { FieldbenchError } from '../../error.ts';

const lowest = 15_000;
/** Where Linux begins to take outgoing ports unless configured otherwise; other systems begin higher. */
const usualEphemeralStart = 32_768;
const tries = 50;
/** Enough for every broker that is starting or down; the oldest is let go, since it stands by then. */
const mostReserved = 512;
/** UDP sockets on the ports that were given: TCP is free for the broker, and nobody else is given the same one. */
const reserved: Socket[] = [];

/**
 * A port on 127.0.0.1 that nobody listens on now, below the range of outgoing connections: while a broker is down,
 * clients that dial it again and again could else be given its own port.
 * Drawn from the machine's randomness and not from the run's seed, so that benches side by side seldom meet; where they
 * do, a UDP socket on the same port tells the second one, also before the broker of the first listens.
 * @throws FieldbenchError `FB_PORT_NONE_FREE`
 */
export async function freePort(): Promise<number> {
  const end = ephemeralStart();
  for (let i = 0; i < tries; i++) {
    const port = randomInt(lowest, end);
    if ((await reserve(port)) && (await isFree(port))) return port;
  }
  throw new FieldbenchError({
    code: 'FB_PORT_NONE_FREE',
    message: 'no free port was found on 127.0.0.1',
    expected: `one of ${tries} drawn between ${lowest} and ${end} to be free`,
    hint: 'end programs that listen on many ports',
  });
}

/** Several such ports, all different. */
export function freePorts(count: number): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: count }, freePort));
}

function ephemeralStart(): number {
  try {
    const start = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
    return start > lowest + 1000 ? start : usualEphemeralStart;
  } catch {
    return usualEphemeralStart;
  }
}

/** Gives false when another bench, or this one, has reserved it. */
async function reserve(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('error', () => resolve(false));
  socket.bind({ address: '127.0.0.1', port, exclusive: true }, () => resolve(true));
  const isOurs = await promise;
  if (!isOurs) socket.close();
  else if (reserved.push(socket) > mostReserved) reserved.shift()?.close();
  return isOurs;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
