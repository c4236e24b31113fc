// Checks of the TLS listeners: whom they show themselves to be, and whose certificates they take.
import type { Slice, SliceConnection } from '../../judge/slice.ts';
import { soonMs, type CheckBench, type ConnectOptions, type TlsConduct } from '../bench.ts';
import type { Check } from '../check.ts';
import { all, saying, type Judgement } from '../judgement.ts';

const codeOf = (it: SliceConnection): number | undefined => it.received('CONNACK').at(0)?.packet.returnCode;
const isServed = (slice: Slice, name: string): boolean => codeOf(slice.client(name)) === 0;

/** How it went, as the end of the connection tells. */
function came(it: SliceConnection): string {
  const code = codeOf(it);
  const said = code === undefined ? '' : `CONNACK with code ${code}, `;
  if (it.ended === undefined || it.ended.by === 'bench') return `${said}and the connection stayed open`;
  const { by, detail = it.ended.how === 'fin' ? 'a close' : 'a reset' } = it.ended;
  return `${said}${by === 'server' ? 'the server ended it' : 'the client ended it'}: ${detail}`;
}

/** Comes in if the server lets it, and gives the server its time to refuse before and behind the CONNECT. */
async function knock(bench: CheckBench, name: string, way: ConnectOptions): Promise<void> {
  const client = await bench.tryOpen(name, way);
  // In TLS 1.3 a server refuses a certificate only when the client is through with the handshake. A CONNECT under way
  // would make a reset of that, which may destroy the alert that says why.
  if (client === undefined || (await client.closedByServer(soonMs(bench)))) return;
  await client.send(bench.connectPacket(name, way));
  if (await client.next('CONNACK')) return;
  await client.closedByServer();
}

const certified = { variant: 'clientCertificates' } as const satisfies ConnectOptions;
const certificateAccept = [
  'the server ends the connection, in the TLS handshake or right behind it, or refuses by CONNACK; a good certificate is let in',
  'it leaves the connection open and unserved: a remark',
];

/** The check that a client with such a certificate does not come in, while one with a good certificate does. */
function certificateRefused(id: string, title: string, tls: TlsConduct): Check {
  return {
    id,
    title,
    section: '5.4',
    statements: [],
    needs: ['clientCertificates'],
    group: 'parallel',
    accept: certificateAccept,
    async drive(bench) {
      await bench.connect('before', certified);
      await knock(bench, 'refused', { ...certified, tls });
      await bench.connect('after', certified);
    },
    judge: (slice) => [judgeCertificate(slice)],
  };
}

function judgeCertificate(slice: Slice): Judgement {
  const connection = slice.client('refused');
  const shown = { expected: certificateAccept, connection: connection.id, evidence: all(connection), count: 1 };
  const code = codeOf(connection);
  const actual = came(connection);
  if (code === 0) return { ...shown, verdict: 'fail', actual: `${actual}: it was let in` };
  if (!isServed(slice, 'before') || !isServed(slice, 'after'))
    return { ...shown, verdict: 'inconclusive', actual: `${actual}; a good certificate was not let in either` };
  const isRefused = connection.ended?.by === 'server' || code !== undefined;
  return { ...shown, verdict: isRefused ? 'pass' : 'warn', actual };
}

const overTls = { variant: 'tls' } as const satisfies ConnectOptions;
const ownAccept = [
  'a client that trusts the CA of the certificate is served, and one that trusts other CAs alone ends the handshake',
];

const ownCertificate: Check = {
  id: 'security/tls-own-certificate',
  title: 'the TLS listener shows the certificate that it was given, and no client that trusts other CAs has to take it',
  section: '5.4',
  statements: [],
  needs: ['tls'],
  group: 'parallel',
  accept: ownAccept,
  async drive(bench) {
    await knock(bench, 'trusting', overTls);
    await knock(bench, 'distrusting', { ...overTls, tls: 'trustsOthers' });
    // Speaks TLS with whoever answers: without it, a listener that is not there would look like one to be refused.
    await knock(bench, 'anybody', { ...overTls, tls: 'trustsAnybody' });
  },
  judge: (slice) => [judgeOwn(slice)],
};

function judgeOwn(slice: Slice): Judgement {
  const [trusting, distrusting] = [slice.client('trusting'), slice.client('distrusting')];
  const say = saying(ownAccept, { connection: trusting });
  const shown = [trusting, distrusting].flatMap((it) => [it.received('CONNACK').at(0), it.ended]);
  if (!isServed(slice, 'anybody')) return say('inconclusive', 'nobody at all is served over TLS', ...shown);
  if (codeOf(trusting) !== 0) return say('fail', `a client that trusts its CA: ${came(trusting)}`, ...shown);
  if (codeOf(distrusting) !== undefined)
    return say('fail', `a client that does not trust its CA: ${came(distrusting)}`, ...shown);
  return say('pass', `a client that does not trust its CA: ${came(distrusting)}; one that does was served`, ...shown);
}

const plainAccept = ['no CONNACK; a client over TLS is served at the same port'];

const plainBytes: Check = {
  id: 'security/tls-plain-bytes',
  title: 'MQTT without TLS is not served on the TLS port',
  section: '5.4',
  statements: [],
  needs: ['tls'],
  group: 'parallel',
  accept: plainAccept,
  async drive(bench) {
    await bench.connect('before', overTls);
    const way = { ...overTls, tls: 'plain' } as const;
    const client = await bench.open('plain', way);
    await client.sendIllegal('a CONNECT without TLS on a TLS port', bench.connectPacket('plain', way));
    await client.closedByServer();
    await bench.connect('after', overTls);
  },
  judge(slice) {
    const connection = slice.client('plain');
    const shown = { expected: plainAccept, connection: connection.id, evidence: all(connection), count: 1 };
    const actual = came(connection);
    if (codeOf(connection) !== undefined) return [{ ...shown, verdict: 'fail', actual }];
    const isThere = isServed(slice, 'before') && isServed(slice, 'after');
    return [{ ...shown, verdict: isThere ? 'pass' : 'inconclusive', actual }];
  },
};

export const securityTlsChecks: readonly Check[] = [
  ownCertificate,
  plainBytes,
  certificateRefused(
    'security/client-certificate-missing',
    'a client without a certificate is refused where one is demanded',
    'noCertificate',
  ),
  certificateRefused(
    'security/client-certificate-expired',
    'a client certificate that has expired is refused',
    'expiredCertificate',
  ),
  certificateRefused(
    'security/client-certificate-unknown-ca',
    'a client certificate of a CA that the server does not know is refused',
    'unknownCertificate',
  ),
];
