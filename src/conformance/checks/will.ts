// Checks of section 3.1.2.5 and 3.14.4: the message a server publishes for a client that is gone.
import { effectMs, everyQos, highestQos, type CheckBench, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../../judge/finding.ts';
import type { Slice } from '../../judge/slice.ts';

const observer = async (bench: CheckBench, filter: string): Promise<ScriptedClient> => {
  const client = await bench.connect('observer');
  await client.subscribe({ [filter]: highestQos(bench) });
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

const heldText = 'no will while its own connection is open';

/**
 * A will is published early when its observer had it before its owner sent a PINGREQ that was still answered. Only ever
 * a fail: that none came early does not show that it comes when it is due, which is the rule's to judge.
 */
function judgeHeld(slice: Slice, name: string, topic: string): readonly Omit<Finding, 'by' | 'check' | 'target'>[] {
  const [owner] = slice.connectionsOf(name);
  const asked = owner?.sent('PINGREQ').at(0);
  if (owner === undefined || asked === undefined || owner.received('PINGRESP').length === 0) return [];
  const early = slice
    .client('observer')
    .received('PUBLISH', (it) => it.topic.endsWith(topic))
    .find((it) => it.seq < asked.seq);
  if (early === undefined) return [];
  return [
    {
      statement: 'MQTT-3.1.2-8',
      verdict: 'fail',
      expected: [heldText],
      actual: 'it came, and a PINGREQ that its owner sent later was answered',
      connection: owner.id,
      evidence: { events: [early.seq, asked.seq] },
      count: 1,
    },
  ];
}

export const willChecks: readonly Check[] = [
  {
    id: 'will/published-when-lost',
    title: 'the will of a client that is lost is published once, as it was given',
    section: '3.1.2.5',
    statements: ['MQTT-3.1.2-8', 'MQTT-3.1.2-9'],
    needs: ['will', 'qos1'],
    group: 'parallel',
    accept: [heldText, 'the observer gets topic and payload of each will once, at the QoS it was given'],
    async drive(bench) {
      const watching = await observer(bench, bench.topic('will/+'));
      const victims = await Promise.all(
        bench.qosLevels.map(async (qos) => {
          const topic = bench.topic(`will/${qos}`);
          const client = await bench.connect(`victim${qos}`, { will: willOn(topic, `gone ${qos}`, qos) });
          return { qos, topic, client };
        }),
      );
      await bench.quiet();
      const lose = async ({ qos, topic, client }: (typeof victims)[number]): Promise<void> => {
        await client.ping();
        await client.abort(qos === 0 ? 'fin' : 'rst');
        await watching.delivery(topic, `gone ${qos}`, effectMs(bench));
      };
      await Promise.all(victims.map(lose));
      await bench.quiet();
    },
    judge: (slice) => everyQos.flatMap((qos) => judgeHeld(slice, `victim${qos}`, `/will/${qos}`)),
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
      const lose = async (name: string, topic: string, retain: boolean): Promise<void> => {
        const victim = await bench.connect(name, { will: willOn(topic, 'gone', 1, retain) });
        await victim.abort('rst');
        await watching.delivery(topic, 'gone', effectMs(bench));
      };
      await Promise.all([lose('kept', kept, true), lose('live', live, false)]);
      // A server may hand a will to its subscribers a little before it stores it.
      await bench.elapse(2 * bench.parameters.quietMs);
      const late = await bench.connect('late');
      // Each topic by its own name, so that nothing but its own retained message answers.
      await late.subscribe({ [kept]: 1, [live]: 1, [bench.topic('end')]: 1 });
      await late.delivery(kept, 'gone');
      await late.publish({ topic: bench.topic('end'), payload: 'end', qos: 1 });
      await late.delivery(bench.topic('end'), 'end');
      await bench.quiet();
      // The other one too: it is stored where this check fails.
      for (const topic of [kept, live]) await late.publish({ topic, payload: '', qos: 1, retain: true });
    },
  },
  {
    id: 'will/discarded-by-disconnect',
    title: 'DISCONNECT discards the will',
    section: '3.14.4',
    statements: ['MQTT-3.14.4-3', 'MQTT-3.1.2-10', 'MQTT-3.1.2-12'],
    needs: ['will', 'qos1'],
    group: 'parallel',
    accept: ['the observer gets the sentinel only, also after a later loss of the same client without a will'],
    async drive(bench) {
      const topic = bench.topic('polite');
      const watching = await observer(bench, topic);
      const leaving = await bench.connect('leaving', { will: willOn(topic, 'must not come') });
      await leaving.disconnect();
      await (await bench.connect('leaving')).abort('rst');
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
