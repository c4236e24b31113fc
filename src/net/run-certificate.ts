// Certificates of one run: a CA that nobody else has, and a server that it vouches for.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FieldbenchError } from '../error.ts';
import { newAuthority, type KeyType } from './certificate-authority.ts';
import { wallTime } from './clock.ts';

/** For whom, and where to keep them. */
export interface RunCertificateOptions {
  /** Host names and IP addresses by which clients dial the server; at least one. */
  readonly hosts: readonly string[];
  /** An existing folder of the run's own. */
  readonly folder: string;
  /** Default `ec`. */
  readonly keyType?: KeyType;
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
  const authority = await newAuthority(keyType, madeAt);
  return { caPem: authority.caPem, ...(await authority.server(hosts)) };
}

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
