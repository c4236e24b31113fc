// Checks of section 3.1: what comes before a CONNECT, or behind one that is refused, comes to nothing.
import type { StatementId } from '../../spec/statement.ts';
import type { Slice, SliceConnection, SlicePacket } from '../../judge/slice.ts';
import { encode } from '../../wire/encode.ts';
import type { Spoil } from '../../wire/encode.ts';
import type { Connect, Packet } from '../../wire/packet.ts';
import type { CheckBench, ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { all, isOverBefore, type Judgement } from '../judgement.ts';

const sentinel = 'sentinel';
const forbidden = 'must not come';

/** Publishes a sentinel on each topic and waits until the observer has it: what was to be seen before it has come. */
async function fence(
  bench: CheckBench,
  publisher: ScriptedClient,
  observer: ScriptedClient,
  topics: readonly string[],
): Promise<void> {
  for (const topic of topics) {
    await publisher.publish({ topic, payload: sentinel, qos: 1 });
    await observer.delivery(topic, sentinel);
  }
  await bench.quiet();
}

const unwanted = (topic: string, retain = false): Packet => ({
  type: 'PUBLISH',
  dup: false,
  qos: 1,
  retain,
  topic,
  packetId: 1,
  payload: Buffer.from(forbidden),
});

const isForbidden = ({ payload }: { readonly payload: Uint8Array }): boolean =>
  Buffer.from(payload).toString() === forbidden;

const isSentinel = ({ payload }: { readonly payload: Uint8Array }): boolean =>
  Buffer.from(payload).toString() === sentinel;

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

/** A CONNECT that no server may accept. */
interface Refused {
  readonly name: string;
  readonly what: string;
  connect(bench: CheckBench): readonly [Connect, Spoil?];
}

const refused: readonly Refused[] = [
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

const NOTHING: StatementId = 'MQTT-3.1.4-5';
const nothingAccept =
  'no answer to what follows a refused CONNECT, and neither a subscriber of then nor one of later sees it';

const topicBehind = (bench: CheckBench, { name }: Refused): string => bench.topic(`behind/${name}`);

/** The check that a PUBLISH and a SUBSCRIBE in one piece with a refused CONNECT come to nothing. */
function nothingAfterRefusal(id: string, title: string, retain: boolean): Check {
  return {
    id,
    title,
    section: '3.1.4',
    statements: [NOTHING],
    needs: retain ? ['qos1', 'retain'] : ['qos1'],
    group: 'parallel',
    accept: [nothingAccept],
    async drive(bench) {
      const topics = refused.map((it) => topicBehind(bench, it));
      const filters = Object.fromEntries(topics.map((topic) => [topic, 1 as const]));
      const observer = await bench.connect('observer');
      await observer.subscribe(filters);
      const publisher = await bench.connect('sentinel');
      await Promise.all(
        refused.map(async (it) => {
          const filter = bench.topic(`from/${it.name}`);
          const client = await bench.open(it.name);
          const pieces = [
            encode(...it.connect(bench)),
            encode(unwanted(topicBehind(bench, it), retain)),
            encode({ type: 'SUBSCRIBE', packetId: 2, subscriptions: [{ filter, qos: 1 }] }),
          ];
          await client.sendIllegal(`${it.what}, and more behind it`, Buffer.concat(pieces));
          await client.closedByServer();
        }),
      );
      await fence(bench, publisher, observer, topics);
      if (!retain) return;
      // One that is rightly retained goes the same way: without it, nothing tells whether the server keeps any.
      const kept = bench.topic('kept');
      await publisher.publish({ topic: kept, payload: sentinel, qos: 1, retain: true });
      const late = await bench.connect('late');
      await late.subscribe({ ...filters, [kept]: 1 });
      await late.delivery(kept, sentinel);
      await bench.quiet();
      for (const topic of [...topics, kept]) await publisher.publish({ topic, payload: '', qos: 1, retain: true });
    },
    judge: (slice) => refused.map((it) => judgeNothing(slice, it)),
  };
}

function judgeNothing(slice: Slice, { name, what }: Refused): Judgement {
  const connection = slice.client(name);
  const code = connection.received('CONNACK').at(0)?.packet.returnCode;
  const answer = connection.packets.find((it) => it.direction === 'toClient' && it.packet?.type !== 'CONNACK');
  const seenBy = ['observer', 'late'].flatMap((watcher) => slice.connectionsOf(watcher));
  const onTopic = seenBy.flatMap((it) => it.received('PUBLISH', ({ topic }) => topic.endsWith(`/behind/${name}`)));
  const effect = onTopic.find(({ packet }) => isForbidden(packet));
  const isLateServed = slice.connectionsOf('late').every((it) => it.received('PUBLISH', isSentinel).length > 0);
  const isFenced = onTopic.some(({ packet }) => isSentinel(packet)) && isLateServed;
  const outcomes = [
    ...(answer ? [`the server answered with ${answer.packet?.type ?? 'bytes'}`] : []),
    ...(effect ? ['a subscriber got the message'] : []),
  ];
  const isRefused = code === undefined ? connection.ended?.by === 'server' : code !== 0;
  const [verdict, actual]: readonly [Judgement['verdict'], string] =
    // Where the CONNECT is accepted, which is judged elsewhere, it is right to go on.
    code === 0
      ? ['notExercised', 'it was accepted']
      : outcomes.length > 0
        ? ['fail', outcomes.join(', ')]
        : !isRefused
          ? ['notExercised', 'it was neither refused nor closed on']
          : isFenced && !isOverBefore(connection)
            ? ['pass', 'nothing came of it']
            : ['inconclusive', 'nothing came of it, but a sentinel on the same way did not come either'];
  return {
    statement: NOTHING,
    verdict,
    expected: [nothingAccept],
    actual: `behind ${what}: ${actual}`,
    connection: connection.id,
    evidence: { events: [...all(connection).events, ...(effect ? [effect.seq] : [])] },
    count: 1,
  };
}

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
  nothingAfterRefusal('connect/nothing-after-refusal', 'what follows a refused CONNECT is not processed', false),
  nothingAfterRefusal(
    'connect/nothing-retained-after-refusal',
    'a message behind a refused CONNECT is not retained',
    true,
  ),
];
