// What clients send to bring every mutant of topic names, filters and reserved bits to act.
import type { Packet, Text } from '../../src/wire/packet.ts';
import { badText, connectPacket, message, ping, will, type Bed, type Client, type Exchange } from './mutant-bed.ts';

const illegalTopics: readonly Text[] = ['a/+', 'a/#', '', 'a\0b', badText];
const illegalFilters: readonly Text[] = ['a/b+', 'a#', 'a/#/b', '', 'a\0b', badText];

/** Topics of which each is another one as soon as a broker tidies it up. */
const legalTopics: readonly string[] = [
  'Upper/Case',
  '/first',
  'last/',
  'in//between',
  'space ',
  '\uFEFFmark',
  'mark\uFEFFinside',
  'e\u0301',
  '$of-clients',
  'x'.repeat(1100),
  'y'.repeat(65_535),
];

/** Subscribers to everything, and clients that each do one thing alone. */
async function audience(bed: Bed): Promise<{ readonly everything: Client; readonly alone: () => Promise<Client> }> {
  const everything = await bed.connect('everything');
  await everything.subscribe(['#', 2]);
  await (await bed.connect('second level')).subscribe(['+/b', 1]);
  return { everything, alone: () => bed.connect('alone') };
}

/** Names and filters that no broker may take, and a message that all brokers deliver. */
export const illegalNames: Exchange = async (bed) => {
  const { everything, alone } = await audience(bed);
  for (const topic of illegalTopics) {
    for (const qos of [0, 1, 2] as const) await (await alone()).publish(qos, { topic });
  }
  await (await alone()).ask(Buffer.from('3003000561', 'hex'), 'PUBACK');
  for (const filter of illegalFilters) {
    await (await alone()).subscribe([filter, 1]);
    await (await alone()).unsubscribe(filter);
  }
  await (await alone()).subscribe();
  await (await alone()).unsubscribe();
  await (await bed.connect('victim', { will: { ...will, topic: 'gone/+' } })).leave();
  await (await alone()).publish(1);
  await everything.ask(ping, 'PINGRESP');
};

/** Names and filters that a broker must leave as they are. */
export const legalNames: Exchange = async (bed) => {
  const { everything, alone } = await audience(bed);
  for (const topic of legalTopics) {
    const it = await alone();
    await it.subscribe([topic, 0]);
    await it.publish(0, { topic });
    await it.unsubscribe(topic);
  }
  await everything.ask(ping, 'PINGRESP');
};

/** Several filters in one packet, with messages retained for them. */
export const severalFilters: Exchange = async (bed) => {
  const it = await bed.connect('several');
  for (const topic of ['a', 'b']) await it.publish(1, { topic, retain: true });
  await it.subscribe(['a', 1], ['b', 1], ['c', 1]);
  for (const _ of ['a', 'b']) await it.gets('PUBLISH');
  await it.unsubscribe('a', 'b', 'c');
  await it.ask(ping, 'PINGRESP');
};

const packetId = 7;
const flagged: readonly Packet[] = [
  { type: 'PUBACK', packetId },
  { type: 'PUBREC', packetId },
  { type: 'PUBREL', packetId },
  { type: 'PUBCOMP', packetId },
  { type: 'SUBSCRIBE', packetId, subscriptions: [{ filter: 'a', qos: 1 }] },
  { type: 'UNSUBSCRIBE', packetId, filters: ['a'] },
  ping,
  { type: 'DISCONNECT' },
];

/** Packets with other flags than the prescribed ones, and one PUBREL of the broker's own. */
export const reservedBits: Exchange = async (bed) => {
  await (await bed.open()).ask(connectPacket('flags'), 'CONNACK', { flags: 5 });
  for (const packet of flagged) await (await bed.connect('flags')).ask(packet, 'DISCONNECT', { flags: 5 });
  const subscriber = await bed.connect('subscriber');
  await subscriber.subscribe(['a/b', 2]);
  await subscriber.ask(message(2), 'PUBREC');
  await subscriber.ask({ type: 'PUBREL', packetId: 9 }, 'PUBREL');
};
