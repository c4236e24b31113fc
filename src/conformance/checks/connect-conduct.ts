// Checks of section 3.1: what a CONNECT is read as.
import type { Slice } from '../../judge/slice.ts';
import type { Publish } from '../../wire/packet.ts';
import { effectMs } from '../bench.ts';
import type { Check } from '../check.ts';
import { all, isOverBefore, type Judgement } from '../judgement.ts';

const wrongNames = ['MQTX', 'mqtt', 'MQTT1'];
const nameAccept = [
  'the server closes the connection, with or without a CONNACK that refuses',
  'or it leaves the connection open and unserved: a remark',
];

function judgeName(slice: Slice, name: string): Judgement {
  const connection = slice.client(name);
  const code = connection.received('CONNACK').at(0)?.packet.returnCode;
  const isClosed = connection.ended?.by === 'server';
  const came = code === undefined ? 'no CONNACK' : `CONNACK with code ${code}`;
  const isControlAccepted =
    slice.client('control').received('CONNACK', ({ returnCode }) => returnCode === 0).length > 0;
  const isUnclear = !isControlAccepted || isOverBefore(connection);
  const verdict = code === 0 ? 'fail' : isUnclear ? 'inconclusive' : isClosed ? 'pass' : 'warn';
  return {
    statement: 'MQTT-3.1.2-1',
    verdict,
    expected: nameAccept,
    actual: `protocol name ${name}: ${came}, ${isClosed ? 'then a close by the server' : 'and the connection stayed open'}`,
    connection: connection.id,
    evidence: all(connection),
    count: 1,
  };
}

const orderAccept = 'the will comes on the topic that is its second field, with the third as its payload';

const isWill = ({ topic, payload }: Publish): boolean =>
  topic.endsWith('/willtopic') && Buffer.from(payload).toString().endsWith('/willmessage');

function judgeOrder(slice: Slice): readonly Judgement[] {
  const owner = slice.client('owner');
  const watching = slice.client('observer');
  const wills = watching.received('PUBLISH');
  const wrong = wills.find(({ packet }) => !isWill(packet));
  const seen = wrong ?? wills.at(0);
  return [
    {
      statement: 'MQTT-3.1.3-1',
      // A will that never comes is judged as such; nothing tells then in which order its fields were read.
      verdict: wrong ? 'fail' : seen ? 'pass' : 'inconclusive',
      expected: [orderAccept],
      actual: seen
        ? `a message on ${seen.packet.topic}: ${Buffer.from(seen.packet.payload).toString()}`
        : 'no message on a topic that any of the five fields names',
      connection: owner.id,
      evidence: { events: [...owner.sent('CONNECT').map(({ seq }) => seq), ...(seen ? [seen.seq] : [])] },
      count: 1,
    },
  ];
}

const longestAccept = 'CONNACK with code 0, and a client that goes on sending stays connected';
const idlingMs = 4000;

function judgeLongest(slice: Slice): readonly Judgement[] {
  return ['silent', 'active'].map((name) => {
    const connection = slice.client(name);
    const code = connection.received('CONNACK').at(0)?.packet.returnCode;
    const isClosed = connection.ended?.by === 'server';
    // A server may end a client that it takes for dead at any time, and a silent one may be.
    const closed = name === 'silent' ? 'warn' : 'fail';
    const isAnswered = connection.received('PINGRESP').length > 0;
    const served = isClosed ? closed : isAnswered ? 'pass' : 'inconclusive';
    // Code 3 is about the server, and about no keep alive; a reset may have destroyed the CONNACK before it.
    const isTurnedAway = code === 3 || (code === undefined && isClosed && connection.ended?.how === 'rst');
    const verdict = code === 0 ? served : isTurnedAway ? 'inconclusive' : 'fail';
    const end = connection.ended && isClosed ? [connection.ended.seq] : [];
    return {
      statement: 'MQTT311-NN-07',
      verdict,
      expected: [longestAccept],
      actual: `${name} client: ${code === undefined ? 'no CONNACK' : `CONNACK with code ${code}`}, ${isClosed ? 'then a close by the server' : 'and the connection stayed open'}`,
      connection: connection.id,
      evidence: {
        events: [...[...connection.sent('CONNECT'), ...connection.received('CONNACK')].map(({ seq }) => seq), ...end],
      },
      count: 1,
    };
  });
}

export const connectConductChecks: readonly Check[] = [
  {
    id: 'connect/wrong-name',
    title: 'a CONNECT with a wrong protocol name is not served as MQTT 3.1.1',
    section: '3.1.2.1',
    statements: ['MQTT-3.1.2-1'],
    needs: [],
    group: 'parallel',
    accept: nameAccept,
    async drive(bench) {
      const offend = async (protocolName: string): Promise<void> => {
        const client = await bench.open(protocolName);
        await client.sendIllegal(`protocol name ${protocolName}`, {
          ...bench.connectPacket(`name${protocolName}`),
          protocolName,
        });
        await client.closedByServer();
      };
      await Promise.all(wrongNames.map(offend));
      await bench.connect('control');
    },
    judge: (slice) => wrongNames.map((name) => judgeName(slice, name)),
  },
  {
    id: 'connect/field-order',
    title: 'the payload of CONNECT is read in its fixed order',
    section: '3.1.3',
    statements: ['MQTT-3.1.3-1'],
    needs: ['will', 'qos1'],
    group: 'parallel',
    accept: [orderAccept],
    async drive(bench) {
      // Every field could be a topic, and every such topic is watched: a field read in another's place shows itself.
      const fields = ['willtopic', 'willmessage', 'username', 'password'];
      const [topic = '', message = '', userName = '', password = ''] = fields.map((it) => bench.topic(it));
      // Of letters and digits, which every server takes as an id: a slash it may refuse.
      const clientId = bench.clientId('owner');
      const watching = await bench.connect('observer');
      await watching.subscribe({ [clientId]: 1, [topic]: 1, [message]: 1, [userName]: 1, [password]: 1 });
      const owner = await bench.open('owner');
      const will = { topic, payload: Buffer.from(message), qos: 1, retain: false } as const;
      const connect = bench.connectPacket('owner', { will });
      await owner.send({ ...connect, userName, password: Buffer.from(password) });
      await owner.connected();
      await owner.abort('rst');
      await watching.delivery(topic, message, effectMs(bench));
      await bench.quiet();
    },
    judge: judgeOrder,
  },
  {
    id: 'connect/longest-keep-alive',
    title: `a keep alive of 65535 s is accepted, and not taken for a short one in ${idlingMs / 1000} s; its end, 27 hours later, is not waited for`,
    section: '3.1.2.10',
    statements: ['MQTT311-NN-07'],
    needs: [],
    group: 'parallel',
    accept: [longestAccept, 'a client that is silent all the while is closed on: a remark'],
    async drive(bench) {
      const keepAliveS = 0xffff;
      const silent = await bench.open('silent');
      const active = await bench.open('active');
      await silent.send(bench.connectPacket('silent', { keepAliveS }));
      await active.send(bench.connectPacket('active', { keepAliveS }));
      await Promise.all([silent.next('CONNACK'), active.next('CONNACK')]);
      for (let n = 0; n < 4; n++) {
        await bench.elapse(idlingMs / 4);
        await active.ping();
      }
      await silent.ping();
      await bench.connect('witness');
    },
    judge: judgeLongest,
  },
];
