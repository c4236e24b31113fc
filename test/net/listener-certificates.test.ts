// Of three clients' certificates one is good: the others differ from it in one thing each.
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { listenerCertificates } from '../../src/net/listener-certificates.ts';

const isValid = (pem: string): boolean => {
  const { validFromDate, validToDate } = new X509Certificate(pem);
  return validFromDate.getTime() < Date.now() && Date.now() < validToDate.getTime();
};

test('one client is good, one is too late, and one is a stranger', async () => {
  const { caPem, server, clients } = await listenerCertificates(['127.0.0.1']);
  const ca = new X509Certificate(caPem);
  const isOfCa = (pem: string): boolean => new X509Certificate(pem).verify(ca.publicKey);
  const about = Object.entries({ server, ...clients }).map(([name, { certPem }]) => [
    name,
    isOfCa(certPem),
    isValid(certPem),
  ]);
  expect(about).toEqual([
    ['server', true, true],
    ['good', true, true],
    ['expired', true, false],
    ['unknown', false, true],
  ]);
});
