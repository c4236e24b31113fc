// The devices' side of a tap: who may come in, over TLS or WebSocket, and what of it is written down.
import { networkInterfaces, hostname } from 'node:os';
import type { History } from '../history/event.ts';
import { addressFilter } from '../net/allowed-addresses.ts';
import { runCertificate } from '../net/run-certificate.ts';
import type { LinkEntrance } from '../parts/links/link-options.ts';
import type { Bench } from './bench.ts';

/** How TLS ends, or does not end, at the tap. */
export type TapTls =
  /** With this certificate and key. */
  | { readonly kind: 'given'; readonly certPem: string; readonly keyPem: string }
  /** With a certificate of a CA that lives as long as the run; `hosts` are names beside those of this machine. */
  | { readonly kind: 'auto'; readonly hosts: readonly string[] }
  /** It does not: what passes stays encrypted, and is counted only. */
  | { readonly kind: 'pass' };

/** How devices come in. */
export interface TapEntrance {
  readonly tls?: TapTls;
  /** MQTT comes over WebSocket. */
  readonly webSocket?: true;
  /** Blocks of addresses that may come, beside this machine's own; default: nobody else. */
  readonly allow?: readonly string[];
  readonly maxConnections?: number;
}

/** More than any site has behind one gateway. */
const defaultMaxConnections = 2000;
/** Of those who are turned away for one reason, so many are written down one by one. */
const toldRefusals = 20;

/**
 * The entrance of a tap at this address; what it needs belongs to the bench.
 * @param unread why nobody reads what passes, where nobody does
 * @throws FieldbenchError `FB_ALLOW`, `FB_CERTIFICATE`
 */
export async function openEntrance(
  { tls, webSocket, allow = [], maxConnections = defaultMaxConnections }: TapEntrance,
  listenHost: string,
  unread: string | undefined,
  bench: Bench,
): Promise<LinkEntrance> {
  const shown = await certificateOf(tls, listenHost, bench);
  const opaque = tls?.kind === 'pass' ? true : unread;
  return {
    allow: addressFilter(allow),
    maxConnections,
    recordsPeers: true,
    onRefused: refusalNotes(bench.history),
    ...(opaque !== undefined && { opaque }),
    ...((shown || webSocket) && { over: { ...(shown && { tls: shown }), ...(webSocket && { webSocket }) } }),
  };
}

async function certificateOf(
  tls: TapTls | undefined,
  listenHost: string,
  bench: Bench,
): Promise<{ readonly certPem: string; readonly keyPem: string } | undefined> {
  if (tls?.kind === 'given') return tls;
  if (tls?.kind !== 'auto') return undefined;
  const hosts = [...new Set([...tls.hosts, ...ownNames(listenHost)])];
  const made = bench.use(await runCertificate({ hosts, folder: bench.context.owns.scratch }));
  const step = `devices must trust the CA of this run, ${made.caFile}, for ${hosts.join(', ')}`;
  bench.history.record({ kind: 'mark', name: 'tap-ca', data: { step, caFile: made.caFile } });
  return made;
}

/** How devices may name a machine that listens there. */
function ownNames(listenHost: string): readonly string[] {
  const here = ['localhost', '127.0.0.1'];
  if (listenHost !== '0.0.0.0' && listenHost !== '::') return [listenHost, ...here];
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return [...here, hostname(), ...addresses.filter((it) => !it.address.startsWith('fe80')).map((it) => it.address)];
}

/** Whoever knocks all the time does not fill the journal. */
function refusalNotes(history: History): NonNullable<LinkEntrance['onRefused']> {
  const times = new Map<string, number>();
  return (why, address) => {
    const count = (times.get(why) ?? 0) + 1;
    times.set(why, count);
    if (count > toldRefusals) return;
    const rest = count === toldRefusals ? '; further ones are not told' : '';
    const step = `a connection from ${address} was refused: ${why}${rest}`;
    history.record({ kind: 'mark', name: 'tap-refused', data: { step, address, why } });
  };
}
