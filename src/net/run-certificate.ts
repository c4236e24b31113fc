// Certificates of one run: a CA that nobody else has, and a server that it vouches for.
import { randomBytes, webcrypto } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type * as X509 from '@peculiar/x509';
import { FieldbenchError } from '../error.ts';
import { wallTime } from './clock.ts';

/** For whom, and where to keep them. */
export interface RunCertificateOptions {
  /** Host names and IP addresses by which clients dial the server; at least one. */
  readonly hosts: readonly string[];
  /** An existing folder of the run's own. */
  readonly folder: string;
  /** Default `ec` (P-256); `rsa` (2048 bits) for devices that know nothing else, at some hundred bytes more. */
  readonly keyType?: 'ec' | 'rsa';
  /** When they are made, for their validity; default: now. */
  readonly madeAt?: Date;
}

/**
 * A CA with a server certificate of its own. The CA's key is forgotten as soon as it has signed: nobody can make it
 * vouch for anything else. Disposing deletes the files.
 */
export interface RunCertificate extends AsyncDisposable {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
  /** To be installed on devices. */
  readonly caFile: string;
  readonly certFile: string;
  /** Mode 0600. */
  readonly keyFile: string;
}

/** Room for devices whose clocks are behind, and for the longest soak. */
const validBeforeMs = 24 * 3600 * 1000;
const validAfterMs = 30 * 24 * 3600 * 1000;

/**
 * Makes the certificates of a run and writes them to files.
 * @throws FieldbenchError `FB_CERTIFICATE` for a host that no certificate can name, or files that cannot be written.
 */
export async function runCertificate(options: RunCertificateOptions): Promise<RunCertificate> {
  const pems = await made(options).catch((error: Error) => {
    throw notMade(`no certificate for ${options.hosts.join(', ')}`, 'host names and IP addresses', error);
  });
  const fileOf = (name: string): string => join(options.folder, name);
  const files = { caFile: fileOf('ca.pem'), certFile: fileOf('server.pem'), keyFile: fileOf('server-key.pem') };
  const written: string[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(written.map((file) => rm(file, { force: true })));
  };
  const write = async (file: string, pem: string, mode: number): Promise<void> => {
    await writeFile(file, pem, { mode, flag: 'wx' });
    written.push(file);
  };
  try {
    await write(files.keyFile, pems.keyPem, 0o600);
    await write(files.certFile, pems.certPem, 0o644);
    await write(files.caFile, pems.caPem, 0o644);
  } catch (error) {
    await dispose();
    throw notMade('the certificates of the run cannot be kept', 'a folder to write new files to', error as Error);
  }
  return { ...pems, ...files, [Symbol.asyncDispose]: dispose };
}

type Pems = Pick<RunCertificate, 'caPem' | 'certPem' | 'keyPem'>;

async function made({ hosts, keyType = 'ec', madeAt = new Date(wallTime()) }: RunCertificateOptions): Promise<Pems> {
  const names = hosts.map(nameOf);
  if (names.length === 0) throw new Error('no host at all');
  const x509 = await library();
  const validity = {
    notBefore: new Date(madeAt.getTime() - validBeforeMs),
    notAfter: new Date(madeAt.getTime() + validAfterMs),
    signingAlgorithm: algorithms[keyType],
  };
  const [ca, server] = await Promise.all([newKeys(keyType), newKeys(keyType)]);
  const { KeyUsageFlags: usage } = x509;
  const caCertificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    // A name of its own: two runs must not look like the same CA to a device.
    name: `CN=fieldbench CA of one run ${randomBytes(4).toString('hex')}`,
    keys: ca,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(ca.publicKey),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=fieldbench',
    issuer: caCertificate.subject,
    publicKey: server.publicKey,
    signingKey: ca.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(usage.digitalSignature | (keyType === 'rsa' ? usage.keyEncipherment : 0), true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
    ],
  });
  return {
    caPem: text(caCertificate.toString('pem')),
    certPem: text(certificate.toString('pem')),
    keyPem: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', server.privateKey), 'PRIVATE KEY'),
  };
}

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

function newKeys(keyType: 'ec' | 'rsa'): Promise<webcrypto.CryptoKeyPair> {
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

function notMade(message: string, expected: string, cause: Error): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_CERTIFICATE',
    message,
    expected,
    actual: cause.message,
    hint: 'give certificates of your own instead, or mend what is named',
    cause,
  });
}
