// A certificate authority that lives in memory for a moment: it vouches for servers and clients, and forgets its key.
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type * as X509 from '@peculiar/x509';

/** A certificate and its private key, as PEM text. */
export interface CertifiedKey {
  readonly certPem: string;
  readonly keyPem: string;
}

/** `ec` is P-256; `rsa` has 2048 bits, for devices that know nothing else, at some hundred bytes more. */
export type KeyType = 'ec' | 'rsa';

/** A CA that nobody else has; whoever lets go of it can have nothing more signed. */
export interface CertificateAuthority {
  readonly caPem: string;
  /** @throws Error for a host that no certificate can name, or none at all */
  server(hosts: readonly string[]): Promise<CertifiedKey>;
  /** A client's; `expired` ran out a day before it was made. */
  client(name: string, validity?: 'valid' | 'expired'): Promise<CertifiedKey>;
}

const dayMs = 24 * 3600 * 1000;
/** Room for devices whose clocks are behind, and for the longest soak. */
const validBeforeMs = dayMs;
const validAfterMs = 30 * dayMs;

/** What one signed certificate has of its own. */
interface Leaf {
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly X509.Extension[];
}

/** @param madeAt for the validity of what it signs */
export async function newAuthority(keyType: KeyType, madeAt: Date): Promise<CertificateAuthority> {
  const x509 = await library();
  const { KeyUsageFlags: usage, ExtendedKeyUsage: purpose } = x509;
  const signingAlgorithm = algorithms[keyType];
  const validity = { notBefore: later(madeAt, -validBeforeMs), notAfter: later(madeAt, validAfterMs) };
  const ca = await newKeys(keyType);
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    signingAlgorithm,
    // A name of its own: two runs must not look like the same CA to a device.
    name: `CN=fieldbench CA of one run ${randomBytes(4).toString('hex')}`,
    keys: ca,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(ca.publicKey),
    ],
  });
  const signed = async ({ extensions, ...leaf }: Leaf): Promise<CertifiedKey> => {
    const keys = await newKeys(keyType);
    const certificate = await x509.X509CertificateGenerator.create({
      ...leaf,
      signingAlgorithm,
      issuer: own.subject,
      publicKey: keys.publicKey,
      signingKey: ca.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(usage.digitalSignature | (keyType === 'rsa' ? usage.keyEncipherment : 0), true),
        ...extensions,
        await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
      ],
    });
    const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { certPem: text(certificate.toString('pem')), keyPem: x509.PemConverter.encode(key, 'PRIVATE KEY') };
  };
  return {
    caPem: text(own.toString('pem')),
    async server(hosts) {
      const names = hosts.map(nameOf);
      if (names.length === 0) throw new Error('no host at all');
      const named = new x509.SubjectAlternativeNameExtension(names);
      const extensions = [new x509.ExtendedKeyUsageExtension([purpose.serverAuth]), named];
      return signed({ ...validity, subject: 'CN=fieldbench', extensions });
    },
    client: (name, until = 'valid') =>
      signed({
        ...(until === 'valid'
          ? validity
          : { notBefore: later(madeAt, -validAfterMs), notAfter: later(madeAt, -validBeforeMs) }),
        subject: `CN=${name}`,
        extensions: [new x509.ExtendedKeyUsageExtension([purpose.clientAuth])],
      }),
  };
}

const later = (date: Date, byMs: number): Date => new Date(date.getTime() + byMs);

/** Loaded when it is needed: it is large, and what it rests on adds to the global `Reflect`. */
async function library(): Promise<typeof X509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

const algorithms = {
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
} as const;

function newKeys(keyType: KeyType): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithms[keyType], true, ['sign', 'verify']);
}

/** A host as a certificate names it: letters, digits, hyphens and dots, perhaps with a wildcard, or an address. */
function nameOf(host: string): { type: 'dns' | 'ip'; value: string } {
  if (isIP(host) !== 0 && !host.includes('%')) return { type: 'ip', value: host };
  const isName = /^(\*\.)?[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i.test(host);
  if (isName && !/(^|\.)\d+$/.test(host)) return { type: 'dns', value: host };
  throw new Error(`${JSON.stringify(host)} is neither a name nor an address`);
}

const text = (pem: string): string => `${pem.trim()}\n`;
