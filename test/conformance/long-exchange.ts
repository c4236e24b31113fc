// What clients and a broker send to bring every mutant of exchanges that take their time to act.
import { message, ping, type Exchange } from './mutant-bed.ts';

/** Deliveries behind UNSUBSCRIBE and PINGREQ, what a broker sends again, large payloads, a topic that is denied. */
export const longExchanges: Exchange = async (bed) => {
  const publisher = await bed.connect('publisher');
  for (const qos of [1, 2] as const) await publisher.publish(qos, { topic: 'is/denied/here' });
  const subscriber = await bed.connect('subscriber');
  await subscriber.subscribe(['a/#', 2], ['b', 0]);
  await subscriber.unsubscribe('b');
  await subscriber.ask(ping, 'PINGRESP');
  for (const qos of [0, 1, 2] as const) await publisher.publish(qos, { payload: Buffer.alloc(9000, 'abc') });
  await subscriber.publish(2, { topic: 'elsewhere' });
  await subscriber.gets('PUBREL');
  for (const again of [40, 41, 42, 43]) bed.asBroker({ ...message(1, { packetId: again, dup: true }), topic: 'a/b' });
  for (const _ of [40, 41, 42, 43]) await subscriber.gets('PUBLISH');
  for (const again of [50, 51]) bed.asBroker({ type: 'PUBREL', packetId: again });
  for (const _ of [50, 51]) await subscriber.gets('PUBREL');
  await subscriber.ask(ping, 'PINGRESP');
};
