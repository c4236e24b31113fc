// Checks of one shape: a CONNECT that breaks section 3.1, which the server must close on without a CONNACK.
import type { StatementId } from '../spec/statement.ts';
import type { Slice, SliceConnection } from '../judge/slice.ts';
import type { Spoil } from '../wire/encode.ts';
import type { Connect, Text } from '../wire/packet.ts';
import type { CheckBench } from './bench.ts';
import type { Check } from './check.ts';
import type { Judgement } from './judgement.ts';

/** One thing wrong with a CONNECT. */
export interface Malformation {
  /** Name of the client that sends it. */
  readonly name: string;
  /** What is wrong, in words. */
  readonly what: string;
  /** The statements it breaks; that the server validates (MQTT-3.1.4-1) is judged with every one. */
  readonly statements: readonly StatementId[];
  /** Return codes that the standard's own table has for such data: with the close behind them a remark, no violation. */
  readonly namedCodes?: readonly number[];
  /** What it is made of, where that is not the legal CONNECT of the check. */
  readonly from?: (bench: CheckBench, name: string) => Connect;
  /** Makes it of that. */
  spoil(connect: Connect): readonly [packet: Connect<Text>, spoil?: Spoil];
}

/** Flags of the login that a CONNECT carries, where its target wants one from everybody: other flags are set beside them. */
export const loginFlags = ({ userName, password }: Connect): number =>
  (userName === undefined ? 0 : 0x80) | (password === undefined ? 0 : 0x40);

/** A check of several malformations of one legal CONNECT. */
export interface MalformedConnect {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly needs?: Check['needs'];
  /** The CONNECT without any fault, which is to be accepted. */
  readonly legal: (bench: CheckBench, name: string) => Connect;
  readonly malformations: readonly Malformation[];
}

const VALIDATES: StatementId = 'MQTT-3.1.4-1';
const accept = 'the server closes the connection without a CONNACK, and accepts the same CONNECT without the fault';

/**
 * The check behind a {@link MalformedConnect}. A CONNACK that accepts, or a connection left open, fails the statement
 * that was broken and the server's duty to validate. A CONNACK that refuses, and then the close, fails that duty alone:
 * the CONNECT was not served.
 */
export function malformedConnect(it: MalformedConnect): Check {
  return {
    id: it.id,
    title: it.title,
    section: it.section,
    statements: [...new Set([...it.malformations.flatMap(({ statements }) => statements), VALIDATES])],
    needs: it.needs ?? [],
    group: 'parallel',
    accept: acceptable(it.malformations),
    async drive(bench) {
      await Promise.all(it.malformations.map((one) => offend(bench, it, one)));
      // Of a server that refuses everybody, or that the malformed CONNECT brought down, the close shows nothing.
      const control = await bench.open('control');
      await control.send(it.legal(bench, 'control'));
      const connack = await control.next('CONNACK');
      if (connack?.returnCode === 0) await control.disconnect();
    },
    judge: (slice) => it.malformations.flatMap((one) => judgeOne(slice, one)),
  };
}

function acceptable(malformations: readonly Malformation[]): readonly string[] {
  const named = new Set(malformations.flatMap(({ namedCodes = [] }) => namedCodes));
  return [accept, ...[...named].map((code) => `CONNACK with code ${code}, then the close: a remark`)];
}

async function offend(bench: CheckBench, it: MalformedConnect, one: Malformation): Promise<void> {
  const client = await bench.open(one.name);
  bench.mark(one.name, client);
  await client.sendIllegal(one.what, ...one.spoil((one.from ?? it.legal)(bench, one.name)));
  await client.closedByServer();
}

/** What the server made of it: the verdicts on the broken statements and on the server's validation. */
interface Outcome {
  readonly broken: Judgement['verdict'];
  readonly validates: Judgement['verdict'];
  readonly actual: string;
}

const alike = (verdict: Judgement['verdict'], actual: string): Outcome => ({
  broken: verdict,
  validates: verdict,
  actual,
});

function judgeOne(slice: Slice, one: Malformation): readonly Judgement[] {
  const offender = slice.client(one.name);
  const { broken, validates, actual } = outcomeOf(slice, offender, one);
  const say = (statement: StatementId, verdict: Judgement['verdict']): Judgement => ({
    statement,
    verdict,
    expected: acceptable([one]),
    actual: `${one.what}: ${actual}`,
    connection: offender.id,
    evidence: {
      // Our own end shows nothing; without it the answer, or the CONNECT that got none, is the last.
      events: [
        ...offender.packets.map(({ seq }) => seq),
        ...(offender.ended?.by === 'server' ? [offender.ended.seq] : []),
      ],
    },
    count: 1,
  });
  return [...one.statements.map((statement) => say(statement, broken)), say(VALIDATES, validates)];
}

function outcomeOf(slice: Slice, offender: SliceConnection, one: Malformation): Outcome {
  const { ended } = offender;
  const code = offender.received('CONNACK').at(0)?.packet.returnCode;
  const came = code === undefined ? 'no CONNACK' : `CONNACK with code ${code}`;
  if (ended !== undefined && ended.seq < slice.mark(one.name).seq)
    return alike('inconclusive', 'the connection was over before the CONNECT was sent');
  if (code === 0) return alike('fail', 'the server accepted it, CONNACK with code 0');
  const control = slice.client('control');
  if (ended?.by !== 'server') return judgeOpen(control, came);
  const actual = `${came}, then a close by the server`;
  if (!control.received('CONNACK').some(({ packet }) => packet.returnCode === 0))
    return alike('inconclusive', `${actual}; but the same CONNECT without the fault was not accepted either`);
  if (code === undefined) return alike('pass', actual);
  if (one.namedCodes?.includes(code)) return alike('warn', actual);
  return { broken: 'pass', validates: 'fail', actual };
}

/** Any CONNACK shows that the server is there, a refusal too. A close alone does not: what stands before it may close. */
function judgeOpen(control: SliceConnection, came: string): Outcome {
  const isAlive = control.received('CONNACK').length > 0;
  return isAlive
    ? alike('fail', `${came}, and the connection stayed open, while another was answered`)
    : alike('inconclusive', `${came}, and the connection stayed open; but no other was answered either`);
}
