// Checks of section 3.1: what comes first, what a CONNECT is read as, and that nothing comes of a refused one.
import type { StatementId } from '../../spec/statement.ts';
import type { Slice, SliceConnection, SlicePacket } from '../../judge/slice.ts';
import { encode } from '../../wire/encode.ts';
import type { Spoil } from '../../wire/encode.ts';
import type { Connect, Packet, Publish } from '../../wire/packet.ts';
import { effectMs, type CheckBench, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import type { Judgement } from '../judgement.ts';

/** Everything that happened on a connection, its end included. */
const all = ({ packets, ended }: SliceConnection): Judgement['evidence'] => ({
  events: [...packets.map(({ seq }) => seq), ...(ended ? [ended.seq] : [])],
});

const sentinel = 'sentinel';
const forbidden = 'must not come';

/** A close shows something of what was sent before it only. */
const isOverBefore = ({ packets, ended }: SliceConnection): boolean =>
  ended !== undefined && !packets.some((it) => it.direction === 'toServer' && it.seq < ended.seq);

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

const wrongNames = ['MQTX', 'mqtt', 'MQTT1'];
const nameAccept = [
  'the server closes the connection, with or without a CONNACK that refuses',
  'or it leaves the connection open and unserved: a remark',
];

function judgeName(slice: Slice, name: string): Judgement {
  const connection = slice.client(name);
  const code = connection.received('CONNACK').at(0)?.packet.returnCode;
  const isClosed = connection.ended?.by === 'server';
  const came = code === undefined ? 'no CONNACK' : `CONNACK with code ${code}`;
  const isControlAccepted =
    slice.client('control').received('CONNACK', ({ returnCode }) => returnCode === 0).length > 0;
  const isUnclear = !isControlAccepted || isOverBefore(connection);
  const verdict = code === 0 ? 'fail' : isUnclear ? 'inconclusive' : isClosed ? 'pass' : 'warn';
  return {
    statement: 'MQTT-3.1.2-1',
    verdict,
    expected: nameAccept,
    actual: `protocol name ${name}: ${came}, ${isClosed ? 'then a close by the server' : 'and the connection stayed open'}`,
    connection: connection.id,
    evidence: all(connection),
    count: 1,
  };
}

const orderAccept = 'the will comes on the topic that is its second field, with the third as its payload';

const isWill = ({ topic, payload }: Publish): boolean =>
  topic.endsWith('/willtopic') && Buffer.from(payload).toString().endsWith('/willmessage');

function judgeOrder(slice: Slice): readonly Judgement[] {
  const owner = slice.client('owner');
  const watching = slice.client('observer');
  const wills = watching.received('PUBLISH');
  const wrong = wills.find(({ packet }) => !isWill(packet));
  const seen = wrong ?? wills.at(0);
  return [
    {
      statement: 'MQTT-3.1.3-1',
      // A will that never comes is judged as such; nothing tells then in which order its fields were read.
      verdict: wrong ? 'fail' : seen ? 'pass' : 'inconclusive',
      expected: [orderAccept],
      actual: seen
        ? `a message on ${seen.packet.topic}: ${Buffer.from(seen.packet.payload).toString()}`
        : 'no message on a topic that any of the five fields names',
      connection: owner.id,
      evidence: { events: [...owner.sent('CONNECT').map(({ seq }) => seq), ...(seen ? [seen.seq] : [])] },
      count: 1,
    },
  ];
}

const longestAccept = 'CONNACK with code 0, and a client that goes on sending stays connected';
const idlingMs = 4000;

function judgeLongest(slice: Slice): readonly Judgement[] {
  return ['silent', 'active'].map((name) => {
    const connection = slice.client(name);
    const code = connection.received('CONNACK').at(0)?.packet.returnCode;
    const isClosed = connection.ended?.by === 'server';
    // A server may end a client that it takes for dead at any time, and a silent one may be.
    const closed = name === 'silent' ? 'warn' : 'fail';
    const isAnswered = connection.received('PINGRESP').length > 0;
    const served = isClosed ? closed : isAnswered ? 'pass' : 'inconclusive';
    // Code 3 is about the server, and about no keep alive; a reset may have destroyed the CONNACK before it.
    const isTurnedAway = code === 3 || (code === undefined && isClosed && connection.ended?.how === 'rst');
    const verdict = code === 0 ? served : isTurnedAway ? 'inconclusive' : 'fail';
    const end = connection.ended && isClosed ? [connection.ended.seq] : [];
    return {
      statement: 'MQTT311-NN-07',
      verdict,
      expected: [longestAccept],
      actual: `${name} client: ${code === undefined ? 'no CONNACK' : `CONNACK with code ${code}`}, ${isClosed ? 'then a close by the server' : 'and the connection stayed open'}`,
      connection: connection.id,
      evidence: {
        events: [...[...connection.sent('CONNECT'), ...connection.received('CONNACK')].map(({ seq }) => seq), ...end],
      },
      count: 1,
    };
  });
}

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

export const connectConductChecks: readonly Check[] = [
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
  {
    id: 'connect/wrong-name',
    title: 'a CONNECT with a wrong protocol name is not served as MQTT 3.1.1',
    section: '3.1.2.1',
    statements: ['MQTT-3.1.2-1'],
    needs: [],
    group: 'parallel',
    accept: nameAccept,
    async drive(bench) {
      const offend = async (protocolName: string): Promise<void> => {
        const client = await bench.open(protocolName);
        await client.sendIllegal(`protocol name ${protocolName}`, {
          ...bench.connectPacket(`name${protocolName}`),
          protocolName,
        });
        await client.closedByServer();
      };
      await Promise.all(wrongNames.map(offend));
      await bench.connect('control');
    },
    judge: (slice) => wrongNames.map((name) => judgeName(slice, name)),
  },
  {
    id: 'connect/field-order',
    title: 'the payload of CONNECT is read in its fixed order',
    section: '3.1.3',
    statements: ['MQTT-3.1.3-1'],
    needs: ['will', 'qos1'],
    group: 'parallel',
    accept: [orderAccept],
    async drive(bench) {
      // Every field could be a topic, and every such topic is watched: a field read in another's place shows itself.
      const fields = ['willtopic', 'willmessage', 'username', 'password'];
      const [topic = '', message = '', userName = '', password = ''] = fields.map((it) => bench.topic(it));
      // Of letters and digits, which every server takes as an id: a slash it may refuse.
      const clientId = bench.clientId('owner');
      const watching = await bench.connect('observer');
      await watching.subscribe({ [clientId]: 1, [topic]: 1, [message]: 1, [userName]: 1, [password]: 1 });
      const owner = await bench.open('owner');
      const will = { topic, payload: Buffer.from(message), qos: 1, retain: false } as const;
      const connect = bench.connectPacket('owner', { will });
      await owner.send({ ...connect, userName, password: Buffer.from(password) });
      await owner.connected();
      await owner.abort('rst');
      await watching.delivery(topic, message, effectMs(bench));
      await bench.quiet();
    },
    judge: judgeOrder,
  },
  {
    id: 'connect/longest-keep-alive',
    title: `a keep alive of 65535 s is accepted, and not taken for a short one in ${idlingMs / 1000} s; its end, 27 hours later, is not waited for`,
    section: '3.1.2.10',
    statements: ['MQTT311-NN-07'],
    needs: [],
    group: 'parallel',
    accept: [longestAccept, 'a client that is silent all the while is closed on: a remark'],
    async drive(bench) {
      const keepAliveS = 0xffff;
      const silent = await bench.open('silent');
      const active = await bench.open('active');
      await silent.send(bench.connectPacket('silent', { keepAliveS }));
      await active.send(bench.connectPacket('active', { keepAliveS }));
      await Promise.all([silent.next('CONNACK'), active.next('CONNACK')]);
      for (let n = 0; n < 4; n++) {
        await bench.elapse(idlingMs / 4);
        await active.ping();
      }
      await silent.ping();
      await bench.connect('witness');
    },
    judge: judgeLongest,
  },
];
