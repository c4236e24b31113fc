// Fixed headers: the packets that are nothing else, reserved types, lengths, streams that end too early.
import { framed, hexBytes } from './row.ts';
import type { Row } from './row.ts';

function row(
  name: string,
  sender: Row['sender'],
  source: string,
  packet: Row['packet'],
  deviations: readonly string[] = [],
): Row {
  return { name, sender, bytes: hexBytes(source), packet, deviations };
}

function cut(name: string, source: string, deviations: readonly string[]): Row {
  return { name, sender: 'client', bytes: hexBytes(source), packet: undefined, deviations, unframed: true };
}

export const HEADER_ROWS: readonly Row[] = [
  row('PINGREQ', 'client', 'C0 00', { type: 'PINGREQ' }),
  row('PINGRESP', 'server', 'D0 00', { type: 'PINGRESP' }),
  row('DISCONNECT', 'client', 'E0 00', { type: 'DISCONNECT' }),
  row('PINGREQ from a server', 'server', 'C0 00', { type: 'PINGREQ' }, ['wrong-direction MQTT311-NN-03 @0+1']),
  row('PINGRESP from a client', 'client', 'D0 00', { type: 'PINGRESP' }, ['wrong-direction MQTT311-NN-03 @0+1']),
  row('DISCONNECT from a server', 'server', 'E0 00', { type: 'DISCONNECT' }, ['wrong-direction MQTT311-NN-03 @0+1']),
  row('DISCONNECT with flags', 'client', 'E1 00', { type: 'DISCONNECT' }, ['reserved-flags MQTT-2.2.2-1 @0+1']),
  row('PINGREQ with a body', 'client', 'C0 02 00 00', { type: 'PINGREQ' }, ['trailing-bytes MQTT311-NN-05 @2+2']),
  {
    name: 'Remaining Length in more bytes than it needs, which 3.1.1 allows',
    sender: 'client',
    bytes: hexBytes('C0 80 80 00'),
    packet: { type: 'PINGREQ' },
    deviations: [],
    otherForm: true,
  },
  row('type 0', 'client', '00 02 FF FF', undefined, ['reserved-type MQTT311-NN-03 @0+1']),
  row('type 15', 'server', 'F0 00', undefined, ['reserved-type MQTT311-NN-03 @0+1']),
  {
    name: 'PUBLISH of 127 + 2 bytes',
    sender: 'client',
    bytes: framed('30', `00 01 'a' '${'x'.repeat(124)}'`),
    packet: { type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 'a', payload: Buffer.alloc(124, 'x') },
    deviations: [],
  },
  row('PUBLISH of 128 + 3 bytes', 'client', `30 80 01 00 01 'a' '${'x'.repeat(125)}'`, {
    type: 'PUBLISH',
    dup: false,
    qos: 0,
    retain: false,
    topic: 'a',
    payload: Buffer.alloc(125, 'x'),
  }),
  cut('five bytes of Remaining Length', '30 80 80 80 80', ['remaining-length MQTT311-NN-02 @1+4']),
  cut('type 15 with five bytes of Remaining Length', 'FF FF FF FF FF', [
    'reserved-type MQTT311-NN-03 @0+1',
    'remaining-length MQTT311-NN-02 @1+4',
  ]),
  cut('a stream that ends after one byte', '30', ['truncated-packet @1+0']),
  cut('a stream that ends in Remaining Length', '30 80 80', ['truncated-packet @3+0']),
  cut('a stream that ends in the body', "30 05 00 03 'a'", ['truncated-packet @5+0']),
  cut('a stream that ends in a packet with wrong flags', '41 02', [
    'reserved-flags MQTT-2.2.2-1 @0+1',
    'truncated-packet @2+0',
  ]),
];
