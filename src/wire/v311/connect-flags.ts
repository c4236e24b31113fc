// The connect flags: eight bits, and the statements about which of them go together.
import type { BodyReader } from '../body-reader.ts';
import type { Connect, Text } from '../packet.ts';

/** The single bits; will QoS is bits 3 and 4. */
export const FLAG = {
  reserved: 0x01,
  cleanSession: 0x02,
  will: 0x04,
  willQos: 0x18,
  willRetain: 0x20,
  password: 0x40,
  userName: 0x80,
} as const;

/** Notes what the flags break by themselves; the flags are the byte before the cursor. */
export function checkConnectFlags(r: BodyReader, flags: number): void {
  const at = r.at - 1;
  if ((flags & FLAG.reserved) !== 0) r.deviate('connect-reserved-flag', 'MQTT-3.1.2-3', at, 1, 'bit 0 clear', 'set');
  const willQos = (flags & FLAG.willQos) >> 3;
  if (willQos === 3) r.deviate('will-qos-3', 'MQTT-3.1.2-14', at, 1, 'will QoS 0, 1 or 2', '3');
  if ((flags & FLAG.will) === 0) {
    const also = ['MQTT-3.1.2-11'] as const;
    if (willQos !== 0) {
      r.deviate('will-qos-without-will', 'MQTT-3.1.2-13', at, 1, 'will QoS 0', String(willQos), also);
    }
    if ((flags & FLAG.willRetain) !== 0) {
      r.deviate('will-retain-without-will', 'MQTT-3.1.2-15', at, 1, 'will retain 0', '1', also);
    }
  }
  if ((flags & FLAG.password) !== 0 && (flags & FLAG.userName) === 0) {
    r.deviate('password-without-user-name', 'MQTT-3.1.2-22', at, 1, 'password flag 0 without a user name', '1');
  }
}

/** The flags that fit what the packet has. */
export function connectFlags(packet: Connect<Text>): number {
  let flags = packet.cleanSession ? FLAG.cleanSession : 0;
  if (packet.will !== undefined) {
    flags |= FLAG.will | ((packet.will.qos & 3) << 3);
    if (packet.will.retain) flags |= FLAG.willRetain;
  }
  if (packet.password !== undefined) flags |= FLAG.password;
  if (packet.userName !== undefined) flags |= FLAG.userName;
  return flags;
}
