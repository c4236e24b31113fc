// Checks of one shape: a CONNECT that the standard has refused with one return code, and then closed.
import type { StatementId } from '../spec/statement.ts';
import type { Slice } from '../judge/slice.ts';
import type { Connect } from '../wire/packet.ts';
import type { CheckBench } from './bench.ts';
import type { Check } from './check.ts';
import type { Judgement } from './judgement.ts';

/** A CONNECT that must be refused. */
export interface Refusal {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly statement: StatementId;
  /** The return code that the standard names for it. */
  readonly code: number;
  connect(bench: CheckBench): Connect;
}

/** The check behind a {@link Refusal}; it judges what every refusal owes too; MQTT-3.2.2-6 is left to the rule. */
export function refusal(it: Refusal): Check {
  const accept = [`CONNACK with code ${it.code} and Session Present 0, then the server closes the connection`];
  return {
    id: it.id,
    title: it.title,
    section: it.section,
    statements: [it.statement, 'MQTT-3.2.2-4', 'MQTT-3.2.2-5', 'MQTT-3.2.2-6'],
    needs: [],
    group: 'parallel',
    accept,
    async drive(bench) {
      const client = await bench.open('refused');
      bench.mark('refused', client);
      await client.sendIllegal(it.title, it.connect(bench));
      // Nothing is sent behind it: unread bytes would let the server's reset overtake its CONNACK.
      await client.closedByServer();
      // Who serves nobody refuses nothing: a crash, a ban and a full house look the same.
      await bench.connect('witness');
    },
    judge: (slice) => judgeRefusal(slice, it, accept),
  };
}

function judgeRefusal(slice: Slice, it: Refusal, expected: readonly string[]): readonly Judgement[] {
  const connection = slice.client('refused');
  const connack = connection.received('CONNACK').at(0);
  const isClosed = connection.ended?.by === 'server';
  const events = [
    ...connection.packets.map((seen) => seen.seq),
    ...(isClosed && connection.ended ? [connection.ended.seq] : []),
  ];
  const say = (statement: StatementId, verdict: Judgement['verdict'], actual: string): Judgement => ({
    statement,
    verdict,
    expected,
    actual,
    connection: connection.id,
    evidence: { events },
    count: 1,
  });
  if (connection.ended !== undefined && connection.ended.seq < slice.mark('refused').seq) {
    return [say(it.statement, 'inconclusive', 'the connection was over before the CONNECT was sent')];
  }
  if (connack === undefined && connection.ended?.how === 'rst') {
    return [say(it.statement, 'inconclusive', 'a reset, which may have destroyed the CONNACK before it')];
  }
  const code = connack?.packet.returnCode;
  const came = code === undefined ? 'no CONNACK' : `CONNACK with code ${code}`;
  const ending = isClosed ? 'then a close by the server' : 'and the connection stayed open';
  const isRefused = code === it.code && isClosed;
  const judged = [say(it.statement, isRefused ? 'pass' : 'fail', `${came}, ${ending}`)];
  if (connack === undefined || code === 0) return judged;
  const sessionPresent = connack.packet.sessionPresent;
  return [
    ...judged,
    say('MQTT-3.2.2-4', sessionPresent ? 'fail' : 'pass', `${came}, Session Present ${sessionPresent ? 1 : 0}`),
    say('MQTT-3.2.2-5', isClosed ? 'pass' : 'fail', `${came}, ${ending}`),
  ];
}
