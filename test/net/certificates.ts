// Certificates for the tests of net/: a CA and a server on loopback, in a folder that goes away with them.
import { mkdtemp, rm } from 'node:fs/promises';
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
