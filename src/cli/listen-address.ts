// Reads where to listen, and keeps what was not opened on purpose on this machine.
import { isIP } from 'node:net';
import { FieldbenchError } from '../error.ts';

/** A place to listen at. */
export interface ListenAddress {
  readonly host: string;
  readonly port?: number;
}

/**
 * `HOST:PORT`, `[HOST]:PORT`, `HOST`, `:PORT` or `PORT`; without a host 127.0.0.1.
 * @throws FieldbenchError `FB_USAGE`
 */
export function listenAddress(text: string): ListenAddress {
  const found =
    /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:[\]]*[^:[\]\d][^:[\]]*|[\d.]+\.[\d.]+))?(?::?(?<port>\d{1,5}))?$/.exec(
      text,
    )?.groups;
  const host = found?.['v6'] ?? found?.['host'] ?? '127.0.0.1';
  const port = found?.['port'];
  if (found === undefined || text === '' || Number(port ?? 0) > 65_535 || (isIP(host) === 0 && host !== 'localhost')) {
    throw new FieldbenchError({
      code: 'FB_USAGE',
      message: '--listen takes an address of this machine',
      expected: 'such as 127.0.0.1:1883, 0.0.0.0:8883, [::1]:1883 or 1883',
      actual: `"${text}"`,
      hint: 'ip -br address lists the addresses of this machine',
    });
  }
  return { host, ...(port !== undefined && { port: Number(port) }) };
}

/** Whether nobody but this machine can come there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.') || host.startsWith('::ffff:127.');
}

/**
 * Whoever listens to others says to whom.
 * @throws FieldbenchError `FB_USAGE`
 */
export function insistOnAllow({ host }: ListenAddress, allow: readonly string[]): void {
  if (isLoopback(host) || allow.length > 0) return;
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `a tap on ${host} takes connections from other machines, and nobody said from which`,
    expected: '--allow CIDR beside --listen, once for each network that may connect',
    actual: `--listen ${host} alone`,
    hint: 'for instance: --allow 192.168.7.0/24; what passes a tap is read and written down',
  });
}
