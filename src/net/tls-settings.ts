// What holds for TLS on either side of the bench.
import { X509Certificate } from 'node:crypto';

/** No older version is spoken by us, as client or server (RFC 8996). */
export const tlsMinVersion = 'TLSv1.2';

const certificates = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The CA certificates in a PEM text, one by one.
 * @throws an error of OpenSSL for one that cannot be read, and for none at all: Node passes over both, and trusts nobody.
 */
export function casIn(pem: string): readonly string[] {
  const found = pem.match(certificates) ?? [pem];
  return found.map((it) => new X509Certificate(it).toString());
}
