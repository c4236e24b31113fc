// Our packets in the words of npm mqtt-packet, the second opinion on what well-formed packets look like.
import mqttPacket from 'mqtt-packet';
import type { Packet, Qos } from '../../src/wire/packet.ts';

/** The packet as mqtt-packet's `generate` takes it. */
export function toTheirs(packet: Packet): mqttPacket.Packet {
  switch (packet.type) {
    case 'CONNECT':
      return theirConnect(packet);
    case 'CONNACK':
      return { cmd: 'connack', sessionPresent: packet.sessionPresent, returnCode: packet.returnCode };
    case 'PUBLISH':
      return {
        cmd: 'publish',
        dup: packet.dup,
        qos: theirQos(packet.qos),
        retain: packet.retain,
        topic: packet.topic,
        payload: Buffer.from(packet.payload),
        ...(packet.packetId === undefined ? {} : { messageId: packet.packetId }),
      };
    case 'SUBSCRIBE': {
      const subscriptions = packet.subscriptions.map((it) => ({ topic: it.filter, qos: it.qos as 0 | 1 | 2 }));
      return { cmd: 'subscribe', messageId: packet.packetId, subscriptions };
    }
    case 'SUBACK':
      return { cmd: 'suback', messageId: packet.packetId, granted: [...packet.returnCodes] };
    case 'UNSUBSCRIBE':
      return { cmd: 'unsubscribe', messageId: packet.packetId, unsubscriptions: [...packet.filters] };
    case 'PUBACK':
      return { cmd: 'puback', messageId: packet.packetId };
    case 'PUBREC':
      return { cmd: 'pubrec', messageId: packet.packetId };
    case 'PUBREL':
      return { cmd: 'pubrel', messageId: packet.packetId };
    case 'PUBCOMP':
      return { cmd: 'pubcomp', messageId: packet.packetId };
    case 'UNSUBACK':
      // Their type wants the codes that only MQTT 5.0 has.
      return { cmd: 'unsuback', messageId: packet.packetId } as mqttPacket.Packet;
    case 'PINGREQ':
      return { cmd: 'pingreq' };
    case 'PINGRESP':
      return { cmd: 'pingresp' };
    case 'DISCONNECT':
      return { cmd: 'disconnect' };
  }
}

function theirConnect(packet: Packet & { type: 'CONNECT' }): mqttPacket.IConnectPacket {
  const { will } = packet;
  return {
    cmd: 'connect',
    protocolId: packet.protocolLevel === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: packet.protocolLevel === 3 ? 3 : 4,
    clean: packet.cleanSession,
    keepalive: packet.keepAliveS,
    clientId: packet.clientId,
    ...(will === undefined
      ? {}
      : {
          will: { topic: will.topic, payload: Buffer.from(will.payload), qos: theirQos(will.qos), retain: will.retain },
        }),
    ...(packet.userName === undefined ? {} : { username: packet.userName }),
    ...(packet.password === undefined ? {} : { password: Buffer.from(packet.password) }),
  };
}

function theirQos(qos: Qos): 0 | 1 | 2 {
  return qos === 3 ? 2 : qos;
}

/** What mqtt-packet reads in these bytes; throws what its parser reports. */
export function parseTheirs(bytes: Buffer): mqttPacket.Packet[] {
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  const packets: mqttPacket.Packet[] = [];
  parser.on('packet', (packet: mqttPacket.Packet) => packets.push(packet));
  parser.on('error', (error: Error) => {
    throw error;
  });
  parser.parse(bytes);
  return packets;
}
