// Checks of chapter 6: MQTT over WebSocket in binary frames, cut anywhere, under the subprotocol `mqtt`.
import type { Slice, SliceConnection } from '../../judge/slice.ts';
import { encode } from '../../wire/encode.ts';
import type { Publish } from '../../wire/packet.ts';
import type { CheckBench, WebSocketClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { saying, type Judgement } from '../judgement.ts';
import { answers, isAccepted, mustClose } from '../must-close.ts';

const section = '6.0';

/** A whole CONNECT in one binary frame, and its CONNACK. */
async function connected(bench: CheckBench, name: string): Promise<WebSocketClient> {
  const client = await bench.openWebSocket(name);
  await client.send(bench.connectPacket(name));
  await client.connected();
  return client;
}

/** Every byte of it is ASCII too, so that the frame's type is all that is wrong with it as text. */
const message = (bench: CheckBench, name: string): Publish => ({
  type: 'PUBLISH',
  dup: false,
  qos: 1,
  retain: false,
  topic: bench.topic(name),
  packetId: 7,
  payload: Buffer.from(name),
});

const accept = {
  binary: ['every data frame of the server is binary'],
  across: [
    'CONNACK to a CONNECT of one byte per frame; SUBACK, PUBACK and PINGRESP, and the message to its subscriber, where ' +
      'a frame holds several packets; PUBACK and the message where a PUBLISH lies in two frames or in a fragmented message',
  ],
  subprotocol: ['status 101 with the subprotocol mqtt, whatever else the client offers beside it'],
};

const connectInText = mustClose<WebSocketClient>({
  id: 'websocket/connect-in-text',
  title: 'a CONNECT in a text frame is not served',
  section,
  statement: 'MQTT-6.0.0-1',
  needs: ['websocket'],
  isEffect: isAccepted,
  serve: connected,
  prepare: (bench) => bench.openWebSocket('texter'),
  offend: (client, bench) => client.sendText('CONNECT in a text frame', bench.connectPacket('texter')),
});

const publishInText = mustClose<WebSocketClient>({
  id: 'websocket/publish-in-text',
  title: 'a PUBLISH in a text frame ends the connection',
  section,
  statement: 'MQTT-6.0.0-1',
  needs: ['websocket', 'qos1'],
  isEffect: answers('PUBACK'),
  serve: connected,
  prepare: (bench) => connected(bench, 'texter'),
  offend: (client, bench) => client.sendText('PUBLISH in a text frame', message(bench, 'text')),
});

const binaryFrames: Check = {
  id: 'websocket/binary-frames',
  title: 'the server sends MQTT in binary frames',
  section,
  statements: ['MQTT-6.0.0-1'],
  needs: ['websocket', 'qos1'],
  group: 'parallel',
  accept: accept.binary,
  async drive(bench) {
    const client = await bench.openWebSocket('reader');
    await client.send(bench.connectPacket('reader'));
    // A text frame ends the connection from our side: nothing that is sent behind it would be answered.
    if ((await client.next('CONNACK')) === undefined) return;
    await client.subscribe({ [bench.topic('read')]: 1 });
    await client.publish({ topic: bench.topic('read'), payload: 'read', qos: 1 });
    await client.delivery(bench.topic('read'), 'read');
    await client.ping();
  },
  judge(slice) {
    const connection = slice.client('reader');
    const say = saying(accept.binary, { connection, statement: 'MQTT-6.0.0-1' });
    const text = slice.marks.find((it) => it.name === 'websocket-text-frame' && it.data?.['direction'] === 'toClient');
    if (text) return [say('fail', `a text frame that begins with ${String(text.data?.['firstBytes'])}`, text)];
    const [last] = connection.received('PINGRESP');
    if (last === undefined) return [say('inconclusive', 'the server did not send all that was asked of it')];
    return [say('pass', `${connection.packets.length} packets, those of the server in binary frames`, last)];
  },
};

/** Subscribes to a topic, sends the PUBLISH to it as told, and waits for its answer and for itself. */
async function published(
  bench: CheckBench,
  name: string,
  send: (client: WebSocketClient, packet: Uint8Array) => Promise<void>,
): Promise<WebSocketClient> {
  const client = await connected(bench, name);
  await client.subscribe({ [bench.topic(name)]: 1 });
  await send(client, encode(message(bench, name)));
  await client.next('PUBACK');
  await client.delivery(bench.topic(name), name);
  return client;
}

const packetsAcrossFrames: Check = {
  id: 'websocket/packets-across-frames',
  title: 'packets need not fit into frames',
  section,
  statements: ['MQTT-6.0.0-2'],
  needs: ['websocket', 'qos1'],
  group: 'parallel',
  accept: accept.across,
  async drive(bench) {
    const joined = await published(bench, 'joined', (client, packet) => {
      const subscribe = encode({
        type: 'SUBSCRIBE',
        packetId: 8,
        subscriptions: [{ filter: bench.topic('another'), qos: 0 }],
      });
      return client.sendFrame(Buffer.concat([subscribe, packet, encode({ type: 'PINGREQ' })]));
    });
    await joined.next('SUBACK', ({ packetId }) => packetId === 8);
    await joined.next('PINGRESP');
    await published(bench, 'split', async (client, packet) => {
      await client.sendFrame(packet.subarray(0, 3));
      await client.sendFrame(packet.subarray(3));
    });
    await published(bench, 'fragmented', async (client, packet) => {
      await client.sendFrame(packet.subarray(0, 1), { isFinal: false });
      await client.sendFrame(packet.subarray(1, 5), { continues: true, isFinal: false });
      await client.sendFrame(packet.subarray(5), { continues: true });
    });
    const bytewise = await bench.openWebSocket('bytewise');
    for (const byte of encode(bench.connectPacket('bytewise'))) await bytewise.sendFrame(Uint8Array.of(byte));
    // Nothing is sent behind it, so that a server that waits for the rest is told from one that chokes on it.
    await bytewise.connected().catch(() => undefined);
    await connected(bench, 'witness');
  },
  judge: (slice) => [...cases].map(([name, missing]) => judgeFrames(slice, name, missing)),
};

type Missing = (connection: SliceConnection) => readonly string[];

/** What is missing where a PUBLISH was sent and subscribed to. */
const ofMessage: Missing = (connection) => [
  ...(connection.received('PUBACK').length > 0 ? [] : ['PUBACK']),
  ...(connection.received('PUBLISH').length > 0 ? [] : ['the message']),
];

const cases: ReadonlyMap<string, Missing> = new Map<string, Missing>([
  [
    'joined',
    (it) => [
      ...(it.received('SUBACK', ({ packetId }) => packetId === 8).length > 0 ? [] : ['SUBACK']),
      ...ofMessage(it),
      ...(it.received('PINGRESP').length > 0 ? [] : ['PINGRESP']),
    ],
  ],
  ['split', ofMessage],
  ['fragmented', ofMessage],
  ['bytewise', (it) => (it.received('CONNACK', ({ returnCode }) => returnCode === 0).length > 0 ? [] : ['CONNACK'])],
]);

function judgeFrames(slice: Slice, name: string, missing: Missing): Judgement {
  const connection = slice.client(name);
  const say = saying(accept.across, { connection, statement: 'MQTT-6.0.0-2' });
  const lacking = missing(connection);
  const last = connection.packets.at(-1);
  const [denied] = connection.received('SUBACK', ({ returnCodes }) => returnCodes.includes(0x80));
  if (lacking.length > 0 && denied) return say('inconclusive', `${name}: the server denies the subscription`, denied);
  if (lacking.length === 0) return say('pass', `${name}: all that was asked for came`, last);
  const { ended } = connection;
  const actual = `${name}: no ${lacking.join(', no ')}${ended?.by === 'server' ? ', and the server closed' : ''}`;
  return say('fail', actual, last, ended);
}

const subprotocol: Check = {
  id: 'websocket/subprotocol',
  title: 'the server chooses the subprotocol mqtt',
  section,
  statements: ['MQTT-6.0.0-4'],
  needs: ['websocket'],
  group: 'parallel',
  accept: accept.subprotocol,
  async drive(bench) {
    await bench.openWebSocket('alone');
    await bench.openWebSocket('among-others', { offer: ['foo', 'mqtt', 'bar'] });
  },
  judge: (slice) =>
    slice.marks
      .filter((it) => it.name === 'websocket-open')
      .map((mark) => {
        const connection = slice.connections.find((it) => it.id === mark.connection);
        const say = saying(accept.subprotocol, { ...(connection && { connection }), statement: 'MQTT-6.0.0-4' });
        const { chosen = '', offered = '' } = mark.data ?? {};
        const came = chosen === '' ? 'no subprotocol' : `the subprotocol ${String(chosen)}`;
        return say(
          chosen === 'mqtt' ? 'pass' : 'fail',
          `status 101 with ${came} to the offer ${String(offered)}`,
          mark,
        );
      }),
};

export const webSocketChecks: readonly Check[] = [
  connectInText,
  publishInText,
  binaryFrames,
  packetsAcrossFrames,
  subprotocol,
];
