// Checks of one shape: a CONNECT whose login is wrong, which the server must close on, and should refuse by code 4 or 5.
import type { Slice } from '../judge/slice.ts';
import type { Connect } from '../wire/packet.ts';
import type { ConnectOptions } from './bench.ts';
import type { Check } from './check.ts';
import { all, isOverBefore, type Judgement } from './judgement.ts';

/** One way to say wrongly who one is. */
export interface WrongLogin {
  /** Name of the client that says it. */
  readonly name: string;
  readonly what: string;
  /** Makes it of a CONNECT that would be accepted. */
  readonly spoil: (good: Connect) => Connect;
}

/** The way in that demands a login. */
export const atLogin = { variant: 'login' } as const satisfies ConnectOptions;

/** With no password of ours: they are random and longer. */
export const withWrongPassword = (good: Connect): Connect => ({ ...good, password: Buffer.from('not the password') });

/** Without user name and password. */
export function nobody({ userName: _userName, password: _password, ...connect }: Connect): Connect {
  return connect;
}

const accept = [
  'CONNACK with code 4 or 5, then the server closes the connection; the right login is accepted',
  'a close without CONNACK, or behind another code: a remark',
];

/** The check that these logins are refused, while the right one is accepted before and after. */
export function refusedLogin(id: string, title: string, wrong: readonly WrongLogin[]): Check {
  return {
    id,
    title,
    section: '3.1.4',
    statements: ['MQTT311-NN-14', 'MQTT311-NN-17'],
    needs: ['login'],
    group: 'parallel',
    accept,
    async drive(bench) {
      // Of a server that refuses everybody, or that fell over, a refusal shows nothing.
      await bench.connect('before', atLogin);
      await Promise.all(
        wrong.map(async ({ name, what, spoil }) => {
          const client = await bench.open(name, atLogin);
          await client.sendIllegal(what, spoil(bench.connectPacket(name, atLogin)));
          await client.closedByServer();
        }),
      );
      await bench.connect('after', atLogin);
    },
    judge: (slice) => wrong.flatMap((it) => judgeWrong(slice, it)),
  };
}

function judgeWrong(slice: Slice, { name, what }: WrongLogin): readonly Judgement[] {
  const connection = slice.client(name);
  const code = connection.received('CONNACK').at(0)?.packet.returnCode;
  const isClosed = connection.ended?.by === 'server';
  const came = code === undefined ? 'no CONNACK' : `CONNACK with code ${code}`;
  const say = (statement: 'MQTT311-NN-14' | 'MQTT311-NN-17', verdict: Judgement['verdict'], how = ''): Judgement => ({
    statement,
    verdict,
    expected: accept,
    actual: `${what}: ${came}, ${isClosed ? 'then a close by the server' : 'and the connection stayed open'}${how}`,
    connection: connection.id,
    evidence: all(connection),
    count: 1,
  });
  if (isOverBefore(connection)) return [say('MQTT311-NN-14', 'inconclusive', ' before the CONNECT was sent')];
  const isServed = ['before', 'after'].every((control) =>
    slice
      .client(control)
      .received('CONNACK', ({ returnCode }) => returnCode === 0)
      .at(0),
  );
  if (!isServed) return [say('MQTT311-NN-14', 'inconclusive', '; the right login was not accepted either')];
  if (code === 0 || !isClosed) return [say('MQTT311-NN-14', 'fail')];
  const isFitting = code === 4 || code === 5;
  return [say('MQTT311-NN-14', 'pass'), say('MQTT311-NN-17', isFitting ? 'pass' : 'warn')];
}
