// Checks of section 4.1, 4.3 and 4.4: what a session keeps while its client is away.
import type { CheckBench, ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { forget } from '../forget.ts';
import type { Finding } from '../../judge/finding.ts';
import type { Slice } from '../../judge/slice.ts';

const persistent = { cleanSession: false, acknowledge: false } as const;

/** A persistent subscriber that answers nothing, and a publisher for it. */
const silentSubscriber = async (
  bench: CheckBench,
  topic: string,
  qos: 1 | 2,
): Promise<[ScriptedClient, ScriptedClient]> => {
  const subscriber = await bench.connect('sub', persistent);
  await subscriber.subscribe({ [topic]: qos });
  return [subscriber, await bench.connect('pub')];
};

/** A session that is said to be there still knows which identifier of a half-done exchange it has. */
function judgeRemembered(slice: Slice): readonly Omit<Finding, 'by' | 'check' | 'target'>[] {
  const back = slice.connectionsOf('sub').at(1);
  const isPresent = back?.received('CONNACK').at(0)?.packet.sessionPresent === true;
  const begun = slice.connectionsOf('sub').at(0)?.received('PUBREC').at(0);
  // A session that is said to be gone is another statement's matter, and the identifier is free again.
  if (back === undefined || !isPresent || begun === undefined) return [];
  const copies = slice.client('watch').received('PUBLISH', (it) => Buffer.from('half').equals(it.payload));
  // The same identifier again is a re-send on the way, no second delivery.
  const deliveries = new Set(copies.map((it) => it.packet.packetId)).size;
  const completed = back.received('PUBCOMP').at(0);
  const isOnce = deliveries === 1 && completed !== undefined;
  const isCut = completed === undefined && back.ended?.by === 'server';
  return [
    {
      statement: 'MQTT-4.1.0-1',
      verdict: isOnce ? 'pass' : isCut ? 'inconclusive' : 'fail',
      expected: ['one delivery, and PUBCOMP, for the QoS 2 message whose PUBLISH was sent before and after the loss'],
      actual: `${deliveries} deliveries, ${completed === undefined ? 'and no PUBCOMP' : 'and PUBCOMP'}${isCut ? ': the server closed the connection' : ''}`,
      connection: back.id,
      evidence: { events: [...copies.map((it) => it.seq), ...(completed === undefined ? [] : [completed.seq])] },
      count: 1,
    },
  ];
}

export const sessionChecks: readonly Check[] = [
  {
    id: 'session/qos1-redelivered',
    title: 'a QoS 1 message without PUBACK comes again after the reconnect',
    section: '4.4',
    statements: ['MQTT-4.4.0-1', 'MQTT-4.1.0-1', 'MQTT-3.3.1-1', 'MQTT-2.3.1-4', 'MQTT-4.3.2-1'],
    needs: ['session', 'qos1'],
    group: 'parallel',
    accept: ['the message comes again with the same identifier and DUP 1'],
    async drive(bench) {
      const topic = bench.topic('again1');
      const [subscriber, publisher] = await silentSubscriber(bench, topic, 1);
      for (const payload of ['first', 'second']) await publisher.publish({ topic, payload, qos: 1 });
      // Only what was really sent before the drop must come again; a server may send one at a time.
      const isSent = (await subscriber.next('PUBLISH')) !== undefined;
      await subscriber.abort('rst');
      if (!isSent) return forget(bench, 'sub');
      const back = await bench.connect('sub', { cleanSession: false });
      const patienceMs = bench.parameters.redeliveryFailMs;
      await Promise.all(['first', 'second'].map((payload) => back.delivery(topic, payload, patienceMs)));
      await bench.quiet();
      await back.disconnect();
      await forget(bench, 'sub');
    },
  },
  {
    id: 'session/qos2-publish-redelivered',
    title: 'a QoS 2 message without PUBREC comes again after the reconnect',
    section: '4.4',
    statements: ['MQTT-4.4.0-1', 'MQTT-4.1.0-1', 'MQTT-3.3.1-1', 'MQTT-2.3.1-4', 'MQTT-4.3.3-1'],
    needs: ['session', 'qos2'],
    group: 'parallel',
    accept: ['the message comes again with the same identifier and DUP 1'],
    async drive(bench) {
      const topic = bench.topic('again2');
      const [subscriber, publisher] = await silentSubscriber(bench, topic, 2);
      await publisher.publish({ topic, payload: 'two', qos: 2 });
      const isSent = (await subscriber.next('PUBLISH')) !== undefined;
      await subscriber.abort('rst');
      if (!isSent) return forget(bench, 'sub');
      const back = await bench.connect('sub', { cleanSession: false });
      if (await back.delivery(topic, 'two', bench.parameters.redeliveryFailMs)) await back.next('PUBREL');
      await bench.quiet();
      await back.disconnect();
      await forget(bench, 'sub');
    },
  },
  {
    id: 'session/pubrel-redelivered',
    title: 'a PUBREL without PUBCOMP comes again after the reconnect, and the message does not',
    section: '4.4',
    statements: ['MQTT-4.4.0-1', 'MQTT-4.1.0-1', 'MQTT-4.3.3-1'],
    needs: ['session', 'qos2'],
    group: 'parallel',
    accept: ['PUBREL with the same identifier comes again; the PUBLISH does not'],
    async drive(bench) {
      const topic = bench.topic('rel');
      const [subscriber, publisher] = await silentSubscriber(bench, topic, 2);
      await publisher.publish({ topic, payload: 'released', qos: 2 });
      const publish = await subscriber.next('PUBLISH', ({ qos }) => qos === 2);
      // PUBREC answers nothing else: at a lower QoS there is no PUBREL that could come again.
      if (publish?.packetId === undefined) return forget(bench, 'sub');
      await subscriber.send({ type: 'PUBREC', packetId: publish.packetId });
      await subscriber.next('PUBREL');
      await subscriber.abort('rst');
      const back = await bench.connect('sub', { cleanSession: false });
      // Only an absent one costs that much time; each round ends with a proof of life.
      const { redeliveryFailMs, responseTimeoutMs } = bench.parameters;
      for (let waitedMs = 0; waitedMs < redeliveryFailMs; waitedMs += responseTimeoutMs) {
        if (await back.next('PUBREL')) break;
      }
      await back.ping();
      await bench.quiet();
      await back.disconnect();
      await forget(bench, 'sub');
    },
  },
  {
    id: 'session/inbound-qos2-remembered',
    title: 'a half-done QoS 2 publish is finished after the reconnect and delivered once',
    section: '4.3.3',
    statements: ['MQTT-4.3.3-2', 'MQTT-4.1.0-1'],
    needs: ['session', 'qos2'],
    group: 'parallel',
    accept: ['PUBREC for the re-sent PUBLISH, PUBCOMP for the PUBREL, and one delivery'],
    async drive(bench) {
      const topic = bench.topic('half');
      const subscriber = await bench.connect('watch');
      await subscriber.subscribe({ [topic]: 2 });
      const publish = (dup: boolean) =>
        ({ type: 'PUBLISH', dup, qos: 2, retain: false, topic, packetId: 5, payload: Buffer.from('half') }) as const;
      const publisher = await bench.connect('sub', { cleanSession: false });
      await publisher.send(publish(false));
      // Without PUBREC the exchange is not half done, and there is nothing to remember.
      if ((await publisher.next('PUBREC')) === undefined) return forget(bench, 'sub');
      await publisher.abort('rst');
      const back = await bench.connect('sub', { cleanSession: false });
      await back.send(publish(true));
      if (await back.next('PUBREC')) await back.send({ type: 'PUBREL', packetId: 5 });
      await back.next('PUBCOMP');
      await subscriber.delivery(topic, 'half');
      await bench.quiet();
      await back.disconnect();
      await forget(bench, 'sub');
    },
    judge: judgeRemembered,
  },
];
