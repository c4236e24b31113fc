// Short names for packets in written histories.
import type { Connect, PacketOf, Publish } from '../../src/wire/packet.ts';

export function connect(fields: Partial<Connect> = {}): Connect {
  return {
    type: 'CONNECT',
    protocolName: 'MQTT',
    protocolLevel: 4,
    cleanSession: true,
    keepAliveS: 0,
    clientId: 'one',
    ...fields,
  };
}

export function connack(returnCode = 0, sessionPresent = false): PacketOf<'CONNACK'> {
  return { type: 'CONNACK', returnCode, sessionPresent };
}

export function publish(qos: 0 | 1 | 2, packetId?: number, fields: Partial<Publish> = {}): Publish {
  const id = packetId === undefined ? {} : { packetId };
  return { type: 'PUBLISH', dup: false, qos, retain: false, topic: 't', payload: Buffer.from('x'), ...id, ...fields };
}

export const puback = (packetId: number): PacketOf<'PUBACK'> => ({ type: 'PUBACK', packetId });
export const pubrec = (packetId: number): PacketOf<'PUBREC'> => ({ type: 'PUBREC', packetId });
export const pubrel = (packetId: number): PacketOf<'PUBREL'> => ({ type: 'PUBREL', packetId });
export const pubcomp = (packetId: number): PacketOf<'PUBCOMP'> => ({ type: 'PUBCOMP', packetId });
export const unsuback = (packetId: number): PacketOf<'UNSUBACK'> => ({ type: 'UNSUBACK', packetId });
export const pingreq = { type: 'PINGREQ' } as const;
export const pingresp = { type: 'PINGRESP' } as const;
export const disconnect = { type: 'DISCONNECT' } as const;

export function subscribe(packetId: number, filters: Readonly<Record<string, number>>): PacketOf<'SUBSCRIBE'> {
  const subscriptions = Object.entries(filters).map(([filter, qos]) => ({ filter, qos }));
  return { type: 'SUBSCRIBE', packetId, subscriptions };
}

export function suback(packetId: number, ...returnCodes: readonly number[]): PacketOf<'SUBACK'> {
  return { type: 'SUBACK', packetId, returnCodes };
}

export function unsubscribe(packetId: number, ...filters: readonly string[]): PacketOf<'UNSUBSCRIBE'> {
  return { type: 'UNSUBSCRIBE', packetId, filters };
}
