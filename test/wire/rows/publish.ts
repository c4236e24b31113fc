// PUBLISH and its acknowledgements, well formed and broken.
import type { Publish } from '../../../src/wire/packet.ts';
import { framed } from './row.ts';
import type { Row } from './row.ts';

const PLAIN: Publish = {
  type: 'PUBLISH',
  dup: false,
  qos: 0,
  retain: false,
  topic: 'a/b',
  payload: Buffer.from('x'),
};

function publish(
  name: string,
  first: string,
  body: string,
  packet: Row['packet'],
  deviations: readonly string[] = [],
): Row {
  return { name: `PUBLISH ${name}`, sender: 'client', bytes: framed(first, body), packet, deviations };
}

function ack(
  name: string,
  first: string,
  body: string,
  packet: Row['packet'],
  deviations: readonly string[] = [],
): Row {
  return { name, sender: 'server', bytes: framed(first, body), packet, deviations };
}

export const PUBLISH_ROWS: readonly Row[] = [
  publish('QoS 0', '30', "00 03 'a/b' 'x'", PLAIN),
  publish('QoS 1 with RETAIN', '33', "00 03 'a/b' 12 34 'x'", { ...PLAIN, qos: 1, retain: true, packetId: 0x1234 }),
  publish('QoS 2 with DUP', '3C', "00 03 'a/b' FF FF 'x'", { ...PLAIN, qos: 2, dup: true, packetId: 65535 }),
  publish('without payload', '31', "00 03 'a/b'", { ...PLAIN, retain: true, payload: Buffer.alloc(0) }),
  publish('with a BOM, which stays', '30', "00 04 EF BB BF 'a' 'x'", { ...PLAIN, topic: '\uFEFFa' }),
  publish('with a character beyond the BMP', '30', "00 04 F0 9F 8C A1 'x'", { ...PLAIN, topic: '🌡' }),
  publish('QoS 3', '36', "00 03 'a/b' 00 01 'x'", { ...PLAIN, qos: 3, packetId: 1 }, ['qos-3 MQTT-3.3.1-4 @0+1']),
  publish('DUP at QoS 0', '38', "00 03 'a/b' 'x'", { ...PLAIN, dup: true }, ['dup-at-qos-0 MQTT-3.3.1-2 @0+1']),
  publish('with packet id 0', '32', "00 03 'a/b' 00 00 'x'", { ...PLAIN, qos: 1, packetId: 0 }, [
    'zero-packet-id MQTT-2.3.1-1 @7+2',
  ]),
  publish('without packet id', '32', "00 03 'a/b'", undefined, ['missing-field MQTT-2.3.1-1 @7+0']),
  publish('without topic', '30', '', undefined, ['missing-field MQTT-3.3.2-1 @2+0']),
  publish('ends in the topic', '30', "00 05 'a/b'", undefined, ['missing-field MQTT-3.3.2-1 @7+0']),
  publish('empty topic', '30', "00 00 'x'", { ...PLAIN, topic: '' }, ['empty-topic MQTT-4.7.3-1 @2+2']),
  publish('# in the topic', '30', "00 03 'a/#' 'x'", { ...PLAIN, topic: 'a/#' }, [
    'wildcard-in-topic MQTT-3.3.2-2 MQTT-4.7.1-1 @6+1',
  ]),
  publish('+ behind other characters', '30', "00 04 C3 A9 '+/' 'x'", { ...PLAIN, topic: 'é+/' }, [
    'wildcard-in-topic MQTT-3.3.2-2 MQTT-4.7.1-1 @6+1',
  ]),
  publish('NUL in the topic', '30', "00 03 'a' 00 'b' 'x'", { ...PLAIN, topic: 'a\0b' }, [
    'nul-in-text MQTT-1.5.3-2 MQTT-4.7.3-2 @5+1',
  ]),
  publish('surrogate in the topic', '30', "00 04 'a' ED A0 80 'x'", { ...PLAIN, topic: 'a\uFFFD\uFFFD\uFFFD' }, [
    'ill-formed-utf8 MQTT-1.5.3-1 MQTT-3.3.2-1 @5+1',
  ]),
  publish('topic that ends in a sequence', '30', "00 03 'a' E2 82 'x'", { ...PLAIN, topic: 'a\uFFFD' }, [
    'ill-formed-utf8 MQTT-1.5.3-1 MQTT-3.3.2-1 @5+2',
  ]),
  publish(
    'everything at once',
    '3E',
    "00 03 FF 00 '#' 00 00",
    { ...PLAIN, dup: true, qos: 3, topic: '\uFFFD\0#', packetId: 0, payload: Buffer.alloc(0) },
    [
      'qos-3 MQTT-3.3.1-4 @0+1',
      'ill-formed-utf8 MQTT-1.5.3-1 MQTT-3.3.2-1 @4+1',
      'nul-in-text MQTT-1.5.3-2 MQTT-4.7.3-2 @5+1',
      'wildcard-in-topic MQTT-3.3.2-2 MQTT-4.7.1-1 @6+1',
      'zero-packet-id MQTT-2.3.1-1 @7+2',
    ],
  ),
  ack('PUBACK', '40', '00 07', { type: 'PUBACK', packetId: 7 }),
  ack('PUBREC', '50', '00 07', { type: 'PUBREC', packetId: 7 }),
  ack('PUBREL', '62', '00 07', { type: 'PUBREL', packetId: 7 }),
  ack('PUBCOMP', '70', '00 07', { type: 'PUBCOMP', packetId: 7 }),
  ack('PUBACK with flags', '42', '00 07', { type: 'PUBACK', packetId: 7 }, ['reserved-flags MQTT-2.2.2-1 @0+1']),
  ack('PUBREL without its flag', '60', '00 07', { type: 'PUBREL', packetId: 7 }, [
    'reserved-flags MQTT-3.6.1-1 MQTT-2.2.2-1 @0+1',
  ]),
  ack('PUBACK with id 0', '40', '00 00', { type: 'PUBACK', packetId: 0 }, ['zero-packet-id MQTT-2.3.1-6 @2+2']),
  ack('PUBREC with id 0', '50', '00 00', { type: 'PUBREC', packetId: 0 }, ['zero-packet-id MQTT-2.3.1-6 @2+2']),
  ack('PUBREL with id 0', '62', '00 00', { type: 'PUBREL', packetId: 0 }, ['zero-packet-id MQTT-2.3.1-6 @2+2']),
  ack('PUBCOMP with id 0', '70', '00 00', { type: 'PUBCOMP', packetId: 0 }, ['zero-packet-id @2+2']),
  ack('PUBACK of one byte', '40', '07', undefined, ['missing-field MQTT311-NN-05 @3+0']),
  ack('PUBACK of three bytes', '40', '00 07 00', { type: 'PUBACK', packetId: 7 }, [
    'trailing-bytes MQTT311-NN-05 @4+1',
  ]),
];
