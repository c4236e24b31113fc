// Checks of section 4.8: what no server may put up with, each case on a connection of its own.
import type { Packet } from '../../wire/packet.ts';
import type { Check } from '../check.ts';
import { answers, mustClose, type MustClose } from '../must-close.ts';

type Case = Pick<MustClose, 'id' | 'title' | 'offend'>;

/** Nothing can come of these packets but the close. */
const neverEffective = (): boolean => false;

const onAnOpenConnection = ({ id, title, offend }: Case): Check =>
  mustClose({
    id,
    title,
    section: '4.8',
    statement: 'MQTT-4.8.0-1',
    isEffect: neverEffective,
    prepare: (bench) => bench.connect('offender'),
    offend,
  });

/** Packets that answer something, which only a server is ever asked. */
const serverPackets: readonly Packet[] = [
  { type: 'CONNACK', sessionPresent: false, returnCode: 0 },
  { type: 'SUBACK', packetId: 1, returnCodes: [0] },
  { type: 'UNSUBACK', packetId: 1 },
  { type: 'PINGRESP' },
];

const fromTheWrongSide = serverPackets.map((packet) =>
  onAnOpenConnection({
    id: `violation/${packet.type.toLowerCase()}-from-client`,
    title: `a ${packet.type} from a client ends the connection`,
    offend: (client) => client.sendIllegal(`${packet.type} from a client`, packet),
  }),
);

/** The first byte has the type in its high nibble; no bytes follow. */
const reservedTypes = [0, 15].map((type) =>
  onAnOpenConnection({
    id: `violation/reserved-type-${type}`,
    title: `a packet of the reserved type ${type} ends the connection`,
    offend: (client) => client.sendIllegal(`packet type ${type}`, Uint8Array.of(type << 4, 0)),
  }),
);

export const violationChecks: readonly Check[] = [
  mustClose({
    id: 'connect/packet-before-connect',
    title: 'a PUBLISH before CONNECT ends the connection',
    section: '3.1',
    statement: 'MQTT-4.8.0-1',
    needs: ['qos1'],
    isEffect: answers('PUBACK', 'CONNACK'),
    prepare: (bench) => bench.open('early'),
    offend: (client, bench) =>
      client.sendIllegal('PUBLISH before CONNECT', {
        type: 'PUBLISH',
        dup: false,
        qos: 1,
        retain: false,
        topic: bench.topic('early'),
        packetId: 1,
        payload: Buffer.from('early'),
      }),
  }),
  ...fromTheWrongSide,
  ...reservedTypes,
  onAnOpenConnection({
    id: 'violation/five-byte-length',
    title: 'a Remaining Length that promises a fifth byte ends the connection',
    offend: (client) =>
      client.sendIllegal('Remaining Length of five bytes', Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 0x01)),
  }),
  mustClose({
    id: 'violation/topic-beyond-packet',
    title: 'a PUBLISH whose topic is said to be longer than the packet ends the connection',
    section: '4.8',
    statement: 'MQTT-4.8.0-1',
    needs: ['qos1'],
    isEffect: answers('PUBACK'),
    prepare: (bench) => bench.connect('offender'),
    offend: (client, bench) =>
      client.sendIllegal(
        'PUBLISH whose topic runs beyond the packet',
        {
          type: 'PUBLISH',
          dup: false,
          qos: 1,
          retain: false,
          topic: bench.topic('cut'),
          packetId: 1,
          payload: Buffer.from('cut'),
        },
        { bodySet: [{ at: 0, bytes: Uint8Array.of(0x7f, 0xff) }] },
      ),
  }),
  mustClose({
    id: 'violation/filter-beyond-packet',
    title: 'a SUBSCRIBE whose filter is said to be longer than the packet ends the connection',
    section: '4.8',
    statement: 'MQTT-4.8.0-1',
    isEffect: answers('SUBACK'),
    prepare: (bench) => bench.connect('offender'),
    offend: (client, bench) =>
      client.sendIllegal(
        'SUBSCRIBE whose filter runs beyond the packet',
        { type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: bench.topic('cut'), qos: 0 }] },
        { bodySet: [{ at: 2, bytes: Uint8Array.of(0x7f, 0xff) }] },
      ),
  }),
];
