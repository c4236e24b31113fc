// What clients send to bring every mutant of a CONNECT and of what surrounds it to act.
import { encode, type Spoil } from '../../src/wire/encode.ts';
import type { Connect, Packet, Text } from '../../src/wire/packet.ts';
import { badText, connectPacket, kept, level5, message, ping, will, type Client, type Exchange } from './mutant-bed.ts';

/** CONNECTs of one broken field each, and whole ones that a broker may or must not refuse. */
export const connectFields: Exchange = async (bed) => {
  const login = { userName: 'u', password: Buffer.from('p') };
  const send = async (
    packet: Connect<Text> | Uint8Array,
    spoil?: Spoil,
    behind: readonly Packet<Text>[] = [],
  ): Promise<Client> => {
    const first = packet instanceof Uint8Array ? packet : encode(packet, spoil);
    const it = await bed.open();
    await it.ask(Buffer.concat([first, ...behind.map((each) => encode(each))]), 'CONNACK');
    return it;
  };
  for (const packet of [message(0), message(1), message(2), ping] as const) (await bed.open()).send(packet);
  await (await bed.open()).subscribe(['a', 1]);
  await (await bed.open()).unsubscribe('a');
  await send({ ...connectPacket('n'), protocolName: 'MQTX' });
  for (const connectFlags of [0x0a, 0x22, 0x03]) await send(connectPacket('f'), { connectFlags });
  await send(connectPacket('q', { will }), { connectFlags: 0x1e });
  await send(connectPacket('u', { userName: 'u' }), { connectFlags: 0x02 });
  await send(connectPacket('p', login), { connectFlags: 0x82 });
  await send(connectPacket('p', { password: login.password }));
  for (const connectFlags of [0x82, 0xc2])
    await send(connectPacket('m', connectFlags > 0x82 ? { userName: 'u' } : {}), { connectFlags });
  await send(connectPacket('w'), { connectFlags: 0x06 });
  await send(Buffer.from('100a00044d51545404020000', 'hex'));
  await send(connectPacket(badText));
  await send(connectPacket('t', { will: { ...will, topic: badText } }));
  await send(connectPacket('u', { userName: badText }));
  const observer = await bed.connect('observer');
  await observer.subscribe(['gone', 1]);
  await (await send(connectPacket('will', { will: { ...will, payload: Buffer.from('left') }, ...login }))).leave();
  await observer.ask(ping, 'PINGRESP');
  for (const id of ['x', 'Z23456789012345678901wz', 'a/b', 'x'.repeat(1500)]) await send(connectPacket(id));
  const behind: readonly Packet<Text>[] = [
    { type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: 'a/b', qos: 1 }] },
    message(1),
  ];
  await send(connectPacket(''), {}, behind);
  await (await send(connectPacket(''))).publish(0);
  await (await bed.connect('publisher')).publish(0);
  await send(level5);
  await send(connectPacket('', { ...kept, userName: '2' }));
  for (const refused of [connectPacket('', kept), connectPacket('l', { protocolLevel: 99 })]) {
    await send(refused);
    await send(refused, {}, behind);
  }
};
