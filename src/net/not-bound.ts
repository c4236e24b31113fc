// The error of a port that cannot be listened on, over TCP and UDP alike.
import { FieldbenchError } from '../error.ts';

/** `FB_PORT_IN_USE` when the port is taken, else `FB_LISTEN`. */
export function notBound(host: string, port: number, cause: NodeJS.ErrnoException): FieldbenchError {
  const isTaken = cause.code === 'EADDRINUSE';
  return new FieldbenchError({
    code: isTaken ? 'FB_PORT_IN_USE' : 'FB_LISTEN',
    message: isTaken ? `port ${port} on ${host} is in use` : `cannot listen on ${host}:${port}`,
    expected: 'an address of this machine with a free port',
    actual: cause.message,
    hint: isTaken
      ? `end what listens there (ss -tulnp 'sport = :${port}' names it), or name another port; 0 takes any free one`
      : 'name an address of this machine; ports below 1024 need rights of their own',
    cause,
  });
}
