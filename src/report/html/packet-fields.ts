// The fields of a packet as a reader looks for them, name by name: what its bytes say, spelt out.
import type { PacketSeen } from '../../history/event.ts';
import { frameOf } from '../../history/packet-of.ts';
import type { Connect, Packet, Publish, Text } from '../../wire/packet.ts';
import { cutText, safeText } from '../safe-text.ts';

/** Name and value, both safe to be read. */
export type Field = readonly [name: string, value: string];

const longest = 120;
const mostItems = 12;

/** The fields of the packet in `event`, then what is wrong with its form. */
export function fieldsOf(event: PacketSeen): readonly Field[] {
  const { packet, deviations } = frameOf(event);
  return [
    ...(packet === undefined ? [] : fieldsOfPacket(packet, event.omittedB ?? 0)),
    ...deviations.map((it): Field => ['malformed', `${it.code} at byte ${it.offset - event.offset}`]),
  ];
}

function fieldsOfPacket(it: Packet, omittedB: number): readonly Field[] {
  switch (it.type) {
    case 'CONNECT':
      return connectFields(it);
    case 'PUBLISH':
      return publishFields(it, omittedB);
    case 'CONNACK':
      return [
        ['return code', String(it.returnCode)],
        ['session present', yesNo(it.sessionPresent)],
      ];
    case 'SUBSCRIBE':
      return [idOf(it), ...some(it.subscriptions, (each) => ['filter', `${plain(each.filter)}, QoS ${each.qos}`])];
    case 'UNSUBSCRIBE':
      return [idOf(it), ...some(it.filters, (each) => ['filter', plain(each)])];
    case 'SUBACK':
      return [idOf(it), ...some(it.returnCodes, (each) => ['return code', `0x${each.toString(16).padStart(2, '0')}`])];
    case 'PINGREQ':
    case 'PINGRESP':
    case 'DISCONNECT':
      return [];
    default:
      return [idOf(it)];
  }
}

function connectFields(it: Connect): readonly Field[] {
  return [
    ['protocol', `${plain(it.protocolName)}, level ${it.protocolLevel}`],
    ['client id', plain(it.clientId)],
    ['clean session', yesNo(it.cleanSession)],
    ['keep alive', `${it.keepAliveS} s`],
    ...(it.will === undefined
      ? []
      : ([
          ['will topic', plain(it.will.topic)],
          ['will QoS', String(it.will.qos)],
          ['will retain', yesNo(it.will.retain)],
          ['will payload', payloadText(it.will.payload, 0)],
        ] as const)),
    ...(it.userName === undefined ? [] : [['user name', plain(it.userName)] as const]),
    ...(it.password === undefined ? [] : [['password', 'masked'] as const]),
  ];
}

function publishFields(it: Publish, omittedB: number): readonly Field[] {
  return [
    ['topic', plain(it.topic)],
    ['QoS', String(it.qos)],
    ...(it.packetId === undefined ? [] : [idOf({ packetId: it.packetId })]),
    ['retain', yesNo(it.retain)],
    ['DUP', yesNo(it.dup)],
    ['payload', payloadText(it.payload, omittedB)],
  ];
}

function payloadText(payload: Uint8Array, omittedB: number): string {
  const sizeB = payload.length + omittedB;
  if (sizeB === 0) return 'empty';
  return `${sizeB} B: ${plain(Buffer.from(payload.subarray(0, 2 * longest)).toString('utf8'))}`;
}

function idOf({ packetId }: { readonly packetId: number }): Field {
  return ['packet id', String(packetId)];
}

function some<T>(items: readonly T[], show: (item: T) => Field): readonly Field[] {
  const left = items.length - mostItems;
  return [...items.slice(0, mostItems).map(show), ...(left > 0 ? [['and', `${left} more`] as const] : [])];
}

function yesNo(is: boolean): string {
  return is ? 'yes' : 'no';
}

function plain(text: Text): string {
  const read = typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
  return safeText(cutText(read, longest), 'terminal');
}
