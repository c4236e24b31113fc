// Checks of section 3.1 and 3.2: how a connection begins, and which CONNECT is turned away.
import type { Check } from '../check.ts';
import { isAccepted, mustClose } from '../must-close.ts';
import { refusal } from '../refusal.ts';

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
