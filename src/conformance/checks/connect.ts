// Checks of section 3.1 and 3.2: how a connection begins, and which CONNECT is turned away.
import type { CheckBench } from '../bench.ts';
import type { Check } from '../check.ts';
import { isAccepted, mustClose } from '../must-close.ts';
import { loginFlags, malformedConnect } from '../malformed-connect.ts';
import { refusal } from '../refusal.ts';
import { saying, type Judgement } from '../judgement.ts';
import type { Slice } from '../../judge/slice.ts';

const takeOverAccept = 'the server closes the first connection and accepts the second';

/** That the first is closed for a second which is accepted, the rule judges; here, what a refused second comes to. */
function judgeTurnedAway(slice: Slice): readonly Judgement[] {
  const [first, second] = slice.connectionsOf('twice');
  if (first === undefined || second === undefined) throw new Error('there are not two connections in the slice');
  const connack = second.received('CONNACK').at(0);
  const code = connack?.packet.returnCode;
  if (code === 0) return [];
  const say = saying([takeOverAccept], { statement: 'MQTT-3.1.4-2', connection: first });
  const refused = `the second was refused, ${code === undefined ? 'by a close' : `CONNACK with code ${code}`}`;
  const shown = [second.sent('CONNECT').at(0), connack, second.ended];
  if (first.ended?.by === 'server') return [say('inconclusive', `${refused}, and the first was closed`, ...shown)];
  const alive = first.received('PINGRESP').at(-1);
  const isKept = alive !== undefined && alive.seq > (second.ended?.seq ?? Infinity);
  // Code 3 is said by a server that has no room, or no time, for anybody.
  if (!isKept || code === 3) return [say('inconclusive', refused, ...shown)];
  return [say('fail', `${refused}, and the first stayed connected`, ...shown, alive)];
}

/** Pipelines other packets behind the CONNECT, so that a server has something else to answer first. */
async function connectEagerly(bench: CheckBench, name: string): Promise<void> {
  const client = await bench.open(name);
  await client.send(bench.connectPacket(name));
  await client.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: bench.topic('kept'), qos: 1 }] });
  await client.send({ type: 'PINGREQ' });
  await client.connected();
  await client.next('SUBACK');
  await client.next('PINGRESP');
}

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
      // Over a link what is sent together may arrive apart, and then tempts no server: several try.
      const names = bench.pace.roundTripMs === 0 ? ['eager'] : Array.from({ length: 8 }, (_, n) => `eager${n}`);
      await Promise.all(names.map((name) => connectEagerly(bench, name)));
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
    accept: [takeOverAccept],
    async drive(bench) {
      const first = await bench.connect('twice');
      const second = await bench.open('twice');
      await second.send(bench.connectPacket('twice'));
      const isTaken = (await second.next('CONNACK'))?.returnCode === 0;
      await (isTaken ? first : second).closedByServer();
      await (isTaken ? second : first).ping();
      await bench.connect('witness');
    },
    judge: judgeTurnedAway,
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
  malformedConnect({
    id: 'connect/reserved-flag',
    title: 'a CONNECT with its reserved flag set is not served',
    section: '3.1.2.3',
    legal: (bench, name) => bench.connectPacket(name),
    malformations: [
      {
        name: 'flag',
        what: 'a CONNECT with its reserved flag set',
        statements: ['MQTT-3.1.2-3'],
        spoil: (legal) => [legal, { connectFlags: 0x03 | loginFlags(legal) }],
      },
    ],
  }),
];
