// Checks of section 3.1: what comes before a CONNECT, or behind one that is refused, comes to nothing.
import type { Slice, SliceConnection, SlicePacket } from '../../judge/slice.ts';
import type { Packet } from '../../wire/packet.ts';
import type { CheckBench } from '../bench.ts';
import type { Check } from '../check.ts';
import { all, isOverBefore, type Judgement } from '../judgement.ts';
import {
  fence,
  isForbidden,
  isSentinel,
  nothingAfterRefusal,
  unwanted,
  type RefusedConnect,
} from '../nothing-after-refusal.ts';

const firstAccept = [
  'the server closes the connection, answers nothing and forwards nothing',
  'or it refuses by a CONNACK before it closes: a remark',
];

/** Packets that come before any CONNECT; the client is named after each. */
const early = (bench: CheckBench): readonly Packet[] => [
  unwanted(bench.topic('early')),
  { type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: bench.topic('early'), qos: 1 }] },
  { type: 'PINGREQ' },
];
const earlyTypes = ['PUBLISH', 'SUBSCRIBE', 'PINGREQ'] as const;

function judgeFirst(slice: Slice, type: (typeof earlyTypes)[number]): Judgement {
  const connection = slice.client(type);
  const answer = connection.packets.find((it) => it.direction === 'toClient');
  const code = connection.received('CONNACK').at(0)?.packet.returnCode;
  const observer = slice.client('observer');
  const forwarded = type === 'PUBLISH' ? observer.received('PUBLISH', isForbidden).at(0) : undefined;
  const isClosed = connection.ended?.by === 'server';
  // The observer's own answers are the proof of life behind an open connection.
  const isAlive = observer.received('PUBLISH', isSentinel).length > 0;
  // A refusal acknowledges nothing: what has to come is the close.
  const isRefused = isClosed && code !== undefined && code !== 0 && isOnlyAnswer(connection);
  const answered = isRefused ? 'warn' : 'fail';
  const silent = !isAlive || isOverBefore(connection) ? 'inconclusive' : isClosed ? 'pass' : 'fail';
  const verdict = forwarded ? 'fail' : answer ? answered : silent;
  const outcomes = [
    ...(answer ? [`the server answered with ${inWords(answer)}`] : ['no answer']),
    ...(forwarded ? ['it was forwarded'] : []),
    isClosed ? 'a close by the server' : 'the connection stayed open',
  ];
  return {
    statement: 'MQTT-3.1.0-1',
    verdict,
    expected: firstAccept,
    actual: `${type} before CONNECT: ${outcomes.join(', ')}`,
    connection: connection.id,
    evidence: { events: [...all(connection).events, ...(forwarded ? [forwarded.seq] : [])] },
    count: 1,
  };
}

const isOnlyAnswer = ({ packets }: SliceConnection): boolean =>
  packets.filter(({ direction }) => direction === 'toClient').length === 1;

const inWords = ({ packet }: SlicePacket): string =>
  packet?.type === 'CONNACK' ? `CONNACK with code ${packet.returnCode}` : (packet?.type ?? 'bytes');

/** What no server may accept. */
const refused: readonly RefusedConnect[] = [
  {
    name: 'level',
    what: 'a CONNECT with protocol level 99',
    connect: (bench) => [{ ...bench.connectPacket('level'), protocolLevel: 99 }],
  },
  {
    name: 'emptyid',
    what: 'a CONNECT with an empty ClientId and CleanSession 0',
    connect: (bench) => [bench.connectPacket('emptyid', { clientId: '', cleanSession: false })],
  },
  {
    name: 'flag',
    what: 'a CONNECT with its reserved flag set',
    connect: (bench) => [bench.connectPacket('flag'), { connectFlags: 0x03 }],
  },
];

export const outOfTurnChecks: readonly Check[] = [
  {
    id: 'connect/comes-first',
    title: 'a connection that begins with another packet than CONNECT is ended, and the packet has no effect',
    section: '3.1',
    statements: ['MQTT-3.1.0-1'],
    needs: ['qos1'],
    group: 'parallel',
    accept: firstAccept,
    async drive(bench) {
      const observer = await bench.connect('observer');
      await observer.subscribe({ [bench.topic('early')]: 1 });
      const begin = async (packet: Packet): Promise<void> => {
        const client = await bench.open(packet.type);
        await client.sendIllegal(`${packet.type} before CONNECT`, packet);
        await client.closedByServer();
      };
      await Promise.all(early(bench).map(begin));
      await fence(bench, await bench.connect('sentinel'), observer, [bench.topic('early')]);
    },
    judge: (slice) => earlyTypes.map((type) => judgeFirst(slice, type)),
  },
  nothingAfterRefusal({
    id: 'connect/nothing-after-refusal',
    title: 'what follows a refused CONNECT is not processed',
    refused,
    retain: false,
  }),
  nothingAfterRefusal({
    id: 'connect/nothing-retained-after-refusal',
    title: 'a message behind a refused CONNECT is not retained',
    refused,
    retain: true,
  }),
];
