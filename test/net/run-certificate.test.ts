// The certificates of a run are what a strict client takes, for the hosts named and no other, and leave no file behind.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCertificate } from '../../src/net/run-certificate.ts';

let root: string;
beforeAll(async () => void (root = await mkdtemp(join(tmpdir(), 'fieldbench-test-'))));
afterAll(() => rm(root, { recursive: true }));
const folderOf = (name: string) => mkdtemp(join(root, name));

describe('the certificates of a run', () => {
  test.each(['ec', 'rsa'] as const)('are a CA and a server that it vouches for: %s', async (keyType) => {
    const hosts = ['127.0.0.1', '::1', 'broker.example', '*.field.example'];
    await using made = await runCertificate({ hosts, folder: await folderOf('good'), keyType });
    const [ca, server] = [new X509Certificate(made.caPem), new X509Certificate(made.certPem)];
    expect([ca.ca, server.ca]).toEqual([true, false]);
    expect(server.checkIssued(ca) && server.verify(ca.publicKey)).toBe(true);
    expect(server.checkPrivateKey(createPrivateKey(made.keyPem))).toBe(true);
    expect(ca.checkPrivateKey(createPrivateKey(made.keyPem))).toBe(false);
    for (const ip of ['127.0.0.1', '::1']) expect(server.checkIP(ip)).toBeDefined();
    for (const host of ['broker.example', 'pump.field.example']) expect(server.checkHost(host)).toBeDefined();
    expect(server.checkIP('127.0.0.2') ?? server.checkHost('other.example')).toBeUndefined();
    expect(server.publicKey.asymmetricKeyType).toBe(keyType);
  });

  test('are valid when they are made, and for a run', async () => {
    const madeAt = new Date('2026-06-01T12:00:00Z');
    await using made = await runCertificate({ hosts: ['::1'], folder: await folderOf('dates'), madeAt });
    for (const pem of [made.caPem, made.certPem]) {
      const { validFromDate, validToDate } = new X509Certificate(pem);
      expect([validFromDate.toISOString(), validToDate.toISOString()]).toEqual([
        '2026-05-31T12:00:00.000Z',
        '2026-07-01T12:00:00.000Z',
      ]);
    }
  });

  test('lie in files that others cannot read, and are gone afterwards', async () => {
    const folder = await folderOf('files');
    const made = await runCertificate({ hosts: ['localhost'], folder });
    expect((await stat(made.keyFile)).mode & 0o777).toBe(0o600);
    expect(await readFile(made.keyFile, 'utf8')).toBe(made.keyPem);
    expect(await readFile(made.certFile, 'utf8')).toBe(made.certPem);
    expect(await readFile(made.caFile, 'utf8')).toBe(made.caPem);
    await made[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
  });

  test('have a CA of their own each time', async () => {
    const subjects = await Promise.all(
      ['a', 'b'].map(async (name) => {
        await using made = await runCertificate({ hosts: ['localhost'], folder: await folderOf(name) });
        return new X509Certificate(made.caPem).subject;
      }),
    );
    expect(subjects[0]).not.toBe(subjects[1]);
  });
});

describe('no certificate', () => {
  test.each([[['a b']], [['']], [['10.0.0.300']], [['fe80::1%eth0']], [[]]])('for %j', async (hosts) => {
    const folder = await folderOf('bad');
    await expect(runCertificate({ hosts, folder })).rejects.toMatchObject({ code: 'FB_CERTIFICATE' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('is written over a file that is there, and none of the others stays', async () => {
    const folder = await folderOf('taken');
    await writeFile(join(folder, 'server.pem'), 'mine');
    await expect(runCertificate({ hosts: ['::1'], folder })).rejects.toMatchObject({
      code: 'FB_CERTIFICATE',
      actual: expect.stringContaining('EEXIST') as string,
    });
    expect(await readdir(folder)).toEqual(['server.pem']);
    expect(await readFile(join(folder, 'server.pem'), 'utf8')).toBe('mine');
  });
});
