// Makes one packet from another: the same with some fields set, or one of another type that answers to it.
import { encode } from '../wire/encode.ts';
import type { Connect, Packet, PacketType, Publish, Suback, Subscribe, Will } from '../wire/packet.ts';
import type { PacketRewrite } from './packet-fault.ts';
import { inForm } from './topic-form.ts';

/**
 * The bytes of `packet` after the rewrite.
 * @returns undefined when the packet has none of the fields: its own bytes then stay as they are.
 * @throws FieldbenchError `FB_WIRE_ENCODE` when there is no packet with such fields.
 */
export function rewriteBytes(packet: Packet, set: PacketRewrite): Uint8Array | undefined {
  const rewritten = rewrite(packet, set);
  const { flags, bodySet } = set;
  if (rewritten === packet && flags === undefined && bodySet === undefined) return undefined;
  return encode(rewritten, {
    ...(flags !== undefined && { flags }),
    ...(bodySet && { bodySet: [{ at: bodySet.at, bytes: Uint8Array.from(bodySet.bytes) }] }),
  });
}

/** The packet with the given fields set; the very same value when it has none of them. `flags` are up to the bytes. */
export function rewrite(packet: Packet, set: PacketRewrite): Packet {
  return setFields(set.type === undefined ? packet : madeInto(packet, set.type), set);
}

function setFields(packet: Packet, set: PacketRewrite): Packet {
  switch (packet.type) {
    case 'CONNECT':
      return setConnect(packet, set);
    case 'CONNACK':
      return merged(packet, { sessionPresent: set.sessionPresent, returnCode: set.returnCode });
    case 'PUBLISH':
      return setPublish(packet, set);
    case 'SUBACK':
      return merged(packet, {
        packetId: newPacketId(packet.packetId, set),
        returnCodes: set.returnCodes && newReturnCodes(packet, set.returnCodes),
      });
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
    case 'UNSUBACK':
      return merged(packet, { packetId: newPacketId(packet.packetId, set) });
    case 'SUBSCRIBE':
      return merged(packet, {
        packetId: newPacketId(packet.packetId, set),
        subscriptions: newSubscriptions(packet.subscriptions, set),
      });
    case 'UNSUBSCRIBE':
      return merged(packet, {
        packetId: newPacketId(packet.packetId, set),
        filters: newFilters(packet.filters, set, set.filters),
      });
    case 'PINGREQ':
    case 'PINGRESP':
    case 'DISCONNECT':
      return packet;
  }
}

function setConnect(packet: Connect, set: PacketRewrite): Connect {
  const changed = merged(packet, {
    protocolName: set.protocolName,
    protocolLevel: set.protocolLevel,
    userName: set.userName,
    cleanSession: set.cleanSession,
    keepAliveS: set.keepAliveS,
    clientId: set.clientId && newClientId(packet.clientId, set.clientId),
    will: typeof set.will === 'object' ? newWill(packet.will, set.will) : willInForm(packet.will, set),
  });
  if (set.will === 'credentials') return withWillAndCredentialsExchanged(changed);
  if (set.will === 'swapped' && changed.will) return { ...changed, will: swapped(changed.will) };
  if (set.will !== 'remove' || changed.will === undefined) return changed;
  const { will: _, ...rest } = changed;
  return rest;
}

function setPublish(packet: Publish, set: PacketRewrite): Publish {
  const changed = merged(packet, {
    dup: set.dup,
    qos: set.qos,
    retain: set.retain,
    topic: newTopic(packet.topic, set),
    payload: set.payload && newPayload(packet.payload, set.payload),
  });
  if (changed.qos === 0) {
    const { packetId: _, ...rest } = changed;
    return packet.packetId === undefined ? changed : rest;
  }
  // A packet that only now needs an identifier gets the lowest one.
  return merged(changed, {
    packetId: newPacketId(changed.packetId ?? 1, set) ?? (changed.packetId === undefined ? 1 : undefined),
  });
}

/** The value with the changes that are defined; the value itself when there are none. */
function merged<T extends object>(value: T, changes: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const defined = Object.entries(changes).filter(([, it]) => it !== undefined);
  return defined.length === 0 ? value : { ...value, ...Object.fromEntries(defined) };
}

/** Identifiers count in a circle from 1 to 65535. */
function newPacketId(packetId: number, set: PacketRewrite): number | undefined {
  if (typeof set.packetId !== 'object') return set.packetId;
  return ((((packetId - 1 + set.packetId.add) % 65535) + 65535) % 65535) + 1;
}

function newReturnCodes({ returnCodes }: Suback, set: NonNullable<PacketRewrite['returnCodes']>): readonly number[] {
  switch (set) {
    case 'reversed':
      return returnCodes.toReversed();
    case 'dropLast':
      return returnCodes.slice(0, -1);
    case 'addOne':
      return [...returnCodes, returnCodes.at(-1) ?? 0];
    default:
      return 'each' in set ? returnCodes.map(() => set.each) : set;
  }
}

function newWill(will: Will | undefined, set: Partial<Will>): Will | undefined {
  if (will) return { ...will, ...set };
  return isWhole(set) ? set : undefined;
}

function swapped(will: Will): Will {
  return { ...will, topic: Buffer.from(will.payload).toString(), payload: Buffer.from(will.topic) };
}

/** What comes of reading user name and password where topic and payload of the will stand, and the other way round. */
function withWillAndCredentialsExchanged(packet: Connect): Connect {
  const { will, userName, password } = packet;
  if (will === undefined || userName === undefined || password === undefined) return packet;
  return {
    ...packet,
    will: { ...will, topic: userName, payload: password },
    userName: will.topic,
    password: will.payload,
  };
}

function isWhole(will: Partial<Will>): will is Will {
  return will.topic !== undefined && will.payload !== undefined && will.qos !== undefined && will.retain !== undefined;
}

function newClientId(clientId: string, set: NonNullable<PacketRewrite['clientId']>): string {
  return set === 'lowerCase' ? clientId.toLowerCase() : clientId + set.append;
}

function willInForm(will: Will | undefined, { topicForm }: PacketRewrite): Will | undefined {
  return will && topicForm && { ...will, topic: inForm(will.topic, topicForm) };
}

function newTopic(topic: string, set: PacketRewrite): string | undefined {
  if (set.topicForm !== undefined) return inForm(topic, set.topicForm);
  return typeof set.topic === 'object' ? topic + set.topic.append : set.topic;
}

function newSubscriptions(
  subscriptions: Subscribe['subscriptions'],
  set: PacketRewrite,
): Subscribe['subscriptions'] | undefined {
  const asked = subscriptions.map((it) => it.filter);
  const filters = newFilters(asked, set);
  if (filters === undefined && set.requestedQos === undefined) return undefined;
  return subscriptions.map((it, i) => ({ filter: filters?.[i] ?? it.filter, qos: set.requestedQos ?? it.qos }));
}

function newFilters(
  filters: readonly string[],
  { topicForm, keepFilters }: PacketRewrite,
  form = topicForm,
): readonly string[] | undefined {
  if (form !== undefined) return filters.map((it) => inForm(it, form));
  if (keepFilters === undefined) return undefined;
  const { keep, othersBecome } = keepFilters;
  const kept = { none: 0, first: 1, allButLast: filters.length - 1 }[keep];
  return filters.map((it, i) => (i < kept ? it : othersBecome));
}

function newPayload(payload: Uint8Array, set: NonNullable<PacketRewrite['payload']>): Uint8Array {
  if ('text' in set) return Buffer.from(set.text);
  if ('append' in set) return Buffer.concat([payload, Buffer.from(set.append)]);
  if ('cutToB' in set) return payload.subarray(0, set.cutToB);
  const { exchangeAtB: at } = set;
  if (payload.length < at + 2) return payload;
  return Buffer.concat([payload.subarray(0, at), payload.subarray(at, at + 2).toReversed(), payload.subarray(at + 2)]);
}

/** A packet of another type that keeps what the two have in common: identifier, topic, number of subscriptions. */
function madeInto(packet: Packet, type: PacketType): Packet {
  if (packet.type === type) return packet;
  const packetId = 'packetId' in packet ? (packet.packetId ?? 1) : 1;
  const filters = filtersOf(packet);
  switch (type) {
    case 'CONNECT':
      return { type, protocolName: 'MQTT', protocolLevel: 4, cleanSession: true, keepAliveS: 0, clientId: '' };
    case 'CONNACK':
      return { type, sessionPresent: false, returnCode: 0 };
    case 'PUBLISH':
      return messageOf(packet);
    case 'SUBSCRIBE':
      return { type, packetId, subscriptions: filters.map((filter) => ({ filter, qos: 0 })) };
    case 'SUBACK':
      return {
        type,
        packetId,
        returnCodes: packet.type === 'SUBSCRIBE' ? packet.subscriptions.map((it) => it.qos) : [0],
      };
    case 'UNSUBSCRIBE':
      return { type, packetId, filters };
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
    case 'UNSUBACK':
      return { type, packetId };
    case 'PINGREQ':
    case 'PINGRESP':
    case 'DISCONNECT':
      return { type };
  }
}

/** The will of a CONNECT, or nothing on the first topic that the packet names. */
function messageOf(packet: Packet): Publish {
  const { topic = filtersOf(packet)[0] ?? '', payload = new Uint8Array() }: Partial<Will> =
    packet.type === 'CONNECT' ? (packet.will ?? {}) : {};
  return { type: 'PUBLISH', dup: false, qos: 0, retain: false, topic, payload };
}

function filtersOf(packet: Packet): readonly string[] {
  if (packet.type === 'PUBLISH') return [packet.topic];
  if (packet.type === 'SUBSCRIBE') return packet.subscriptions.map((it) => it.filter);
  return packet.type === 'UNSUBSCRIBE' ? packet.filters : [];
}
