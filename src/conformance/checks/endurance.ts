// Checks of section 4.1, 7.0 and 7.1: what holds for as long as a connection lasts, for every byte, and with nothing but the standard.
import { payloadHash } from '../../history/payload-hash.ts';
import type { Slice, SlicePacket, SliceConnection } from '../../judge/slice.ts';
import type { Publish } from '../../wire/packet.ts';
import { effectMs, everyQos, highestQos, SituationFailed, type CheckBench, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { isText, saying, type Judgement } from '../judgement.ts';

/** Bytes that count, so that no two pieces of the stream are alike. */
function countedBytes(lengthB: number, from: number): Buffer {
  const bytes = Buffer.alloc(lengthB);
  for (let at = 0; at + 4 <= lengthB; at += 4) bytes.writeUInt32BE((from + at) >>> 0, at);
  return bytes;
}

/** A PUBLISH as the judge compares it: the journal cuts large payloads, and keeps their hash. */
interface Hashed {
  readonly seq: number;
  readonly hash: string;
  readonly lengthB: number;
  readonly qos: Publish['qos'];
}

const hashed = (
  connection: SliceConnection,
  way: 'sent' | 'received',
  isMeant?: (packet: Publish) => boolean,
): readonly Hashed[] =>
  connection[way]('PUBLISH', isMeant).map((it) => ({
    seq: it.seq,
    hash: it.payloadHash ?? payloadHash(it.packet.payload),
    lengthB: it.packet.payload.length + (it.omittedB ?? 0),
    qos: it.packet.qos,
  }));

const pieces = 64;
const acceptStream = [`all ${pieces} messages of the stream are acknowledged, and arrive unaltered`];

function judgeStream(slice: Slice): readonly Judgement[] {
  const subscriber = slice.client('sub');
  const publisher = slice.client('pub');
  const say = saying(acceptStream, { connection: subscriber, statement: 'MQTT-7.1.1-1' });
  const sent = hashed(publisher, 'sent');
  // What comes on another topic is no message of the stream: that nobody subscribed to it is for other rules to say.
  const topics = new Set(publisher.sent('PUBLISH').map(({ packet }) => packet.topic));
  const received = hashed(subscriber, 'received', ({ topic }) => topics.has(topic));
  const known = new Set(sent.map((it) => it.hash));
  const strange = received.find((it) => !known.has(it.hash));
  if (strange !== undefined) return [say('fail', 'a payload arrived altered', strange)];
  const closed = [publisher, subscriber].find((it) => it.ended?.by === 'server');
  if (closed?.ended !== undefined) return [say('inconclusive', 'the server closed a connection', closed.ended)];
  const acknowledged = publisher.received('PUBACK').length;
  const lengths = new Map(received.map((it) => [it.hash, it.lengthB]));
  const arrived = lengths.size;
  const carriedB = lengths.values().reduce((sum, lengthB) => sum + lengthB, 0);
  const measured = [{ name: 'payload carried each way', unit: 'B', value: carriedB }];
  const actual = `${acknowledged} acknowledged, ${arrived} arrived`;
  // Messages that are missing whole, or change places, are no loss of the byte stream: other statements judge them.
  const isWhole = sent.length === pieces && arrived === pieces && acknowledged >= pieces;
  return [{ ...say(isWhole ? 'pass' : 'inconclusive', actual, sent.at(-1), received.at(-1)), measured }];
}

const acceptLasting = [
  'after the idle time the subscription delivers, and a QoS 2 exchange that was begun before it is finished with one delivery',
];

/** Packet identifier of the exchange that is begun before the idle time, beside those that a client counts from 1. */
const packetId = 700;
const isHalf = (it: { readonly packetId: number }): boolean => it.packetId === packetId;

/** A client that begins a QoS 2 exchange where there is one, keeps its connection by PINGREQ alone, and finishes it. */
const idle = async (bench: CheckBench, name: string, cleanSession: boolean): Promise<ScriptedClient> => {
  const { keepAliveS, pingEveryMs } = bench.pace;
  const client = await bench.connect(name, { cleanSession, keepAliveS });
  await client.subscribe({ [bench.topic(`${name}/news`)]: 1 });
  const half = (dup: boolean) =>
    ({
      type: 'PUBLISH',
      dup,
      qos: 2,
      retain: false,
      topic: bench.topic(`${name}/half`),
      packetId,
      payload: Buffer.from('half'),
    }) as const;
  const isExchanging = bench.qosLevels.includes(2);
  if (isExchanging) await client.send(half(false));
  if (isExchanging && (await client.next('PUBREC', isHalf)) === undefined)
    throw new SituationFailed('no QoS 2 exchange could be begun');
  for (let n = 0; n < 3; n++) {
    await bench.elapse(pingEveryMs);
    await client.ping();
  }
  bench.mark('idle over', client);
  if (!isExchanging) {
    // What is sent next gives the mark its place at the server's end.
    await client.ping();
    return client;
  }
  await client.send(half(true));
  await client.next('PUBREC', isHalf);
  await client.send({ type: 'PUBREL', packetId });
  await client.next('PUBCOMP', isHalf);
  return client;
};

const idlers = [
  { name: 'kept', cleanSession: false },
  { name: 'clean', cleanSession: true },
] as const;

function judgeLasting(slice: Slice, name: string): Judgement {
  const client = slice.connectionsOf(name).at(0) ?? slice.client(name);
  const say = saying(acceptLasting, { connection: client, statement: 'MQTT-4.1.0-2' });
  const late = client.after(slice.marks.find((it) => it.connection === client.id) ?? client.opened);
  const pubcomp = late.received('PUBCOMP').at(0);
  const news = late.received('PUBLISH', isText('news')).at(0);
  if (client.ended?.by === 'server') return say('inconclusive', 'the server closed the connection', client.ended);
  const copies = slice
    .client('watch')
    .received('PUBLISH', (it) => it.topic.endsWith(`/${name}/half`))
    .filter((it, at, all) => all.findIndex((other) => other.packet.packetId === it.packet.packetId) === at);
  const isExchanging = client.sent('PUBLISH').length > 0;
  if (news === undefined) return say('fail', 'the subscription delivers no more', late.packets.at(0));
  if (!isExchanging) return say('pass', 'the subscription delivers', news);
  if (pubcomp === undefined) return say('fail', 'the QoS 2 exchange could not be finished', late.sent('PUBREL').at(0));
  if (copies.length === 0) return say('fail', 'the QoS 2 message was never delivered', pubcomp);
  // A server may not know a repeated PUBLISH at any time, idle or not: that breaks MQTT-4.3.3-2.
  if (copies.length > 1)
    return say('inconclusive', `the QoS 2 message was delivered ${copies.length} times`, ...copies);
  return say('pass', 'the subscription delivers, and the exchange was finished', pubcomp, copies[0], news);
}

const acceptBaseline = [
  'CONNECT, SUBSCRIBE, PUBLISH at each QoS that the target offers, a retained message and a will work with packets of the standard alone',
];

/** The beginning of a packet, whose rest the end of the connection took. */
const isCut = ({ frame }: SlicePacket): boolean => frame.deviations.every(({ code }) => code === 'truncated-packet');

/** Which step of the baseline did not work, in words. */
function judgeBaseline(slice: Slice): Judgement {
  const say = saying(acceptBaseline, { statement: 'MQTT-7.0.0-2' });
  const odd = slice.packets.find((it) => it.direction === 'toClient' && it.packet === undefined && !isCut(it));
  if (odd !== undefined) return say('fail', 'the server sent bytes that are no packet of the standard', odd);
  const clients = slice.connections;
  const connacks = clients.map((it) => it.received('CONNACK').at(0));
  const refused = connacks.find((it) => it !== undefined && it.packet.returnCode > 0);
  // User names, passwords and being unavailable are all in the standard.
  if (refused !== undefined && refused.packet.returnCode >= 3)
    return say('inconclusive', `CONNECT was refused with code ${refused.packet.returnCode}`, refused);
  if (refused !== undefined) return say('fail', `CONNECT was refused with code ${refused.packet.returnCode}`, refused);
  if (connacks.every((it) => it === undefined)) return say('fail', 'no CONNECT was answered');
  if (connacks.includes(undefined)) return say('inconclusive', 'a CONNECT was not answered', ...connacks);
  const observer = slice.client('sub');
  const suback = observer.received('SUBACK').at(0);
  const cut = clients.find((it) => it.ended?.by === 'server');
  if (suback === undefined && observer.ended?.by === 'server')
    return say('inconclusive', 'the server closed the connection in place of an answer to SUBSCRIBE', observer.ended);
  if (suback === undefined) return say('fail', 'SUBSCRIBE was not answered', observer.sent('SUBSCRIBE').at(0));
  // What the target was said not to have was not sent; what a server kept from being sent is missing in all that followed.
  const sent = everyQos
    .map((qos) => `at QoS ${qos}`)
    .filter((text) => slice.client('pub').sent('PUBLISH', isText(text)).length > 0);
  const missing = [...sent, 'retained', 'will'].filter(
    (text) => clients.flatMap((it) => it.received('PUBLISH', isText(text))).length === 0,
  );
  if (missing.length > 0 && cut?.ended !== undefined)
    return say('inconclusive', `the server closed the connection of ${cut.client}`, cut.ended);
  if (missing.length > 0) return say('fail', `did not arrive: message ${missing.join(', message ')}`, suback);
  return say(
    'pass',
    'each step worked',
    suback,
    slice.packets.findLast((it) => it.packet?.type === 'PUBLISH'),
  );
}

/** Drives the baseline; a step that does not work is the judge's business, and must not keep the next from being tried. */
const driveBaseline = async (bench: CheckBench): Promise<void> => {
  const topic = bench.topic('baseline');
  const will = { topic, payload: Buffer.from('will'), qos: 1, retain: false } as const;
  const entered = async (name: string): Promise<ScriptedClient | undefined> => {
    const options = name === 'victim' ? { will } : {};
    const client = await bench.open(name, options);
    await client.send(bench.connectPacket(name, options));
    return (await client.next('CONNACK'))?.returnCode === 0 ? client : undefined;
  };
  // Three of them: that one connection is refused may be an error that passes.
  const [subscriber, publisher, victim] = await Promise.all(['sub', 'pub', 'victim'].map(entered));
  if (subscriber === undefined || publisher === undefined || victim === undefined) return;
  await subscriber.subscribe({ [topic]: highestQos(bench) });
  // One message at QoS 0 may be lost, and two.
  for (const qos of [0, 0, ...bench.qosLevels] as const)
    await publisher.publish({ topic, payload: `at QoS ${qos}`, qos });
  await victim.abort('rst');
  await publisher.publish({ topic: bench.topic('stored'), payload: 'retained', qos: 1, retain: true });
  await subscriber.subscribe({ [bench.topic('stored')]: 1 });
  await Promise.all([
    ...bench.qosLevels.map((qos) => subscriber.delivery(topic, `at QoS ${qos}`)),
    subscriber.delivery(topic, 'will', effectMs(bench)),
    subscriber.delivery(bench.topic('stored'), 'retained'),
  ]);
  await publisher.publish({ topic: bench.topic('stored'), payload: '', qos: 1, retain: true });
};

export const enduranceChecks: readonly Check[] = [
  {
    id: 'transport/one-mebibyte',
    title: 'one mebibyte of counted bytes (over a slow link: what passes in 10 s) passes in both directions unaltered',
    section: '7.1.1',
    statements: ['MQTT-7.1.1-1'],
    needs: ['qos1'],
    group: 'parallel',
    accept: acceptStream,
    async drive(bench) {
      const topic = bench.topic('stream');
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [topic]: 1 });
      const publisher = await bench.connect('pub');
      const pieceB = Math.floor(bench.pace.streamB / pieces / 4) * 4;
      const payloads = Array.from({ length: pieces }, (_, n) => countedBytes(pieceB, n * pieceB));
      for (let at = 0; at < pieces; at += 8) {
        const burst = payloads.slice(at, at + 8);
        await Promise.all(burst.map((payload) => publisher.publish({ topic, payload, qos: 1 })));
      }
      await Promise.all(payloads.map((payload) => subscriber.delivery(topic, payload)));
    },
    judge: judgeStream,
  },
  {
    id: 'session/lasts-with-connection',
    title: 'a session lasts for as long as its connection is kept by PINGREQ',
    section: '4.1',
    statements: ['MQTT-4.1.0-2'],
    needs: ['qos1'],
    group: 'parallel',
    accept: acceptLasting,
    async drive(bench) {
      const watch = await bench.connect('watch');
      for (const { name } of idlers) await watch.subscribe({ [bench.topic(`${name}/half`)]: highestQos(bench) });
      const clients = await Promise.all(idlers.map(({ name, cleanSession }) => idle(bench, name, cleanSession)));
      const publisher = await bench.connect('pub');
      for (const [at, { name }] of idlers.entries()) {
        await publisher.publish({ topic: bench.topic(`${name}/news`), payload: 'news', qos: 1 });
        await clients[at]?.delivery(bench.topic(`${name}/news`), 'news');
        if (bench.qosLevels.includes(2)) await watch.delivery(bench.topic(`${name}/half`), 'half');
      }
      await bench.quiet();
      for (const client of clients) await client.disconnect();
      await (await bench.connect('kept')).disconnect();
    },
    judge: (slice) => idlers.map(({ name }) => judgeLasting(slice, name)),
  },
  {
    id: 'interoperation/baseline',
    title: 'connecting, subscribing, publishing, retaining and leaving a will need nothing but the standard',
    section: '7',
    statements: ['MQTT-7.0.0-2'],
    needs: ['qos1', 'retain', 'will'],
    group: 'parallel',
    accept: acceptBaseline,
    drive: driveBaseline,
    judge: (slice) => [judgeBaseline(slice)],
  },
];
