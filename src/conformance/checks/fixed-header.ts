// Checks of section 2.2.2: reserved bits of the fixed header, each packet type on a connection of its own.
import type { Slice } from '../../judge/slice.ts';
import type { AckType, PacketType } from '../../wire/packet.ts';
import { SituationFailed, type CheckBench, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { answers, isAccepted, mustClose, type MustClose } from '../must-close.ts';
import { saying, type Judgement } from '../judgement.ts';

type Case = Pick<MustClose, 'prepare' | 'offend' | 'isEffect'> &
  Partial<Pick<MustClose, 'statement' | 'also' | 'needs'>>;

/** One packet type whose reserved bits are set or cleared; statement MQTT-2.2.2-2 unless the type has one of its own. */
function reservedBits(type: PacketType, firstByte: number, it: Case): Check {
  const hex = firstByte.toString(16).toUpperCase().padStart(2, '0');
  return mustClose({
    id: `fixed-header/${type.toLowerCase()}-${hex.toLowerCase()}`,
    title: `a ${type} that begins with the byte 0x${hex} ends the connection`,
    section: '2.2.2',
    statement: 'MQTT-2.2.2-2',
    ...it,
  });
}

/** Nothing that a server could send would answer these packets. */
const unanswered = (): boolean => false;

/** Packet identifier of what a check does by hand, beside those that its client counts from 1. */
const byHand = 700;

const flagsOf = (firstByte: number): { flags: number } => ({ flags: firstByte & 0x0f });

const sendSpoilt = async (client: ScriptedClient, type: AckType, packetId: number, firstByte: number): Promise<void> =>
  client.sendIllegal(`${type} with reserved bits`, { type, packetId }, flagsOf(firstByte));

/** What has to come before the offence is one; without it, whatever the server does is no answer to reserved bits. */
const needed = <T>(it: T | undefined, what: string): T => {
  if (it === undefined) throw new SituationFailed(`${what} did not come`);
  return it;
};

/** The identifier of the next delivery at this QoS. */
const nextDelivery = async (client: ScriptedClient, qos: 1 | 2): Promise<number> =>
  needed((await client.next('PUBLISH', (it) => it.qos === qos))?.packetId, `a delivery at QoS ${qos}`);

const recordDelivery = async (client: ScriptedClient, packetId: number): Promise<void> => {
  await client.send({ type: 'PUBREC', packetId });
  needed(await client.next('PUBREL', (it) => it.packetId === packetId), 'a PUBREL');
};

/**
 * A subscriber in the middle of a delivery, up to where this answer is due. It has answered a first delivery as it
 * should be, and was served after that: the answer itself ends no connection.
 */
const amidDelivery = async (bench: CheckBench, due: AckType): Promise<ScriptedClient> => {
  const topic = bench.topic('delivery');
  const qos = due === 'PUBACK' ? 1 : 2;
  const subscriber = await bench.connect('sub', { acknowledge: false });
  await subscriber.subscribe({ [topic]: qos });
  const publisher = await bench.connect('pub');
  await publisher.publish({ topic, payload: 'acknowledged', qos });
  const packetId = await nextDelivery(subscriber, qos);
  if (qos === 2) await recordDelivery(subscriber, packetId);
  await subscriber.send({ type: qos === 1 ? 'PUBACK' : 'PUBCOMP', packetId });
  await publisher.publish({ topic, payload: 'under way', qos });
  const underWay = await nextDelivery(subscriber, qos);
  if (due === 'PUBCOMP') await recordDelivery(subscriber, underWay);
  return subscriber;
};

/** Answers the delivery that is under way by a spoilt packet. */
const spoilAnswer = (client: ScriptedClient, type: AckType, firstByte: number): Promise<void> =>
  sendSpoilt(client, type, needed(client.deliveries.at(-1)?.packetId, 'a delivery'), firstByte);

/** A publisher whose QoS 2 message waits for its PUBREL, after one that was released as it should be. */
const beforeRelease = async (bench: CheckBench): Promise<ScriptedClient> => {
  const topic = bench.topic('release');
  const publisher = await bench.connect('pub');
  needed(await publisher.publish({ topic, payload: 'released', qos: 2 }), 'a PUBCOMP');
  const payload = Buffer.from('never released');
  await publisher.send({ type: 'PUBLISH', dup: false, qos: 2, retain: false, topic, packetId: byHand, payload });
  needed(await publisher.next('PUBREC', (it) => it.packetId === byHand), 'a PUBREC');
  return publisher;
};

const pubrels = [0x60, 0x63, 0x6a].map((firstByte) =>
  reservedBits('PUBREL', firstByte, {
    statement: 'MQTT-3.6.1-1',
    also: ['MQTT-2.2.2-2'],
    needs: ['qos2'],
    isEffect: answers('PUBCOMP'),
    prepare: beforeRelease,
    offend: (client) => sendSpoilt(client, 'PUBREL', byHand, firstByte),
  }),
);

const acceptDisconnect = [
  'the server closes the connection, and publishes the will: the flags were checked',
  'the server closes the connection, and no will comes (a remark: a good DISCONNECT ends in the same way)',
];

export const fixedHeaderChecks: readonly Check[] = [
  reservedBits('CONNECT', 0x11, {
    isEffect: isAccepted,
    prepare: (bench) => bench.open('early'),
    offend: (client, bench) =>
      client.sendIllegal('CONNECT with reserved bits', bench.connectPacket('early'), flagsOf(0x11)),
  }),
  reservedBits('PUBACK', 0x41, {
    needs: ['qos1'],
    isEffect: unanswered,
    prepare: (bench) => amidDelivery(bench, 'PUBACK'),
    offend: (client) => spoilAnswer(client, 'PUBACK', 0x41),
  }),
  reservedBits('PUBREC', 0x51, {
    needs: ['qos2'],
    isEffect: answers('PUBREL'),
    prepare: (bench) => amidDelivery(bench, 'PUBREC'),
    offend: (client) => spoilAnswer(client, 'PUBREC', 0x51),
  }),
  ...pubrels,
  reservedBits('PUBCOMP', 0x71, {
    needs: ['qos2'],
    isEffect: unanswered,
    prepare: (bench) => amidDelivery(bench, 'PUBCOMP'),
    offend: (client) => spoilAnswer(client, 'PUBCOMP', 0x71),
  }),
  reservedBits('PINGREQ', 0xc1, {
    isEffect: answers('PINGRESP'),
    async prepare(bench) {
      const client = await bench.connect('pinging');
      await client.ping();
      return client;
    },
    offend: (client) => client.sendIllegal('PINGREQ with reserved bits', { type: 'PINGREQ' }, flagsOf(0xc1)),
  }),
  {
    id: 'fixed-header/disconnect-e1',
    title: 'a DISCONNECT that begins with the byte 0xE1 ends the connection, and keeps no will back',
    section: '3.14.1',
    statements: ['MQTT-3.14.1-1', 'MQTT-2.2.2-2'],
    needs: ['will', 'qos1'],
    group: 'parallel',
    accept: acceptDisconnect,
    async drive(bench) {
      const topic = bench.topic('will');
      const willOf = (payload: string) => ({ topic, payload: Buffer.from(payload), qos: 1, retain: false }) as const;
      const observer = await bench.connect('observer');
      await observer.subscribe({ [topic]: 1 });
      await (await bench.connect('polite', { will: willOf('left politely') })).disconnect();
      const rude = await bench.connect('rude', { will: willOf('left rudely') });
      bench.mark('offence', rude);
      await rude.sendIllegal('DISCONNECT with reserved bits', { type: 'DISCONNECT' }, flagsOf(0xe1));
      const isClosed = await rude.closedByServer();
      const witness = await bench.connect('witness');
      if (isClosed) await observer.delivery(topic, 'left rudely', bench.parameters.effectTimeoutMs);
      await witness.publish({ topic, payload: 'sentinel', qos: 1 });
      await observer.delivery(topic, 'sentinel');
      await bench.quiet();
    },
    judge: judgeDisconnect,
  },
];

/** The close alone keeps MQTT-2.2.2-2; that the flags were checked, as MQTT-3.14.1-1 asks, only the will shows. */
function judgeDisconnect(slice: Slice): readonly Judgement[] {
  const offence = slice.mark('offence');
  const rude = slice.client('rude');
  const { ended } = rude;
  const sent = rude.after(offence).sent('DISCONNECT').at(0);
  const byFlags = saying(acceptDisconnect, { connection: rude, statement: 'MQTT-3.14.1-1' });
  const byClose = saying(acceptDisconnect, { connection: rude, statement: 'MQTT-2.2.2-2' });
  if (ended !== undefined && ended.seq < offence.seq)
    return [byFlags, byClose].map((say) => say('inconclusive', 'closed before the DISCONNECT was sent', ended));
  if (ended?.by !== 'server') {
    const witness = slice.client('witness').received('CONNACK').at(0);
    const verdict = witness === undefined ? 'inconclusive' : 'fail';
    const others = witness === undefined ? 'and a fresh one was not served either' : 'while a fresh one was served';
    return [byFlags, byClose].map((say) => say(verdict, `the connection stayed open, ${others}`, sent, witness));
  }
  const [will, politeWill] = ['left rudely', 'left politely'].map((payload) =>
    slice
      .client('observer')
      .received('PUBLISH', (it) => Buffer.from(payload).equals(it.payload))
      .at(0),
  );
  const closed = byClose('pass', 'closed by the server', sent, ended);
  if (will === undefined) return [byFlags('warn', 'closed, and no will came', sent, ended), closed];
  const told = politeWill === undefined ? '' : ', but so it did after a good DISCONNECT';
  return [byFlags(told === '' ? 'pass' : 'warn', `closed, and the will came${told}`, sent, ended, will), closed];
}
