// Checks of section 3.1 and 3.2: how a connection begins, and which session it begins with.
import type { Check } from '../check.ts';
import { answers, isAccepted, mustClose } from '../must-close.ts';
import { refusal } from '../refusal.ts';

/** A session with one subscription, left behind by a client that said goodbye. */
const leaveSession = async (bench: Parameters<Check['drive']>[0], name: string, filter: string): Promise<void> => {
  const client = await bench.connect(name, { cleanSession: false });
  await client.subscribe({ [filter]: 1 });
  await client.disconnect();
};

export const connectChecks: readonly Check[] = [
  {
    id: 'connect/accepted',
    title: 'a valid CONNECT is answered by one CONNACK, before anything else',
    section: '3.2',
    statements: ['MQTT-3.1.4-4', 'MQTT-3.2.0-1', 'MQTT-3.2.2-6'],
    needs: ['qos1'],
    group: 'parallel',
    accept: ['exactly one CONNACK with code 0, first of all packets, and the connection stays open'],
    async drive(bench) {
      const publisher = await bench.connect('publisher');
      await publisher.publish({ topic: bench.topic('kept'), payload: 'kept', qos: 1, retain: true });
      // Pipelined behind the CONNECT, so that a server has something else to answer first.
      const client = await bench.open('eager');
      await client.send(bench.connectPacket('eager'));
      await client.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: bench.topic('kept'), qos: 1 }] });
      await client.send({ type: 'PINGREQ' });
      await client.connected();
      await client.next('SUBACK');
      await client.next('PINGRESP');
      await publisher.publish({ topic: bench.topic('kept'), payload: '', qos: 1, retain: true });
    },
  },
  {
    id: 'connect/session-resumed',
    title: 'a second connection with CleanSession 0 finds the session of the first',
    section: '3.1.2.4',
    statements: ['MQTT-3.1.2-4', 'MQTT-3.2.2-2', 'MQTT-4.1.0-1'],
    needs: ['session', 'qos1'],
    group: 'parallel',
    accept: ['CONNACK with Session Present 1, and a message for the old subscription arrives without a new SUBSCRIBE'],
    async drive(bench) {
      const topic = bench.topic('news');
      await leaveSession(bench, 'sub', topic);
      const back = await bench.connect('sub', { cleanSession: false });
      const publisher = await bench.connect('pub');
      await publisher.publish({ topic, payload: 'welcome back', qos: 1 });
      await back.delivery(topic, 'welcome back');
      await back.disconnect();
      await (await bench.connect('sub', { cleanSession: true })).disconnect();
    },
  },
  {
    id: 'connect/session-unknown',
    title: 'a client id that was never seen has no session',
    section: '3.2.2.2',
    statements: ['MQTT-3.2.2-3'],
    needs: ['session'],
    group: 'parallel',
    accept: ['CONNACK with Session Present 0'],
    async drive(bench) {
      await (await bench.connect('new', { cleanSession: false })).disconnect();
      await (await bench.connect('new', { cleanSession: true })).disconnect();
      // The clean session took the stored one with it.
      await (await bench.connect('new', { cleanSession: false })).disconnect();
      await (await bench.connect('new', { cleanSession: true })).disconnect();
    },
  },
  {
    id: 'connect/clean-session-starts-afresh',
    title: 'CleanSession 1 discards the stored session and what waited in it',
    section: '3.1.2.4',
    statements: ['MQTT-3.1.2-6', 'MQTT-3.2.2-1', 'MQTT-3.1.4-3'],
    needs: ['session', 'qos1'],
    group: 'parallel',
    accept: ['CONNACK with Session Present 0; neither queued messages nor later ones for the old subscription arrive'],
    async drive(bench) {
      const [old, sentinel] = [bench.topic('old'), bench.topic('sentinel')];
      await leaveSession(bench, 'sub', old);
      const publisher = await bench.connect('pub');
      await publisher.publish({ topic: old, payload: 'queued', qos: 1 });
      const fresh = await bench.connect('sub', { cleanSession: true });
      await fresh.subscribe({ [sentinel]: 1 });
      await publisher.publish({ topic: old, payload: 'live', qos: 1 });
      await publisher.publish({ topic: sentinel, payload: 'end', qos: 1 });
      await fresh.delivery(sentinel, 'end');
      await bench.quiet();
    },
  },
  {
    id: 'connect/offline-queue',
    title: 'QoS 1 and 2 messages wait for a persistent session that is away',
    section: '3.1.2.4',
    statements: ['MQTT-3.1.2-5', 'MQTT-4.5.0-1'],
    needs: ['session', 'qos1', 'qos2'],
    group: 'parallel',
    accept: ['after the return every message arrives, at the lower of published and granted QoS'],
    async drive(bench) {
      const topic = bench.topic('queue');
      const away = await bench.connect('sub', { cleanSession: false });
      await away.subscribe({ [topic]: 2 });
      await away.disconnect();
      const publisher = await bench.connect('pub');
      for (let n = 1; n <= 10; n++)
        await publisher.publish({ topic, payload: `message ${n}`, qos: n % 2 === 0 ? 2 : 1 });
      const back = await bench.connect('sub', { cleanSession: false });
      for (let n = 1; n <= 10; n++) await back.delivery(topic, `message ${n}`);
      await bench.quiet();
      await back.disconnect();
      await (await bench.connect('sub', { cleanSession: true })).disconnect();
    },
  },
  {
    id: 'connect/client-id-names-the-session',
    title: 'two client ids that differ by case have two sessions',
    section: '3.1.3.1',
    statements: ['MQTT-3.1.3-2'],
    needs: ['session', 'qos1'],
    group: 'parallel',
    accept: ['each client resumes its own subscription only; a near-identical id finds no session'],
    async drive(bench) {
      const [topicA, topicB] = [bench.topic('a'), bench.topic('b')];
      await leaveSession(bench, 'twin', topicA);
      await leaveSession(bench, 'other', topicB);
      const near = await bench.connect('Twin', { cleanSession: false });
      const twin = await bench.connect('twin', { cleanSession: false });
      const other = await bench.connect('other', { cleanSession: false });
      const publisher = await bench.connect('pub');
      await publisher.publish({ topic: topicA, payload: 'for twin', qos: 1 });
      await publisher.publish({ topic: topicB, payload: 'for other', qos: 1 });
      await twin.delivery(topicA, 'for twin');
      await other.delivery(topicB, 'for other');
      await bench.quiet();
      await Promise.all([near, twin, other].map((it) => it.disconnect()));
      for (const name of ['Twin', 'twin', 'other']) await (await bench.connect(name)).disconnect();
    },
  },
  {
    id: 'connect/take-over',
    title: 'a second connection with a client id ends the first',
    section: '3.1.4',
    statements: ['MQTT-3.1.4-2'],
    needs: [],
    group: 'parallel',
    accept: ['the server closes the first connection and accepts the second'],
    async drive(bench) {
      const first = await bench.connect('twice');
      const second = await bench.connect('twice');
      await first.closedByServer();
      await second.ping();
    },
  },
  refusal({
    id: 'connect/level-refused',
    title: 'an unsupported protocol level is refused with code 1',
    section: '3.1.2.2',
    statement: 'MQTT-3.1.2-2',
    code: 1,
    connect: (bench) => ({ ...bench.connectPacket('level'), protocolLevel: 99 }),
  }),
  refusal({
    id: 'connect/empty-id-refused',
    title: 'an empty client id with CleanSession 0 is refused with code 2',
    section: '3.1.3.1',
    statement: 'MQTT-3.1.3-8',
    code: 2,
    connect: (bench) => bench.connectPacket('empty', { clientId: '', cleanSession: false }),
  }),
  mustClose({
    id: 'connect/second-connect',
    title: 'a second CONNECT on one connection ends it',
    section: '3.1',
    statement: 'MQTT-3.1.0-2',
    isEffect: isAccepted,
    prepare: (bench) => bench.connect('again'),
    offend: (client, bench) => client.sendIllegal('second CONNECT', bench.connectPacket('again')),
  }),
  mustClose({
    id: 'connect/packet-before-connect',
    title: 'a PUBLISH before CONNECT ends the connection',
    section: '3.1',
    statement: 'MQTT-4.8.0-1',
    needs: ['qos1'],
    isEffect: answers('PUBACK', 'CONNACK'),
    prepare: (bench) => bench.open('early'),
    offend: (client, bench) =>
      client.sendIllegal('PUBLISH before CONNECT', {
        type: 'PUBLISH',
        dup: false,
        qos: 1,
        retain: false,
        topic: bench.topic('early'),
        packetId: 1,
        payload: Buffer.from('early'),
      }),
  }),
  mustClose({
    id: 'connect/reserved-flag',
    title: 'a CONNECT with its reserved flag set is not served',
    section: '3.1.2.3',
    statement: 'MQTT-3.1.2-3',
    isEffect: isAccepted,
    prepare: (bench) => bench.open('flag'),
    offend: (client, bench) =>
      client.sendIllegal('CONNECT with reserved flag', bench.connectPacket('flag'), { connectFlags: 0x03 }),
  }),
];
