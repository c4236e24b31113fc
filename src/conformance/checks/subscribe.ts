// Checks of section 3.8 to 3.10: subscribing and unsubscribing.
import type { Check } from '../check.ts';
import { answers, mustClose } from '../must-close.ts';
import { closedInstead } from '../closed-instead.ts';

export const subscribeChecks: readonly Check[] = [
  {
    id: 'subscribe/answered',
    title: 'every SUBSCRIBE gets its SUBACK with one code per filter, in order',
    section: '3.8.4',
    statements: ['MQTT-3.8.4-1', 'MQTT-3.8.4-2', 'MQTT-3.8.4-5', 'MQTT-3.9.3-1', 'MQTT-3.9.3-2', 'MQTT-2.3.1-7'],
    // To ask for a QoS needs none: a server grants what it has.
    needs: [],
    group: 'parallel',
    accept: [
      'one SUBACK with the identifier of each SUBSCRIBE, as many codes as filters, each at most what was asked, or 0x80',
    ],
    async drive(bench) {
      const client = await bench.connect('sub');
      const requests = [
        { packetId: 10, qos: [0] },
        { packetId: 65535, qos: [2, 0, 1, 0, 2] },
        { packetId: 1, qos: Array.from({ length: 50 }, (_, index) => index % 3) },
      ];
      for (const { packetId, qos } of requests) {
        const subscriptions = qos.map((it, index) => ({ filter: bench.topic(`${packetId}/${index}`), qos: it }));
        await client.send({ type: 'SUBSCRIBE', packetId, subscriptions });
      }
      for (const { packetId } of requests) await client.next('SUBACK', (it) => it.packetId === packetId);
    },
  },
  {
    id: 'subscribe/same-filter-replaces',
    title: 'subscribing to the same filter again replaces the subscription',
    section: '3.8.4',
    statements: ['MQTT-3.8.4-3'],
    needs: ['qos1', 'retain'],
    group: 'parallel',
    accept: [
      'a message arrives once, at the new QoS; retained messages are sent again each time; no message is lost meanwhile',
    ],
    async drive(bench) {
      const topic = bench.topic('twice');
      const publisher = await bench.connect('pub');
      await publisher.publish({ topic, payload: 'kept', qos: 1, retain: true });
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [topic]: 0 });
      await subscriber.delivery(topic, 'kept');
      await subscriber.subscribe({ [topic]: 1 });
      await subscriber.delivery(topic, 'kept');
      await publisher.publish({ topic, payload: 'live', qos: 1 });
      await subscriber.delivery(topic, 'live');
      const stream = Array.from({ length: 20 }, (_, n) => `while subscribing again ${n}`);
      await Promise.all([
        ...stream.map((payload) => publisher.publish({ topic, payload, qos: 1 })),
        subscriber.subscribe({ [topic]: 1 }),
      ]);
      await Promise.all(['kept', ...stream].map((payload) => subscriber.delivery(topic, payload)));
      await bench.quiet();
      await publisher.publish({ topic, payload: '', qos: 1, retain: true });
    },
  },
  {
    id: 'unsubscribe/answered',
    title: 'every UNSUBSCRIBE gets its UNSUBACK, also where nothing is removed',
    section: '3.10.4',
    statements: ['MQTT-3.10.4-4', 'MQTT-3.10.4-5', 'MQTT-2.3.1-7'],
    needs: [],
    group: 'parallel',
    accept: ['one UNSUBACK with the identifier of each UNSUBSCRIBE'],
    async drive(bench) {
      // Each time on a connection of its own: one that ends may have met an error that passes (MQTT-4.8.0-2).
      for (const packetId of [1, 256, 65535]) {
        const client = await bench.connect(`sub${packetId}`);
        await client.subscribe({ [bench.topic('x')]: 0 });
        for (const filter of ['never subscribed', 'x']) {
          await client.send({ type: 'UNSUBSCRIBE', packetId, filters: [bench.topic(filter)] });
          await client.next('UNSUBACK', (it) => it.packetId === packetId);
        }
      }
    },
    judge: (slice) => closedInstead(slice, 'UNSUBSCRIBE', 'UNSUBACK', ['MQTT-3.10.4-4', 'MQTT-3.10.4-5']),
  },
  {
    id: 'unsubscribe/stops-delivery',
    title: 'after UNSUBACK nothing new arrives for the filter, and the other filters go on',
    section: '3.10.4',
    statements: ['MQTT-3.10.4-2', 'MQTT-3.10.4-1'],
    needs: ['qos1', 'wildcards'],
    group: 'parallel',
    accept: ['only the subscription whose filter is identical is removed; messages for the others still arrive'],
    async drive(bench) {
      const [gone, kept, end] = [bench.topic('a/b'), bench.topic('a/+'), bench.topic('end')];
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [gone]: 1, [end]: 1 });
      const other = await bench.connect('other');
      await other.subscribe({ [kept]: 1, [end]: 1 });
      const similar = ['a/#', 'A/+', 'a/b', 'a/+/', '+/+'].map((path) => bench.topic(path));
      await other.unsubscribe(...similar, `/${kept}`);
      await subscriber.unsubscribe(gone);
      const publisher = await bench.connect('pub');
      await publisher.publish({ topic: gone, payload: 'after', qos: 1 });
      await publisher.publish({ topic: end, payload: 'end', qos: 1 });
      await other.delivery(gone, 'after');
      await Promise.all([subscriber, other].map((it) => it.delivery(end, 'end')));
      await bench.quiet();
    },
  },
  ...[0x03, 0x04, 0x80].map((qos) =>
    mustClose({
      id: `subscribe/requested-qos-${qos.toString(16).padStart(2, '0')}`,
      title: `a SUBSCRIBE with requested QoS byte 0x${qos.toString(16).padStart(2, '0')} ends the connection`,
      section: '3.8.3',
      statement: 'MQTT-3.8.3-4',
      isEffect: answers('SUBACK'),
      async prepare(bench) {
        const client = await bench.connect('sub');
        await client.subscribe({ [bench.topic('legal')]: 1 });
        return client;
      },
      offend: (client, bench) =>
        client.sendIllegal('SUBSCRIBE with a reserved requested QoS', {
          type: 'SUBSCRIBE',
          packetId: 9,
          subscriptions: [{ filter: bench.topic('bad'), qos }],
        }),
    }),
  ),
  mustClose({
    id: 'subscribe/header-flags',
    title: 'a SUBSCRIBE whose header flags are not 2 ends the connection',
    section: '3.8.1',
    statement: 'MQTT-3.8.1-1',
    also: ['MQTT-2.2.2-2'],
    isEffect: answers('SUBACK'),
    async prepare(bench) {
      const client = await bench.connect('sub');
      await client.subscribe({ [bench.topic('legal')]: 1 });
      return client;
    },
    offend: (client, bench) =>
      client.sendIllegal(
        'SUBSCRIBE with header flags 0',
        { type: 'SUBSCRIBE', packetId: 9, subscriptions: [{ filter: bench.topic('bad'), qos: 0 }] },
        { flags: 0 },
      ),
  }),
  mustClose({
    id: 'unsubscribe/header-flags',
    title: 'an UNSUBSCRIBE whose header flags are not 2 ends the connection',
    section: '3.10.1',
    statement: 'MQTT-3.10.1-1',
    also: ['MQTT-2.2.2-2'],
    isEffect: answers('UNSUBACK'),
    async prepare(bench) {
      const client = await bench.connect('sub');
      await client.unsubscribe(bench.topic('legal'));
      return client;
    },
    offend: (client, bench) =>
      client.sendIllegal(
        'UNSUBSCRIBE with header flags 0',
        { type: 'UNSUBSCRIBE', packetId: 9, filters: [bench.topic('bad')] },
        { flags: 0 },
      ),
  }),
];
