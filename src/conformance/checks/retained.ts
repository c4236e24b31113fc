// Checks of section 3.3.1.3: what a server keeps for subscribers to come.
import { highestQos, type CheckBench } from '../bench.ts';
import type { Check } from '../check.ts';

/** Takes a retained message away again, so that the target is left as it was found. */
const clear = async (bench: CheckBench, ...topics: readonly string[]): Promise<void> => {
  const cleaner = await bench.connect('cleaner');
  for (const topic of topics) await cleaner.publish({ topic, payload: '', qos: 1, retain: true });
};

/**
 * Subscribes a new client and waits for what it has to find, by topic; for what is missing, until its absence is certain.
 * A live message behind it then shows that what it must not find had its time too.
 */
const lateSubscriber = async (
  bench: CheckBench,
  name: string,
  filter: string,
  finds: Readonly<Record<string, string>>,
): Promise<void> => {
  const client = await bench.connect(name);
  const end = bench.topic(`end/${name}`);
  await client.subscribe({ [filter]: highestQos(bench), [end]: 1 });
  await Promise.all(Object.entries(finds).map(([topic, payload]) => client.delivery(topic, payload)));
  await client.publish({ topic: end, payload: name, qos: 1 });
  await client.delivery(end, name);
  await bench.quiet();
};

export const retainedChecks: readonly Check[] = [
  {
    id: 'retained/kept-for-new-subscribers',
    title: 'the last retained message of each topic is sent to a new subscriber, marked as retained',
    section: '3.3.1.3',
    statements: ['MQTT-3.3.1-5', 'MQTT-3.3.1-6', 'MQTT-3.3.1-8', 'MQTT-3.1.2-7'],
    needs: ['retain', 'qos1', 'wildcards'],
    group: 'parallel',
    accept: ['exactly the last value of each topic at its QoS, with RETAIN 1, although its publisher is gone'],
    async drive(bench) {
      const stored = [
        { topic: bench.topic('r/a'), qos: 1, last: 'last of the first' },
        { topic: bench.topic('r/b'), qos: 1, last: 'last of the second' },
        { topic: bench.topic('r/b/c'), qos: highestQos(bench), last: 'last of the third' },
      ] as const;
      const publisher = await bench.connect('pub');
      for (const { topic, qos, last } of stored) {
        await publisher.publish({ topic, payload: 'stale', qos, retain: true });
        await publisher.publish({ topic, payload: last, qos, retain: true });
      }
      await publisher.disconnect();
      await (await bench.connect('pub')).disconnect();
      await Promise.all([
        lateSubscriber(bench, 'all', bench.topic('r/#'), Object.fromEntries(stored.map((it) => [it.topic, it.last]))),
        // Each by its own name too: a wildcard that finds nothing does not tell whether anything was kept.
        ...stored.map(({ topic, last }, n) => lateSubscriber(bench, `one${n}`, topic, { [topic]: last })),
      ]);
      await clear(bench, ...stored.map((it) => it.topic));
    },
  },
  {
    id: 'retained/live-copy-unmarked',
    title: 'a subscriber that was there before gets the message as a live one',
    section: '3.3.1.3',
    statements: ['MQTT-3.3.1-9'],
    needs: ['retain', 'qos1'],
    group: 'parallel',
    accept: ['the copy for an established subscription has RETAIN 0, also where it is the publisher itself'],
    async drive(bench) {
      const topic = bench.topic('live');
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [topic]: highestQos(bench) });
      const publisher = await bench.connect('pub');
      await publisher.subscribe({ [topic]: highestQos(bench) });
      for (const qos of bench.qosLevels) {
        await publisher.publish({ topic, payload: `live ${qos}`, qos, retain: true });
        await Promise.all([subscriber, publisher].map((it) => it.delivery(topic, `live ${qos}`)));
      }
      // A retained copy could still answer the SUBSCRIBE: then the live one comes beside it.
      await bench.quiet();
      await clear(bench, topic);
    },
  },
  {
    id: 'retained/cleared-by-empty',
    title: 'an empty retained message clears the topic and is not kept itself',
    section: '3.3.1.3',
    statements: ['MQTT-3.3.1-10', 'MQTT-3.3.1-11'],
    needs: ['retain', 'qos1'],
    group: 'parallel',
    accept: ['established subscribers get the empty message; new subscribers get nothing'],
    async drive(bench) {
      const topic = bench.topic('cleared');
      const publisher = await bench.connect('pub');
      await publisher.publish({ topic, payload: 'to be cleared', qos: 1, retain: true });
      const subscriber = await bench.connect('sub');
      await subscriber.subscribe({ [topic]: 1 });
      await subscriber.delivery(topic, 'to be cleared');
      await publisher.publish({ topic, payload: '', qos: 1, retain: true });
      await subscriber.delivery(topic, '');
      await lateSubscriber(bench, 'late', topic, {});
    },
  },
  {
    id: 'retained/untouched-by-live',
    title: 'a message without RETAIN leaves the stored one alone',
    section: '3.3.1.3',
    statements: ['MQTT-3.3.1-12'],
    needs: ['retain', 'qos1'],
    group: 'parallel',
    accept: ['new subscribers get the stored message only; a topic without one gives nothing'],
    async drive(bench) {
      const [stored, bare] = [bench.topic('s/stored'), bench.topic('s/bare')];
      const publisher = await bench.connect('pub');
      await publisher.publish({ topic: stored, payload: 'stored', qos: 1, retain: true });
      await lateSubscriber(bench, 'before', stored, { [stored]: 'stored' });
      await publisher.publish({ topic: stored, payload: 'live only', qos: 1 });
      await publisher.publish({ topic: stored, payload: '', qos: 1 });
      await publisher.publish({ topic: bare, payload: 'live only', qos: 1 });
      // Each topic by its own name, so that a wildcard that finds nothing is not taken for a lost message.
      await lateSubscriber(bench, 'late', stored, { [stored]: 'stored' });
      await lateSubscriber(bench, 'lateBare', bare, {});
      await clear(bench, stored);
    },
  },
  {
    id: 'retained/qos0-replaces',
    title: 'a retained message at QoS 0 replaces the stored one',
    section: '3.3.1.3',
    statements: ['MQTT-3.3.1-7'],
    needs: ['retain', 'qos1'],
    group: 'parallel',
    accept: ['a new subscriber gets the new message, or (as a remark) none; never the old one'],
    async drive(bench) {
      const topic = bench.topic('replaced');
      const publisher = await bench.connect('pub');
      await publisher.publish({ topic, payload: 'old', qos: 1, retain: true });
      await lateSubscriber(bench, 'before', topic, { [topic]: 'old' });
      await publisher.publish({ topic, payload: 'new', qos: 0, retain: true });
      // What is acknowledged behind it, and a quiet time, show that the server has dealt with it.
      await publisher.publish({ topic, payload: 'fence', qos: 1 });
      await bench.quiet();
      await lateSubscriber(bench, 'late', topic, { [topic]: 'new' });
      await clear(bench, topic);
    },
  },
];
