// Checks of one shape: something illegal is sent, and the server must close the connection and let it have no effect.
import type { StatementId } from '../spec/statement.ts';
import type { Finding } from '../judge/finding.ts';
import type { Slice, SliceConnection, SlicePacket } from '../judge/slice.ts';
import type { Packet, PacketType } from '../wire/packet.ts';
import type { CheckBench, ScriptedClient } from './bench.ts';
import type { Check } from './check.ts';

/** A check that one illegal packet is answered by a closed connection. */
export interface MustClose<C extends ScriptedClient = ScriptedClient> {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly statement: StatementId;
  /** Further statements that say the same of this packet. */
  readonly also?: readonly StatementId[];
  readonly needs?: Check['needs'];
  /** Whether an answer of the server shows that the packet took effect, e.g. a PUBACK. */
  readonly isEffect: (answer: Packet) => boolean;
  /** Brings the offender to the point where only the illegal packet is missing, in legal conduct, and gives it back. */
  prepare(bench: CheckBench): Promise<C>;
  /** Sends the illegal packet by `sendIllegal`. */
  offend(client: C, bench: CheckBench): Promise<void>;
  /** Has a client served on the listener that the offender uses; default: the plain one. */
  serve?(bench: CheckBench, name: string): Promise<unknown>;
}

/** For {@link MustClose.isEffect}: any packet of these types. */
export const answers =
  (...types: readonly PacketType[]) =>
  (answer: Packet): boolean =>
    types.includes(answer.type);

/** For {@link MustClose.isEffect}: the CONNECT was accepted. A refusal before the close is judged elsewhere. */
export const isAccepted = (answer: Packet): boolean => answer.type === 'CONNACK' && answer.returnCode === 0;

type Judgement = Omit<Finding, 'by' | 'check' | 'target'>;

const accept = 'the server closes the connection without answering, and the packet has no effect';

/** The check behind a {@link MustClose}. */
export function mustClose<C extends ScriptedClient>(it: MustClose<C>): Check {
  return {
    id: it.id,
    title: it.title,
    section: it.section,
    statements: [it.statement, ...(it.also ?? [])],
    needs: it.needs ?? [],
    group: 'parallel',
    accept: [accept],
    async drive(bench) {
      const serve = (name: string): Promise<unknown> => it.serve?.(bench, name) ?? bench.connect(name);
      // One that does nothing at all and is there before the offender: a server that closes on it too proves nothing.
      await serve('bystander');
      const client = await it.prepare(bench);
      bench.mark('offence', client);
      await it.offend(client, bench);
      // After an illegal packet nothing more is sent: the close decides, not a reply to something else.
      await client.closedByServer();
      // A server that the packet brought down has closed too: only one that still serves others has refused it.
      await serve('witness');
    },
    judge(slice) {
      const judged = judgeClose(slice, it);
      return [it.statement, ...(it.also ?? [])].map((statement) => ({ ...judged, statement }));
    },
  };
}

function judgeClose(slice: Slice, it: MustClose): Judgement {
  const offence = slice.mark('offence');
  const offender = slice.connections.find((connection) => connection.id === offence.connection);
  if (offender === undefined) throw new Error('the offending connection is not in the slice');
  const after = offender.after(offence);
  const isEffect = ({ direction, packet }: SlicePacket): boolean =>
    direction === 'toClient' && packet !== undefined && it.isEffect(packet) && !isLate(packet, offender, offence);
  const answer = after.packets.find(isEffect);
  if (answer)
    return judgement(it, offender, 'fail', `the server answered with ${answer.packet?.type ?? 'bytes'}`, [answer]);
  const { ended } = offender;
  if (ended !== undefined && ended.seq < offence.seq)
    return judgement(it, offender, 'inconclusive', 'the connection was over before the illegal packet was sent', [
      ended,
    ]);
  const bystander = slice.connectionsOf('bystander').at(0)?.ended;
  if (ended?.by === 'server' && bystander?.by === 'server') {
    const actual = 'the server closed, and closed a connection that did nothing as well';
    return judgement(it, offender, 'inconclusive', actual, [ended, bystander]);
  }
  if (ended?.by === 'server') {
    const tookMs = Math.round(ended.tMs - offence.tMs);
    const measured = [{ name: 'time to close', unit: 'ms', value: tookMs }];
    return { ...judgement(it, offender, 'pass', `closed after ${tookMs} ms`, [ended]), measured };
  }
  const lives = slice.after(offence).packets.find((packet) => packet.packet?.type === 'CONNACK');
  const verdict = lives ? 'fail' : 'inconclusive';
  const actual = lives
    ? 'the connection stayed open, while a fresh connection was served'
    : 'the connection stayed open, and a fresh connection was not served either: the target does not answer at all';
  return judgement(it, offender, verdict, actual, lives ? [lives] : []);
}

/** What each answer with a packet identifier answers. */
const requestOf: Partial<Record<PacketType, PacketType>> = {
  PUBACK: 'PUBLISH',
  PUBREC: 'PUBLISH',
  PUBCOMP: 'PUBREL',
  SUBACK: 'SUBSCRIBE',
  UNSUBACK: 'UNSUBSCRIBE',
};

/** Whether it answers what was legal and had no answer yet when the illegal packet was sent: slowness is no effect. */
function isLate(answer: Packet, offender: SliceConnection, { seq }: Pick<SlicePacket, 'seq'>): boolean {
  const id = 'packetId' in answer ? answer.packetId : undefined;
  const isBefore = (direction: SlicePacket['direction'], type: PacketType | undefined): boolean =>
    offender.packets.some(
      ({ packet, ...it }) =>
        it.seq < seq &&
        it.direction === direction &&
        packet?.type === type &&
        packet !== undefined &&
        'packetId' in packet &&
        packet.packetId === id,
    );
  return id !== undefined && isBefore('toServer', requestOf[answer.type]) && !isBefore('toClient', answer.type);
}

function judgement(
  it: MustClose,
  offender: SliceConnection,
  verdict: Judgement['verdict'],
  actual: string,
  last: readonly Pick<SlicePacket, 'seq'>[],
): Judgement {
  const offending = offender.packets.findLast((packet) => packet.direction === 'toServer');
  return {
    statement: it.statement,
    verdict,
    expected: [accept],
    actual,
    connection: offender.id,
    evidence: { events: [...(offending ? [offending.seq] : []), ...last.map((event) => event.seq)] },
    count: 1,
  };
}
