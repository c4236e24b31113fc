// The ways into two TLS listeners with certificates of the run: one for everybody, one for clients that it knows.
import type { ListenerCertificates } from '../../net/listener-certificates.ts';
import type { BrokerVariants, Endpoint } from '../part.ts';

/** Where they listen. */
interface Places {
  readonly tls: Endpoint;
  /** Demands a client certificate. */
  readonly certified: Endpoint;
}

/** What clients are told of listeners that show these certificates. */
export function securedListeners(
  { caPem, clients }: ListenerCertificates,
  { tls, certified }: Places,
): Required<Pick<BrokerVariants, 'tls' | 'clientCertificates'>> {
  const { good, expired, unknown } = clients;
  return {
    tls: { ...tls, tls: { caPem } },
    clientCertificates: { endpoint: { ...certified, tls: { caPem, ...good } }, expired, unknown },
  };
}
