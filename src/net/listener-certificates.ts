// What listeners over TLS show, and whom they are to let in and keep out: made in memory, for whoever configures them.
import { newAuthority, type CertifiedKey } from './certificate-authority.ts';
import { wallTime } from './clock.ts';

/** Certificates of a CA of their own: of a server, and of clients that it should take or refuse. */
export interface ListenerCertificates {
  readonly caPem: string;
  readonly server: CertifiedKey;
  readonly clients: {
    readonly good: CertifiedKey;
    readonly expired: CertifiedKey;
    /** Valid, of another CA. */
    readonly unknown: CertifiedKey;
  };
}

/** Common name of every client: some brokers take it for the user name, and what is wrong with a bad one is not its name. */
export const goodClientName = 'bench';

/**
 * @param hosts names and addresses by which the server is dialled
 * @throws Error for a host that no certificate can name
 */
export async function listenerCertificates(
  hosts: readonly string[],
  madeAt: Date = new Date(wallTime()),
): Promise<ListenerCertificates> {
  const [ca, other] = await Promise.all([newAuthority('ec', madeAt), newAuthority('ec', madeAt)]);
  const [server, good, expired, unknown] = await Promise.all([
    ca.server(hosts),
    ca.client(goodClientName),
    ca.client(goodClientName, 'expired'),
    other.client(goodClientName),
  ]);
  return { caPem: ca.caPem, server, clients: { good, expired, unknown } };
}
