// Certificates for the tests of net/: a CA and a server on loopback, in a folder that goes away with them, and a client.
import { mkdtemp, rm } from 'node:fs/promises';
import { webcrypto } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCertificate, type RunCertificate, type RunCertificateOptions } from '../../src/net/run-certificate.ts';

/** By default for 127.0.0.1, and good for now. */
export async function loopbackCertificate(options: Partial<RunCertificateOptions> = {}): Promise<RunCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldbench-test-'));
  const made = await runCertificate({ hosts: ['127.0.0.1', 'localhost'], folder, ...options });
  return {
    ...made,
    async [Symbol.asyncDispose]() {
      await made[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** A client's, its own CA. */
export async function clientCertificate(): Promise<{ readonly certPem: string; readonly keyPem: string }> {
  await import('reflect-metadata');
  const { X509CertificateGenerator, ExtendedKeyUsageExtension, ExtendedKeyUsage, PemConverter } =
    await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=pump',
    keys,
    signingAlgorithm: algorithm,
    extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certPem: certificate.toString('pem'), keyPem: PemConverter.encode(key, 'PRIVATE KEY') };
}
