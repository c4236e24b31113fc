// The list of everything the decoder can report; docs/wire.md prints it, and a test holds code and list together.
import type { StatementId } from '../spec/statement.ts';

interface DeviationKind {
  readonly meaning: string;
  /** Every statement that this code can name; empty where the standard has none. */
  readonly statements: readonly StatementId[];
}

/** Deviation codes, in the order in which a packet is read. */
export const DEVIATION_KINDS = {
  'remaining-length': {
    meaning: 'The fourth byte of Remaining Length promises a fifth. Framing is lost: what follows cannot be read.',
    statements: ['MQTT311-NN-02'],
  },
  'packet-too-large': {
    meaning:
      'The packet is longer than the `maxPacketB` of this decoder; its bytes pass unread. The standard allows it.',
    statements: [],
  },
  'truncated-packet': {
    meaning: 'The stream ended inside this packet. By itself this breaks no statement.',
    statements: [],
  },
  'bytes-after-packet': {
    meaning: 'More bytes than one packet were given to `decodePacket`.',
    statements: [],
  },
  'reserved-type': { meaning: 'Packet type 0 or 15.', statements: ['MQTT311-NN-03'] },
  'wrong-direction': { meaning: 'A packet that only the other side may send.', statements: ['MQTT311-NN-03'] },
  'reserved-flags': {
    meaning: 'The low four bits of the first byte differ from what the packet type prescribes.',
    statements: ['MQTT-2.2.2-1', 'MQTT-3.6.1-1', 'MQTT-3.8.1-1', 'MQTT-3.10.1-1'],
  },
  'qos-3': { meaning: 'PUBLISH with both QoS bits set.', statements: ['MQTT-3.3.1-4'] },
  'dup-at-qos-0': { meaning: 'PUBLISH with DUP 1 and QoS 0.', statements: ['MQTT-3.3.1-2'] },
  'missing-field': {
    meaning: 'The packet ends before or inside a field that it must have.',
    statements: [
      'MQTT311-NN-05',
      'MQTT-2.3.1-1',
      'MQTT-2.3.1-7',
      'MQTT-3.1.2-9',
      'MQTT-3.1.2-19',
      'MQTT-3.1.2-21',
      'MQTT-3.1.3-3',
      'MQTT-3.3.2-1',
      'MQTT-3.8.3-1',
      'MQTT-3.8.3-3',
      'MQTT-3.10.3-1',
    ],
  },
  'trailing-bytes': {
    meaning: 'Bytes behind the last field that the packet can have.',
    statements: ['MQTT311-NN-05', 'MQTT311-NN-16', 'MQTT-3.1.2-18', 'MQTT-3.1.2-20'],
  },
  'ill-formed-utf8': {
    meaning:
      'Text that is not UTF-8: overlong forms, surrogates, beyond U+10FFFF, stray or missing continuation bytes.',
    statements: [
      'MQTT-1.5.3-1',
      'MQTT-3.1.3-4',
      'MQTT-3.1.3-10',
      'MQTT-3.1.3-11',
      'MQTT-3.3.2-1',
      'MQTT-3.8.3-1',
      'MQTT-3.10.3-1',
    ],
  },
  'nul-in-text': { meaning: 'U+0000 in text.', statements: ['MQTT-1.5.3-2', 'MQTT-4.7.3-2'] },
  'empty-topic': { meaning: 'Topic name or topic filter of no characters.', statements: ['MQTT-4.7.3-1'] },
  'wildcard-in-topic': { meaning: '`+` or `#` in a topic name.', statements: ['MQTT-3.3.2-2', 'MQTT-4.7.1-1'] },
  'multi-level-wildcard': {
    meaning: '`#` in a topic filter that is not alone on the last level.',
    statements: ['MQTT-4.7.1-2'],
  },
  'single-level-wildcard': {
    meaning: '`+` in a topic filter that does not fill its level.',
    statements: ['MQTT-4.7.1-3'],
  },
  'zero-packet-id': {
    meaning: 'Packet identifier 0, in an acknowledgement or in a packet that asks for one.',
    statements: ['MQTT-2.3.1-1', 'MQTT-2.3.1-6', 'MQTT-2.3.1-7'],
  },
  'protocol-name': { meaning: 'A protocol name other than `MQTT`, or `MQIsdp` with level 3.', statements: [] },
  'protocol-level': {
    meaning: 'A protocol level other than 4, or 3 with `MQIsdp`. What follows is read as 3.1.1 if it fits.',
    statements: [],
  },
  'connect-reserved-flag': { meaning: 'Bit 0 of the connect flags is set.', statements: ['MQTT-3.1.2-3'] },
  'will-qos-3': { meaning: 'Both will QoS bits are set.', statements: ['MQTT-3.1.2-14'] },
  'will-qos-without-will': {
    meaning: 'Will QoS above 0 although the will flag is 0.',
    statements: ['MQTT-3.1.2-13', 'MQTT-3.1.2-11'],
  },
  'will-retain-without-will': {
    meaning: 'Will retain 1 although the will flag is 0.',
    statements: ['MQTT-3.1.2-15', 'MQTT-3.1.2-11'],
  },
  'password-without-user-name': {
    meaning: 'The password flag is 1 and the user name flag 0.',
    statements: ['MQTT-3.1.2-22'],
  },
  'empty-client-id': { meaning: 'Empty client identifier with clean session 0.', statements: ['MQTT-3.1.3-7'] },
  'connack-flags': { meaning: 'Bits 7 to 1 of the acknowledge flags are not 0.', statements: ['MQTT311-NN-16'] },
  'session-present-on-refusal': {
    meaning: 'Session present 1 beside a return code other than 0.',
    statements: ['MQTT-3.2.2-4'],
  },
  'connack-code': { meaning: 'A CONNACK return code above 5.', statements: ['MQTT311-NN-17'] },
  'empty-subscribe': { meaning: 'SUBSCRIBE without a topic filter.', statements: ['MQTT-3.8.3-3'] },
  'requested-qos': { meaning: 'A requested-QoS byte above 2.', statements: ['MQTT-3.8.3-4'] },
  'empty-suback': { meaning: 'SUBACK without a return code.', statements: ['MQTT-3.8.4-5'] },
  'suback-code': { meaning: 'A SUBACK return code other than 0, 1, 2 and 0x80.', statements: ['MQTT-3.9.3-2'] },
  'empty-unsubscribe': { meaning: 'UNSUBSCRIBE without a topic filter.', statements: ['MQTT-3.10.3-2'] },
} as const satisfies Readonly<Record<string, DeviationKind>>;

/** Stable name of a deviation. */
export type DeviationCode = keyof typeof DEVIATION_KINDS;
