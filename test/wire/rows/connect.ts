// CONNECT and CONNACK, well formed and broken.
import type { Connect } from '../../../src/wire/packet.ts';
import { framed } from './row.ts';
import type { Row } from './row.ts';

const PLAIN: Connect = {
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 60,
  clientId: 'c1',
};
const WILL = { topic: 'w', payload: Buffer.from('bye'), qos: 0, retain: false } as const;
const HEAD = "00 04 'MQTT' 04";

function connect(name: string, body: string, packet: Row['packet'], deviations: readonly string[] = []): Row {
  return { name: `CONNECT ${name}`, sender: 'client', bytes: framed('10', body), packet, deviations };
}

function connack(name: string, body: string, packet: Row['packet'], deviations: readonly string[] = []): Row {
  return { name: `CONNACK ${name}`, sender: 'server', bytes: framed('20', body), packet, deviations };
}

export const CONNECT_ROWS: readonly Row[] = [
  connect('plain', `${HEAD} 02 00 3C 00 02 'c1'`, PLAIN),
  connect('of MQTT 3.1', "00 06 'MQIsdp' 03 02 00 3C 00 02 'c1'", {
    ...PLAIN,
    protocolName: 'MQIsdp',
    protocolLevel: 3,
  }),
  connect('with everything', `${HEAD} F4 FF FF 00 02 'c1' 00 01 'w' 00 03 'bye' 00 01 'u' 00 02 00 FF`, {
    ...PLAIN,
    cleanSession: false,
    keepAliveS: 65535,
    will: { ...WILL, qos: 2, retain: true },
    userName: 'u',
    password: Buffer.of(0, 255),
  }),
  connect('with empty user name and password', `${HEAD} C2 00 3C 00 02 'c1' 00 00 00 00`, {
    ...PLAIN,
    userName: '',
    password: Buffer.alloc(0),
  }),
  connect('with empty client id and clean session', `${HEAD} 02 00 3C 00 00`, { ...PLAIN, clientId: '' }),
  connect(
    'with empty client id and no clean session',
    `${HEAD} 00 00 3C 00 00`,
    { ...PLAIN, clientId: '', cleanSession: false },
    ['empty-client-id MQTT-3.1.3-7 @12+2'],
  ),
  connect('reserved flag', `${HEAD} 03 00 3C 00 02 'c1'`, PLAIN, ['connect-reserved-flag MQTT-3.1.2-3 @9+1']),
  connect('will QoS 3', `${HEAD} 1E 00 3C 00 02 'c1' 00 01 'w' 00 03 'bye'`, { ...PLAIN, will: { ...WILL, qos: 3 } }, [
    'will-qos-3 MQTT-3.1.2-14 @9+1',
  ]),
  connect('will QoS without will', `${HEAD} 0A 00 3C 00 02 'c1'`, PLAIN, [
    'will-qos-without-will MQTT-3.1.2-13 MQTT-3.1.2-11 @9+1',
  ]),
  connect('will retain without will', `${HEAD} 22 00 3C 00 02 'c1'`, PLAIN, [
    'will-retain-without-will MQTT-3.1.2-15 MQTT-3.1.2-11 @9+1',
  ]),
  connect(
    'password without user name',
    `${HEAD} 42 00 3C 00 02 'c1' 00 01 'p'`,
    { ...PLAIN, password: Buffer.from('p') },
    ['password-without-user-name MQTT-3.1.2-22 @9+1'],
  ),
  connect('unknown level', "00 04 'MQTT' 05 02 00 3C 00 02 'c1'", { ...PLAIN, protocolLevel: 5 }, [
    'protocol-level @8+1',
  ]),
  connect('of MQTT 5.0, with a layout of its own', "00 05 'MQTT5' 05 42 00 3C 00 00 02 'c1' 00 01 'p'", undefined, [
    'protocol-level @9+1',
    'protocol-name @2+7',
  ]),
  connect('wrong name', "00 04 'MQTX' 04 02 00 3C 00 02 'c1'", { ...PLAIN, protocolName: 'MQTX' }, [
    'protocol-name @2+6',
  ]),
  connect('level 3 under the newer name', "00 04 'MQTT' 03 02 00 3C 00 02 'c1'", { ...PLAIN, protocolLevel: 3 }, [
    'protocol-name @2+6',
  ]),
  connect('ends in the protocol name', "00 04 'MQT'", undefined, ['missing-field @7+0']),
  connect('ends in the variable header', `${HEAD} 02 00`, undefined, ['missing-field @11+0']),
  connect('without client id', `${HEAD} 02 00 3C`, undefined, ['missing-field MQTT-3.1.3-3 @12+0']),
  connect('ends in the client id', `${HEAD} 02 00 3C 00 05 'c1'`, undefined, ['missing-field MQTT-3.1.3-3 @16+0']),
  connect('without will topic', `${HEAD} 06 00 3C 00 02 'c1'`, undefined, ['missing-field MQTT-3.1.2-9 @16+0']),
  connect('without will message', `${HEAD} 06 00 3C 00 02 'c1' 00 01 'w'`, undefined, [
    'missing-field MQTT-3.1.2-9 @19+0',
  ]),
  connect('without user name', `${HEAD} 82 00 3C 00 02 'c1'`, undefined, ['missing-field MQTT-3.1.2-19 @16+0']),
  {
    name: 'CONNECT without the user name of its flag, which MQTT 3.1 allows',
    sender: 'client',
    bytes: framed('10', "00 06 'MQIsdp' 03 C2 00 3C 00 02 'c1'"),
    packet: { ...PLAIN, protocolName: 'MQIsdp', protocolLevel: 3 },
    deviations: [],
    otherForm: true,
  },
  connect('without password', `${HEAD} C2 00 3C 00 02 'c1' 00 01 'u'`, undefined, [
    'missing-field MQTT-3.1.2-21 @19+0',
  ]),
  connect('ends in the password', `${HEAD} C2 00 3C 00 02 'c1' 00 01 'u' 00 02 'p'`, undefined, [
    'missing-field MQTT-3.1.2-21 @22+0',
  ]),
  connect('a user name that no flag announces', `${HEAD} 02 00 3C 00 02 'c1' 00 01 'u'`, PLAIN, [
    'trailing-bytes MQTT-3.1.2-18 @16+3',
  ]),
  connect(
    'a password that no flag announces',
    `${HEAD} 82 00 3C 00 02 'c1' 00 01 'u' 00 01 'p'`,
    { ...PLAIN, userName: 'u' },
    ['trailing-bytes MQTT-3.1.2-20 @19+3'],
  ),
  connect('two fields that no flag announces', `${HEAD} 02 00 3C 00 02 'c1' 00 01 'u' 00 01 'p'`, PLAIN, [
    'trailing-bytes @16+6',
  ]),
  connect('ill-formed client id', `${HEAD} 02 00 3C 00 02 C0 80`, { ...PLAIN, clientId: '\uFFFD\uFFFD' }, [
    'ill-formed-utf8 MQTT-1.5.3-1 MQTT-3.1.3-4 @14+1',
  ]),
  connect(
    'ill-formed will topic',
    `${HEAD} 06 00 3C 00 02 'c1' 00 01 FF 00 03 'bye'`,
    { ...PLAIN, will: { ...WILL, topic: '\uFFFD' } },
    ['ill-formed-utf8 MQTT-1.5.3-1 MQTT-3.1.3-10 @18+1'],
  ),
  connect('ill-formed user name', `${HEAD} 82 00 3C 00 02 'c1' 00 01 80`, { ...PLAIN, userName: '\uFFFD' }, [
    'ill-formed-utf8 MQTT-1.5.3-1 MQTT-3.1.3-11 @18+1',
  ]),
  connect('NUL in the user name', `${HEAD} 82 00 3C 00 02 'c1' 00 02 'u' 00`, { ...PLAIN, userName: 'u\0' }, [
    'nul-in-text MQTT-1.5.3-2 @19+1',
  ]),
  connect(
    'wildcard in the will topic',
    `${HEAD} 06 00 3C 00 02 'c1' 00 03 'w/#' 00 03 'bye'`,
    { ...PLAIN, will: { ...WILL, topic: 'w/#' } },
    ['wildcard-in-topic MQTT-4.7.1-1 @20+1'],
  ),
  connect(
    'empty will topic',
    `${HEAD} 06 00 3C 00 02 'c1' 00 00 00 03 'bye'`,
    { ...PLAIN, will: { ...WILL, topic: '' } },
    ['empty-topic MQTT-4.7.3-1 @16+2'],
  ),
  {
    name: 'CONNECT from a server, with flags',
    sender: 'server',
    bytes: framed('11', `${HEAD} 02 00 3C 00 02 'c1'`),
    packet: PLAIN,
    deviations: ['wrong-direction MQTT311-NN-03 @0+1', 'reserved-flags MQTT-2.2.2-1 @0+1'],
  },
  connack('accepted', '00 00', { type: 'CONNACK', sessionPresent: false, returnCode: 0 }),
  connack('with session present', '01 00', { type: 'CONNACK', sessionPresent: true, returnCode: 0 }),
  connack('refused', '00 05', { type: 'CONNACK', sessionPresent: false, returnCode: 5 }),
  connack('refused with session present', '01 02', { type: 'CONNACK', sessionPresent: true, returnCode: 2 }, [
    'session-present-on-refusal MQTT-3.2.2-4 @2+1',
  ]),
  connack('reserved bits', '82 00', { type: 'CONNACK', sessionPresent: false, returnCode: 0 }, [
    'connack-flags MQTT311-NN-16 @2+1',
  ]),
  connack('reserved code', '00 06', { type: 'CONNACK', sessionPresent: false, returnCode: 6 }, [
    'connack-code MQTT311-NN-17 @3+1',
  ]),
  connack('of one byte', '00', undefined, ['missing-field MQTT311-NN-05 @3+0']),
  connack('of three bytes', '00 00 00', { type: 'CONNACK', sessionPresent: false, returnCode: 0 }, [
    'trailing-bytes MQTT311-NN-16 @4+1',
  ]),
];
