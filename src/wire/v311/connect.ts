// CONNECT: ten bytes of variable header, then the fields that its flags announce, in a fixed order.
import type { StatementId } from '../../spec/statement.ts';
import { hex } from '../body-reader.ts';
import type { BodyReader } from '../body-reader.ts';
import type { BodyWriter } from '../body-writer.ts';
import type { Connect, Qos, Text, Will } from '../packet.ts';
import { readText } from '../text.ts';
import type { TextField } from '../text.ts';
import { checkConnectFlags, connectFlags, FLAG } from './connect-flags.ts';

const PROTOCOL_NAME: TextField = { name: 'protocol name', holds: 'text', present: undefined };
const CLIENT_ID: TextField = {
  name: 'client identifier',
  holds: 'text',
  present: 'MQTT-3.1.3-3',
  utf8: 'MQTT-3.1.3-4',
};
const WILL_TOPIC: TextField = { name: 'will topic', holds: 'topic', present: 'MQTT-3.1.2-9', utf8: 'MQTT-3.1.3-10' };
const USER_NAME: TextField = { name: 'user name', holds: 'text', present: 'MQTT-3.1.2-19', utf8: 'MQTT-3.1.3-11' };

/** The protocol names of the levels we speak: 3.1 and 3.1.1. */
const NAMES: Readonly<Record<number, string>> = { 3: 'MQIsdp', 4: 'MQTT' };

/** Reads a CONNECT; with an unknown protocol level only if it is laid out as in 3.1.1. */
export function decodeConnect(r: BodyReader): Connect | undefined {
  const nameAt = r.at;
  const protocolName = readText(r, PROTOCOL_NAME);
  if (protocolName === undefined) return undefined;
  if (r.left < 4) return r.missing('protocol level, connect flags and keep alive', undefined);
  const protocolLevel = r.u8();
  checkProtocol(r, nameAt, protocolName, protocolLevel);
  const rest = decodeRest(r, protocolLevel);
  return rest === undefined ? undefined : { type: 'CONNECT', protocolName, protocolLevel, ...rest };
}

/** What stands behind the level. Under an unknown level our statements do not hold: it is read if it fits, and not blamed. */
function decodeRest(
  r: BodyReader,
  level: number,
): Omit<Connect, 'type' | 'protocolName' | 'protocolLevel'> | undefined {
  const noted = r.noted;
  const flags = r.u8();
  checkConnectFlags(r, flags);
  const keepAliveS = r.u16();
  const payload = decodePayload(r, flags, level);
  const fits = NAMES[level] !== undefined || r.noted === noted;
  if (!fits) r.forgetFrom(noted);
  if (payload === undefined || !fits) return undefined;
  return { cleanSession: (flags & FLAG.cleanSession) !== 0, keepAliveS, ...payload };
}

function checkProtocol(r: BodyReader, nameAt: number, name: string, level: number): void {
  const expected = NAMES[level];
  if (expected === undefined) {
    r.deviate('protocol-level', undefined, r.at - 1, 1, 'protocol level 4 (or 3 for MQTT 3.1)', hex(level));
  }
  if (name !== (expected ?? 'MQTT')) {
    const length = r.at - 1 - nameAt;
    r.deviate('protocol-name', undefined, nameAt, length, `protocol name ${expected ?? 'MQTT'}`, JSON.stringify(name));
  }
}

type Payload = Pick<Connect, 'clientId' | 'will' | 'userName' | 'password'>;

/** The payload fields in the order of MQTT-3.1.3-1. */
function decodePayload(r: BodyReader, flags: number, level: number): Payload | undefined {
  const clientIdAt = r.at;
  const clientId = readText(r, CLIENT_ID); // MQTT-3.1.3-3
  if (clientId === undefined) return undefined;
  if (clientId === '' && (flags & FLAG.cleanSession) === 0) {
    r.deviate('empty-client-id', 'MQTT-3.1.3-7', clientIdAt, 2, 'a client identifier, or clean session 1', 'neither');
  }
  let payload: Payload = { clientId };
  if ((flags & FLAG.will) !== 0) {
    const will = decodeWill(r, flags);
    if (will === undefined) return undefined;
    payload = { ...payload, will };
  }
  // In MQTT 3.1 the Remaining Length takes precedence over the user name and password flags.
  const lenient = level === 3;
  if ((flags & FLAG.userName) !== 0 && !(lenient && r.left === 0)) {
    const userName = readText(r, USER_NAME); // MQTT-3.1.2-19
    if (userName === undefined) return undefined;
    payload = { ...payload, userName };
  }
  if ((flags & FLAG.password) !== 0 && !(lenient && r.left === 0)) {
    const password = readBinary(r, 'password', 'MQTT-3.1.2-21');
    if (password === undefined) return undefined;
    payload = { ...payload, password };
  }
  r.finish(undeclaredField(r, flags));
  return payload;
}

function decodeWill(r: BodyReader, flags: number): Will | undefined {
  const topic = readText(r, WILL_TOPIC);
  if (topic === undefined) return undefined;
  const payload = readBinary(r, 'will message', 'MQTT-3.1.2-9');
  if (payload === undefined) return undefined;
  return { topic, payload, qos: ((flags >> 3) & 3) as Qos, retain: (flags & FLAG.willRetain) !== 0 };
}

function readBinary(r: BodyReader, name: string, present: StatementId): Buffer | undefined {
  if (r.left < 2) return r.missing(name, present);
  const length = (r.peek(r.at) << 8) | r.peek(r.at + 1);
  if (r.left < 2 + length) return r.missing(name, present);
  r.at += 2;
  return r.view(length);
}

/** The statement that trailing bytes break, if they are exactly one field and only one flag can have announced it. */
function undeclaredField(r: BodyReader, flags: number): StatementId | undefined {
  if (r.left < 2 || r.left !== 2 + ((r.peek(r.at) << 8) | r.peek(r.at + 1))) return undefined;
  if ((flags & (FLAG.userName | FLAG.password)) === 0) return 'MQTT-3.1.2-18';
  return (flags & FLAG.password) === 0 ? 'MQTT-3.1.2-20' : undefined;
}

/** Writes what the packet has; `flags` in place of the connect flags that fit it, if given. */
export function encodeConnect(w: BodyWriter, packet: Connect<Text>, flags = connectFlags(packet)): void {
  w.text(packet.protocolName, 'protocol name');
  w.u8(packet.protocolLevel, 'protocol level');
  w.u8(flags, 'connect flags');
  w.u16(packet.keepAliveS, 'keep alive');
  w.text(packet.clientId, 'client identifier');
  if (packet.will !== undefined) {
    w.text(packet.will.topic, 'will topic');
    w.field(packet.will.payload, 'will message');
  }
  if (packet.userName !== undefined) w.text(packet.userName, 'user name');
  if (packet.password !== undefined) w.field(packet.password, 'password');
}
