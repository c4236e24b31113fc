// Checks of section 3.1.2.5 and 3.14.4: the message a server publishes for a client that is gone.
import { effectMs, everyQos, type CheckBench, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';

const observer = async (bench: CheckBench, filter: string): Promise<ScriptedClient> => {
  const client = await bench.connect('observer');
  await client.subscribe({ [filter]: 2 });
  return client;
};

/** A later message on the same topic, behind which a will that should not exist would have come. */
const sentinel = async (bench: CheckBench, watching: ScriptedClient, topic: string): Promise<void> => {
  const publisher = await bench.connect('sentinel');
  await publisher.publish({ topic, payload: 'sentinel', qos: 1 });
  await watching.delivery(topic, 'sentinel');
  await bench.quiet();
};

const willOn = (topic: string, payload: string, qos: 0 | 1 | 2 = 1, retain = false) => ({
  topic,
  payload: Buffer.from(payload),
  qos,
  retain,
});

export const willChecks: readonly Check[] = [
  {
    id: 'will/published-when-lost',
    title: 'the will of a client that is lost is published once, as it was given',
    section: '3.1.2.5',
    statements: ['MQTT-3.1.2-8', 'MQTT-3.1.2-9'],
    needs: ['will', 'qos1', 'qos2'],
    group: 'parallel',
    accept: ['the observer gets topic and payload of each will once, at the QoS it was given'],
    async drive(bench) {
      const watching = await observer(bench, bench.topic('will/+'));
      for (const qos of everyQos) {
        const topic = bench.topic(`will/${qos}`);
        const victim = await bench.connect(`victim${qos}`, { will: willOn(topic, `gone ${qos}`, qos) });
        await victim.abort(qos === 0 ? 'fin' : 'rst');
        await watching.delivery(topic, `gone ${qos}`, effectMs(bench));
      }
      await bench.quiet();
    },
  },
  {
    id: 'will/retain',
    title: 'a will is retained if and only if it asks for it',
    section: '3.1.2.7',
    statements: ['MQTT-3.1.2-16', 'MQTT-3.1.2-17'],
    needs: ['will', 'retain', 'qos1', 'wildcards'],
    group: 'parallel',
    accept: ['a new subscriber gets the retained will with RETAIN 1, and nothing of the other'],
    async drive(bench) {
      const [kept, live] = [bench.topic('w/kept'), bench.topic('w/live')];
      const watching = await observer(bench, bench.topic('w/+'));
      for (const [topic, retain] of [
        [kept, true],
        [live, false],
      ] as const) {
        const victim = await bench.connect(retain ? 'kept' : 'live', { will: willOn(topic, 'gone', 1, retain) });
        await victim.abort('rst');
        await watching.delivery(topic, 'gone', effectMs(bench));
      }
      const late = await bench.connect('late');
      await late.subscribe({ [bench.topic('w/+')]: 1, [bench.topic('end')]: 1 });
      await late.publish({ topic: bench.topic('end'), payload: 'end', qos: 1 });
      await late.delivery(bench.topic('end'), 'end');
      await bench.quiet();
      await late.publish({ topic: kept, payload: '', qos: 1, retain: true });
    },
  },
  {
    id: 'will/discarded-by-disconnect',
    title: 'DISCONNECT discards the will',
    section: '3.14.4',
    statements: ['MQTT-3.14.4-3'],
    needs: ['will', 'qos1'],
    group: 'parallel',
    accept: ['the observer gets the sentinel only'],
    async drive(bench) {
      const topic = bench.topic('polite');
      const watching = await observer(bench, topic);
      const leaving = await bench.connect('leaving', { will: willOn(topic, 'must not come') });
      await leaving.disconnect();
      await sentinel(bench, watching, topic);
    },
  },
  {
    id: 'will/removed-once-used',
    title: 'a will is gone once it was published or discarded',
    section: '3.1.2.5',
    statements: ['MQTT-3.1.2-10', 'MQTT-3.1.2-12'],
    needs: ['will', 'session', 'qos1'],
    group: 'parallel',
    accept: ['the will comes once; a later loss of the same client without a will gives nothing'],
    async drive(bench) {
      const topic = bench.topic('used');
      const watching = await observer(bench, topic);
      const victim = await bench.connect('victim', { cleanSession: false, will: willOn(topic, 'once') });
      await victim.abort('rst');
      await watching.delivery(topic, 'once', effectMs(bench));
      await (await bench.connect('victim', { cleanSession: false })).abort('rst');
      await (await bench.connect('never')).abort('rst');
      await sentinel(bench, watching, topic);
      await (await bench.connect('victim')).disconnect();
    },
  },
];
