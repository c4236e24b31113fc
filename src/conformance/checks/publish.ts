// Checks of section 3.3 and 4.3: how messages are taken, acknowledged and delivered at each QoS.
import { highestQos, type CheckBench, type Level, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { closedInstead } from '../closed-instead.ts';
import { answers, mustClose } from '../must-close.ts';

/** Waits until every payload has arrived at the client, or is certain to be missing. */
const awaitAll = async (client: ScriptedClient, topic: string, payloads: readonly string[]): Promise<void> => {
  await Promise.all(payloads.map((payload) => client.delivery(topic, payload)));
};

/** The second half of a QoS 2 exchange, which only a PUBREC begins. */
const release = async (client: ScriptedClient, packetId: number): Promise<void> => {
  const isMine = (it: { readonly packetId: number }): boolean => it.packetId === packetId;
  if ((await client.next('PUBREC', isMine)) === undefined) return;
  await client.send({ type: 'PUBREL', packetId });
  await client.next('PUBCOMP', isMine);
};

const publisherOf = (bench: CheckBench): Promise<ScriptedClient> => bench.connect('pub');

/** Numbered messages of one publisher, ten at a time, by turns at each QoS. */
const bursts = (
  name: string,
  levels: readonly Level[],
): readonly { readonly qos: Level; readonly payloads: readonly string[] }[] =>
  [1, 2].flatMap((round) =>
    levels.map((qos) => ({
      qos,
      payloads: Array.from({ length: 10 }, (_, n) => `${name}, QoS ${qos}, round ${round}, number ${n}`),
    })),
  );

const soundPublish = { type: 'PUBLISH', dup: false, retain: false, payload: Buffer.from('x') } as const;
const badPublish = { type: 'PUBLISH', dup: false, retain: false, payload: Buffer.from('never') } as const;

export const publishChecks: readonly Check[] = [
  {
    id: 'publish/acknowledged',
    title: 'PUBLISH is answered as its QoS asks, with the identifier it carried',
    section: '3.3.4',
    statements: ['MQTT-3.3.4-1', 'MQTT-2.3.1-6', 'MQTT-2.2.2-1'],
    needs: ['qos1'],
    group: 'parallel',
    accept: [
      'one PUBACK for QoS 1, PUBREC and PUBCOMP for QoS 2, nothing for QoS 0, each with the identifier just sent',
      'PUBREL from the server with the identifier of its PUBLISH and header flags 2',
    ],
    async drive(bench) {
      const topic = bench.topic('acks');
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [topic]: highestQos(bench) });
      const client = await publisherOf(bench);
      await client.publish({ topic, payload: 'zero', qos: 0 });
      const releasedIds = bench.qosLevels.includes(2) ? [2, 512, 65534] : [];
      const payload = Buffer.from('x');
      const base = { type: 'PUBLISH', dup: false, retain: false, topic, payload } as const;
      for (const packetId of [1, 256, 65535]) await client.send({ ...base, qos: 1, packetId });
      for (const packetId of releasedIds) await client.send({ ...base, qos: 2, packetId });
      for (const packetId of [1, 256, 65535]) await client.next('PUBACK', (it) => it.packetId === packetId);
      for (const packetId of releasedIds) {
        await release(client, packetId);
      }
      await client.ping();
      await Promise.all(releasedIds.map(() => subscriber.next('PUBREL')));
    },
  },
  {
    id: 'publish/qos2-taken',
    title: 'a message at QoS 2 is taken, and does not end the connection each time',
    section: '4.3.3',
    statements: ['MQTT-4.3.3-2'],
    needs: ['qos2'],
    group: 'parallel',
    accept: ['PUBREC and PUBCOMP for each PUBLISH'],
    async drive(bench) {
      // Each time on a connection of its own: one that ends may have met an error that passes (MQTT-4.8.0-2).
      for (const packetId of [1, 2, 3]) {
        const client = await bench.connect(`pub${packetId}`);
        await client.send({ ...soundPublish, topic: bench.topic('x'), qos: 2, packetId });
        await release(client, packetId);
      }
    },
    judge: (slice) => closedInstead(slice, 'PUBLISH', 'PUBREC', ['MQTT-4.3.3-2']),
  },
  {
    id: 'publish/qos-matrix',
    title: 'each published QoS is delivered at each granted QoS',
    section: '3.8.4',
    statements: [
      'MQTT-3.8.4-6',
      'MQTT-4.3.1-1',
      'MQTT-3.3.1-2',
      'MQTT-3.3.1-4',
      'MQTT-2.3.1-1',
      'MQTT-2.3.1-5',
      'MQTT-4.3.2-1',
      'MQTT-4.3.3-1',
    ],
    needs: ['qos1'],
    group: 'parallel',
    accept: [
      'one copy at the lower of published and granted QoS, never with both QoS bits set, payload and topic unaltered',
    ],
    async drive(bench) {
      const topic = bench.topic('matrix');
      const subscribers = await Promise.all(
        bench.qosLevels.map(async (qos) => {
          const client = await bench.connect(`sub${qos}`);
          await client.subscribe({ [topic]: qos });
          return client;
        }),
      );
      const publisher = await publisherOf(bench);
      const payloads = bench.qosLevels.map((qos) => `published at ${qos}`);
      for (const qos of bench.qosLevels) await publisher.publish({ topic, payload: `published at ${qos}`, qos });
      await Promise.all(subscribers.map((it) => awaitAll(it, topic, payloads)));
      await bench.quiet();
    },
  },
  {
    id: 'publish/reaches-every-subscriber',
    title: 'an acknowledged message reaches exact and wildcard subscriptions, and only matching ones',
    section: '4.5',
    statements: ['MQTT-4.5.0-1', 'MQTT-3.3.2-3'],
    needs: ['qos1', 'wildcards'],
    group: 'parallel',
    accept: [
      'every subscriber with a matching filter gets the message, and nobody gets one that matches none of its filters',
    ],
    async drive(bench) {
      const topic = bench.topic('a/b/c');
      const matching = ['a/b/c', '+/b/c', 'a/+/c', 'a/b/+', 'a/#', 'a/b/c/#', '+/+/+'];
      const missing = ['a/b', 'a/+', 'b/#', '+/b/d', 'a/b/c/d', 'A/b/c'];
      const subscribed = async (path: string, index: number): Promise<ScriptedClient> => {
        const client = await bench.connect(`sub${index}`);
        await client.subscribe({ [bench.topic(path)]: 1, [bench.topic('end')]: 1 });
        return client;
      };
      const clients = await Promise.all([...matching, ...missing].map(subscribed));
      const publisher = await publisherOf(bench);
      await publisher.publish({ topic, payload: 'for those who match', qos: 1 });
      await publisher.publish({ topic: bench.topic('end'), payload: 'end', qos: 1 });
      await Promise.all(clients.slice(0, matching.length).map((it) => it.delivery(topic, 'for those who match')));
      await Promise.all(clients.map((it) => it.delivery(bench.topic('end'), 'end')));
      await bench.quiet();
    },
  },
  {
    id: 'publish/dup-not-propagated',
    title: 'the DUP flag of a publisher stays with the publisher',
    section: '3.3.1.1',
    statements: ['MQTT-3.3.1-3'],
    needs: ['qos1'],
    group: 'parallel',
    accept: ['the copies for the subscriber have DUP 0, at QoS 1 and at QoS 2'],
    async drive(bench) {
      const topic = bench.topic('dup');
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [topic]: highestQos(bench) });
      const publisher = await publisherOf(bench);
      const publish = (packetId: 1 | 2): Promise<void> => {
        const payload = Buffer.from(`sent with DUP at QoS ${packetId}`);
        return publisher.send({ type: 'PUBLISH', dup: true, qos: packetId, retain: false, topic, packetId, payload });
      };
      await publish(1);
      await publisher.next('PUBACK', (it) => it.packetId === 1);
      if (bench.qosLevels.includes(2)) {
        await publish(2);
        await release(publisher, 2);
      }
      const repeated = bench.qosLevels.filter((qos) => qos > 0);
      await awaitAll(
        subscriber,
        topic,
        repeated.map((qos) => `sent with DUP at QoS ${qos}`),
      );
    },
  },
  {
    id: 'publish/qos1-identifier-free-again',
    title: 'after PUBACK an identifier carries a new message, DUP or not',
    section: '4.3.2',
    statements: ['MQTT-4.3.2-2'],
    needs: ['qos1'],
    group: 'parallel',
    accept: ['both messages are acknowledged, and both are delivered'],
    async drive(bench) {
      const topic = bench.topic('again');
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [topic]: 1 });
      const publisher = await publisherOf(bench);
      for (const [dup, text] of [
        [false, 'first'],
        [true, 'second'],
      ] as const) {
        await publisher.send({
          type: 'PUBLISH',
          dup,
          qos: 1,
          retain: false,
          topic,
          packetId: 7,
          payload: Buffer.from(text),
        });
        // Without it the identifier is not free for another message.
        if ((await publisher.next('PUBACK', (it) => it.packetId === 7)) === undefined) return;
      }
      await awaitAll(subscriber, topic, ['first', 'second']);
    },
  },
  {
    id: 'publish/qos2-exactly-once',
    title: 'a QoS 2 PUBLISH that comes twice before PUBREL is delivered once',
    section: '4.3.3',
    statements: ['MQTT-4.3.3-2'],
    needs: ['qos2'],
    group: 'parallel',
    accept: ['PUBREC for each copy, PUBCOMP for each PUBREL, one delivery; the identifier is free again afterwards'],
    async drive(bench) {
      const topic = bench.topic('once');
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [topic]: 2 });
      const publisher = await publisherOf(bench);
      const packetId = 9;
      const isMine = (it: { readonly packetId: number }): boolean => it.packetId === packetId;
      const publish = (text: string, dup: boolean): Promise<void> =>
        publisher.send({ type: 'PUBLISH', dup, qos: 2, retain: false, topic, packetId, payload: Buffer.from(text) });
      await publish('once', false);
      // Without PUBREC there is nothing to send twice, and a PUBREL would be out of place.
      if ((await publisher.next('PUBREC', isMine)) === undefined) return;
      await publish('once', true);
      await release(publisher, packetId);
      // As after a lost PUBCOMP: it must be answered again.
      await publisher.send({ type: 'PUBREL', packetId });
      await publisher.next('PUBCOMP', isMine);
      await publish('anew', false);
      await release(publisher, packetId);
      await awaitAll(subscriber, topic, ['once', 'anew']);
      await bench.quiet();
    },
  },
  {
    id: 'publish/order',
    title: 'messages of one publisher, topic and QoS keep their order',
    section: '4.6',
    statements: ['MQTT-4.6.0-5', 'MQTT-4.6.0-6'],
    needs: ['qos1'],
    group: 'parallel',
    accept: ['at each subscriber the messages of one publisher and QoS come in the order of publishing'],
    async drive(bench) {
      const topic = bench.topic('order');
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [topic]: highestQos(bench) });
      const names = ['first', 'second'];
      const publishers = await Promise.all(names.map((name) => bench.connect(name)));
      const send = async (publisher: ScriptedClient, name: string): Promise<void> => {
        for (const burst of bursts(name, bench.qosLevels)) {
          // Nothing is awaited between them: only messages that are under way together can change places.
          await Promise.all(burst.payloads.map((payload) => publisher.publish({ topic, payload, qos: burst.qos })));
        }
      };
      await Promise.all(publishers.map((it, index) => send(it, names[index] ?? '')));
      const all = names.flatMap((name) => bursts(name, bench.qosLevels));
      const last = all.flatMap(({ qos, payloads }) => (qos === 0 ? [] : payloads.slice(-2)));
      await awaitAll(subscriber, topic, last);
      await bench.quiet();
    },
  },
  {
    id: 'publish/overlapping-subscriptions',
    title: 'overlapping subscriptions give the message at the highest granted QoS',
    section: '3.3.5',
    statements: ['MQTT-3.3.5-1'],
    needs: ['qos1', 'wildcards'],
    group: 'parallel',
    accept: [
      'one to three copies, one of them at the highest granted QoS, each further one at the QoS of another matching subscription',
    ],
    async drive(bench) {
      const topic = bench.topic('o/x');
      const [highest = 0, lower = 0, lowest = 0] = bench.qosLevels.toReversed();
      const orders = [
        ['o/#', 'o/+', 'o/x'],
        ['o/x', 'o/+', 'o/#'],
      ] as const;
      const subscribers = orders.map(async (paths, index) => {
        const subscriber = await bench.connect(`sub${index}`);
        for (const path of paths) {
          await subscriber.subscribe({
            [bench.topic(path)]: path === 'o/x' ? highest : path === 'o/+' ? lower : lowest,
          });
        }
        return subscriber;
      });
      const all = await Promise.all(subscribers);
      const publisher = await publisherOf(bench);
      await publisher.publish({ topic, payload: 'overlap', qos: highest });
      // The highest copy may come behind the others.
      const due = await Promise.all(all.map((it) => it.next('PUBLISH', ({ qos }) => qos === highest)));
      if (due.includes(undefined)) await bench.elapse(bench.parameters.effectTimeoutMs);
      await bench.quiet();
    },
  },
  mustClose({
    id: 'publish/qos3',
    title: 'a PUBLISH with both QoS bits set ends the connection',
    section: '3.3.1.2',
    statement: 'MQTT-3.3.1-4',
    isEffect: answers('PUBACK', 'PUBREC', 'PUBCOMP'),
    async prepare(bench) {
      const client = await publisherOf(bench);
      await client.publish({ topic: bench.topic('qos3'), payload: 'legal', qos: 0 });
      await client.ping();
      return client;
    },
    offend: (client, bench) =>
      client.sendIllegal('PUBLISH with QoS 3', { ...badPublish, qos: 3, packetId: 1, topic: bench.topic('qos3') }),
  }),
  mustClose({
    id: 'publish/nul-in-topic',
    title: 'a topic name with U+0000 ends the connection',
    section: '1.5.3',
    statement: 'MQTT-1.5.3-2',
    needs: ['qos1'],
    isEffect: answers('PUBACK'),
    async prepare(bench) {
      const client = await publisherOf(bench);
      await client.publish({ topic: bench.topic('nul'), payload: 'legal', qos: 1 });
      return client;
    },
    offend: (client, bench) =>
      client.sendIllegal('PUBLISH with NUL in its topic', {
        ...badPublish,
        qos: 1,
        packetId: 9,
        topic: bench.topic('n\0l'),
      }),
  }),
  mustClose({
    id: 'publish/ill-formed-topic',
    title: 'a topic name that is not UTF-8 ends the connection',
    section: '1.5.3',
    statement: 'MQTT-1.5.3-1',
    needs: ['qos1'],
    isEffect: answers('PUBACK'),
    async prepare(bench) {
      const client = await publisherOf(bench);
      await client.publish({ topic: bench.topic('utf8'), payload: 'legal', qos: 1 });
      return client;
    },
    offend: (client, bench) =>
      client.sendIllegal('PUBLISH with ill-formed UTF-8 in its topic', {
        ...badPublish,
        qos: 1,
        packetId: 9,
        topic: Buffer.concat([Buffer.from(bench.topic('utf8/')), Buffer.of(0xed, 0xa0, 0x80)]),
      }),
  }),
];
