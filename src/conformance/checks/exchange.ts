// Checks of section 3.10.4 and 4.6: exchanges that were begun are finished, and in which order.
import type { Slice, SliceConnection, SlicePacket } from '../../judge/slice.ts';
import type { Publish } from '../../wire/packet.ts';
import { highestQos, SituationFailed, soonMs, type CheckBench, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { forget } from '../forget.ts';
import { isText, saying, type Judgement } from '../judgement.ts';

const acceptFinished = [
  'QoS 2: PUBREC is answered by PUBREL after the UNSUBACK too',
  'QoS 1: the message that was not acknowledged comes again after the reconnect, although its filter is gone',
];

/** Begins one delivery, and has its subscription removed before it is answered; another subscription stays. */
const unsubscribeAmid = async (bench: CheckBench, name: string, qos: 1 | 2): Promise<ScriptedClient> => {
  const topic = bench.topic(name);
  const subscriber = await bench.connect(name, { cleanSession: false, acknowledge: false });
  // Servers may tell a session by its subscriptions: one is left, so that this is about the exchange alone.
  await subscriber.subscribe({ [topic]: qos, [bench.topic(`${name}/stays`)]: qos });
  const publisher = await bench.connect(`pub-${name}`);
  await publisher.publish({ topic, payload: 'begun', qos });
  const begun = await subscriber.next('PUBLISH', (it) => it.qos === qos);
  if (begun === undefined) throw new SituationFailed(`no delivery at QoS ${qos} was begun`);
  await subscriber.unsubscribe(topic);
  return subscriber;
};

async function finishAtQos2(bench: CheckBench): Promise<void> {
  const two = await unsubscribeAmid(bench, 'two', 2);
  const packetId = two.deliveries.at(0)?.packetId ?? 0;
  await two.send({ type: 'PUBREC', packetId });
  if (await two.next('PUBREL')) await two.send({ type: 'PUBCOMP', packetId });
  await two.disconnect();
  await forget(bench, 'two');
}

/** Nothing where the target was said to have no QoS 2. */
function judgeFinishedAtQos2(slice: Slice): readonly Judgement[] {
  const [subscriber] = slice.connectionsOf('two');
  return subscriber === undefined ? [] : [judgeReleased(subscriber)];
}

function judgeReleased(subscriber: SliceConnection): Judgement {
  const say = saying(acceptFinished, { connection: subscriber, statement: 'MQTT-3.10.4-3' });
  const begun = subscriber.received('PUBLISH', isText('begun')).at(0);
  const unsuback = subscriber.received('UNSUBACK').at(0);
  const pubrec = subscriber.sent('PUBREC').at(0);
  if (begun === undefined || unsuback === undefined || pubrec === undefined) {
    return say('inconclusive', 'no delivery was begun, or no UNSUBACK came', begun);
  }
  const pubrel = subscriber.received('PUBREL', (it) => it.packetId === begun.packet.packetId).at(0);
  if (pubrel !== undefined) return say('pass', 'PUBREL came behind the UNSUBACK', begun, unsuback, pubrec, pubrel);
  if (subscriber.ended?.by === 'server') return say('inconclusive', 'the server closed the connection', pubrec);
  return say('fail', 'PUBREC was not answered', begun, unsuback, pubrec);
}

function judgeFinishedAtQos1(slice: Slice): Judgement {
  const [first, back] = slice.connectionsOf('one');
  const begun = first?.received('PUBLISH', isText('begun')).at(0);
  const unsuback = first?.received('UNSUBACK').at(0);
  const connack = back?.received('CONNACK').at(0);
  const say = saying(acceptFinished, { ...(back && { connection: back }), statement: 'MQTT-3.10.4-3' });
  if (back === undefined || begun === undefined || unsuback === undefined || connack === undefined) {
    return say('inconclusive', 'no delivery was begun, or no UNSUBACK came', begun);
  }
  const again = back.received('PUBLISH', isText('begun')).at(0);
  if (again !== undefined) return say('pass', 'the PUBLISH came again', begun, unsuback, connack, again);
  if (back.ended?.by === 'server') return say('inconclusive', 'the server closed the connection', connack);
  // Whether the server may have lost the session is another statement's matter.
  if (!connack.packet.sessionPresent) return say('inconclusive', 'the session with its delivery is gone', connack);
  return say('fail', 'the PUBLISH did not come again in the resumed session', begun, unsuback, connack);
}

const acceptResent = [
  'what is sent again comes in the order of its first sending (across QoS 1 and 2 another order is a remark)',
];

/** The order of messages by their names, first copies only. */
function firstCopies(connection: SliceConnection): readonly (SlicePacket & { readonly packet: Publish })[] {
  const seen = new Set<string>();
  return connection.received('PUBLISH').filter(({ packet }) => {
    const name = Buffer.from(packet.payload).toString();
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  });
}

/** Several, again and again: where a server races against itself, the order is wrong for some of its clients only. */
const rounds = Array.from({ length: 7 }, (_, n) => [`sub${3 * n}`, `sub${3 * n + 1}`, `sub${3 * n + 2}`]);

function judgeResent(slice: Slice, name: string): readonly Judgement[] {
  const [first, back] = slice.connectionsOf(name);
  if (first === undefined || back === undefined) return [];
  const say = saying(acceptResent, { connection: back, statement: 'MQTT-4.6.0-1' });
  const order = new Map(firstCopies(first).map(({ packet }, at) => [Buffer.from(packet.payload).toString(), at]));
  const placeOf = ({ payload }: Publish): number => order.get(Buffer.from(payload).toString()) ?? Infinity;
  // Where among them newer messages come is for the rule of MQTT-4.6.0-6.
  const resent = firstCopies(back).filter(({ packet }) => placeOf(packet) < Infinity);
  if (order.size < 2) return [say('notExercised', 'the server sends one message at a time: there is no order')];
  for (const qos of [1, 2]) {
    const pair = swapped(
      resent.filter((it) => it.packet.qos === qos),
      placeOf,
    );
    if (pair !== undefined) return [say('fail', `QoS ${qos} messages came in another order`, ...pair)];
  }
  if (resent.length < 2) return [say('inconclusive', `${resent.length} messages were sent again: no order to judge`)];
  const across = swapped(resent, placeOf);
  if (across !== undefined) return [say('warn', 'in order at each QoS, in another one across them', ...across)];
  return [say('pass', `${resent.length} messages came again in order`, ...resent)];
}

/** The first two neighbours that came the wrong way round. */
function swapped<P extends { readonly packet: Publish }>(
  all: readonly P[],
  placeOf: (packet: Publish) => number,
): readonly [P, P] | undefined {
  for (const [index, it] of all.entries()) {
    const next = all[index + 1];
    if (next !== undefined && placeOf(next.packet) < placeOf(it.packet)) return [it, next];
  }
  return undefined;
}

/** Leaves subscribers in the middle of their messages, and lets them come back for them. */
async function redeliver(
  bench: CheckBench,
  publisher: ScriptedClient,
  topic: string,
  names: readonly string[],
): Promise<void> {
  const highest = highestQos(bench);
  const subscribers = await Promise.all(
    names.map((name) => bench.connect(name, { cleanSession: false, acknowledge: false })),
  );
  await Promise.all(subscribers.map((it) => it.subscribe({ [topic]: highest })));
  const payloads = Array.from({ length: 10 }, (_, n) => `message ${n}`);
  // All at once, in order: a server that is slow to acknowledge would take as long for each.
  await Promise.all(
    payloads.map((payload, n) => publisher.publish({ topic, payload, qos: n % 2 === 0 ? 1 : highest })),
  );
  await Promise.all(subscribers.map((it) => leaveAmid(bench, it, topic, payloads)));
  const newer = bench.qosLevels.flatMap((qos) => (qos > 0 ? [{ payload: `newer at QoS ${qos}`, qos }] : []));
  await Promise.all(newer.map((it) => publisher.publish({ topic, ...it })));
  await Promise.all(
    names.map((name) => returnFor(bench, name, topic, [...payloads, ...newer.map(({ payload }) => payload)])),
  );
  await Promise.all(names.map((name) => forget(bench, name)));
}

/** Takes what comes, acknowledges nothing, and is gone. */
async function leaveAmid(
  bench: CheckBench,
  subscriber: ScriptedClient,
  topic: string,
  payloads: readonly string[],
): Promise<void> {
  // A server may hold messages back until those before them are acknowledged: what came is then less.
  for (const payload of payloads) {
    if ((await subscriber.delivery(topic, payload, soonMs(bench))) === undefined) break;
  }
  await subscriber.abort('rst');
}

async function returnFor(bench: CheckBench, name: string, topic: string, payloads: readonly string[]): Promise<void> {
  const back = await bench.connect(name, { cleanSession: false });
  await Promise.all(payloads.map((payload) => back.delivery(topic, payload)));
  await bench.quiet();
  await back.disconnect();
}

export const exchangeChecks: readonly Check[] = [
  {
    id: 'unsubscribe/finishes-what-was-begun',
    title: 'a delivery that was begun is finished after its subscription is gone',
    section: '3.10.4',
    statements: ['MQTT-3.10.4-3'],
    needs: ['qos1', 'session'],
    group: 'parallel',
    accept: acceptFinished,
    async drive(bench) {
      if (bench.qosLevels.includes(2)) await finishAtQos2(bench);
      const one = await unsubscribeAmid(bench, 'one', 1);
      await one.abort('rst');
      const back = await bench.connect('one', { cleanSession: false });
      await back.delivery(bench.topic('one'), 'begun', bench.parameters.redeliveryFailMs);
      await back.disconnect();
      await forget(bench, 'one');
    },
    judge: (slice) => [...judgeFinishedAtQos2(slice), judgeFinishedAtQos1(slice)],
  },
  {
    id: 'session/redelivery-order',
    title: 'what is sent again after a reconnect keeps its order, and comes before what is newer',
    section: '4.6',
    statements: ['MQTT-4.6.0-1', 'MQTT-4.6.0-6'],
    needs: ['session', 'qos1'],
    group: 'parallel',
    accept: acceptResent,
    async drive(bench) {
      const publisher = await bench.connect('pub');
      for (const [n, names] of rounds.entries()) {
        await redeliver(bench, publisher, bench.topic(`again${n}`), names);
      }
    },
    judge: (slice) => rounds.flat().flatMap((name) => judgeResent(slice, name)),
  },
  {
    id: 'publish/pubrel-order',
    title: 'PUBRELs come in the order of the PUBRECs, whatever the order of the messages',
    section: '4.6',
    statements: ['MQTT-4.6.0-4', 'MQTT-4.6.0-6', 'MQTT-3.6.1-1'],
    needs: ['qos2'],
    group: 'parallel',
    accept: [
      'PUBREL packets that begin with 0x62, with the identifiers of the PUBREC packets, in the order in which these were sent',
    ],
    async drive(bench) {
      const topic = bench.topic('shuffled');
      const subscriber = await bench.connect('sub', { acknowledge: false });
      await subscriber.subscribe({ [topic]: 2 });
      const publisher = await bench.connect('pub');
      const payloads = ['a', 'b', 'c', 'd', 'e', 'f'];
      for (const payload of payloads) await publisher.publish({ topic, payload, qos: 2 });
      for (const payload of payloads) {
        if ((await subscriber.delivery(topic, payload, soonMs(bench))) === undefined) break;
      }
      const ids = subscriber.deliveries.flatMap((it) => (it.qos === 2 ? (it.packetId ?? []) : []));
      // One at a time, or granted at QoS 1 only: there is no order, and no PUBREC belongs here.
      if (ids.length < 2) return;
      const shuffled = [...ids.filter((_, at) => at % 2 === 1).toReversed(), ...ids.filter((_, at) => at % 2 === 0)];
      // Together, so that several are under way at once: only those can change places.
      await Promise.all(shuffled.map((packetId) => subscriber.send({ type: 'PUBREC', packetId })));
      for (const packetId of shuffled) {
        await subscriber.next('PUBREL', (it) => it.packetId === packetId);
        await subscriber.send({ type: 'PUBCOMP', packetId });
      }
      await subscriber.ping();
    },
  },
  {
    id: 'publish/order-of-many',
    title: 'sixty messages at each QoS from one publisher keep their order',
    section: '4.6',
    statements: ['MQTT-4.6.0-5', 'MQTT-4.6.0-6'],
    needs: ['qos1'],
    group: 'parallel',
    accept: ['the messages of each QoS come in the order of publishing'],
    async drive(bench) {
      const topic = bench.topic('many');
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [topic]: highestQos(bench) });
      const publisher = await bench.connect('pub');
      for (const qos of bench.qosLevels) {
        const payloads = Array.from({ length: 60 }, (_, n) => `QoS ${qos}, number ${n}`);
        // Ten under way at a time, well below any server's window.
        for (let at = 0; at < payloads.length; at += 10) {
          const burst = payloads.slice(at, at + 10);
          await Promise.all(burst.map((payload) => publisher.publish({ topic, payload, qos })));
        }
        // Of QoS 0 some may be lost: its last message is not waited for.
        if (qos > 0) await subscriber.delivery(topic, payloads.at(-1) ?? '');
      }
      await bench.quiet();
    },
  },
];
