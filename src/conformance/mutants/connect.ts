// Mutants of CONNECT and CONNACK, of the text in any packet, and of what is to be closed on.
import type { Mutant } from '../mutant.ts';
import { again, answer, drop, fromBroker, fromClient, keepOpen, mend, mutant, rewrite } from './plant.ts';

const withText = ['CONNECT', 'PUBLISH', 'SUBSCRIBE', 'UNSUBSCRIBE'] as const;
const refusals = [1, 2, 3, 4, 5] as const;

export const textMutants: readonly Mutant[] = [
  mutant('ill-formed-text-mended', 'MQTT-1.5.3-1', 'replaces ill-formed UTF-8 by U+FFFD and goes on', [
    fromClient(withText, { deviation: 'ill-formed-utf8' }),
    mend,
  ]),
  mutant(
    'ill-formed-text-ignored',
    'MQTT-1.5.3-1',
    'takes no notice of a packet with ill-formed UTF-8 and keeps the connection',
    [fromClient(withText, { deviation: 'ill-formed-utf8' }), drop],
  ),
  mutant(
    'nul-acknowledged',
    'MQTT-1.5.3-2',
    'acknowledges packets with U+0000 in their text',
    [fromClient('CONNECT', { deviation: 'nul-in-text' }), answer('CONNACK'), drop],
    [fromClient('SUBSCRIBE', { deviation: 'nul-in-text' }), answer('SUBACK'), drop],
    [fromClient('UNSUBSCRIBE', { deviation: 'nul-in-text' }), answer('UNSUBACK'), drop],
    [fromClient('PUBLISH', { qos: 1, deviation: 'nul-in-text' }), answer('PUBACK'), drop],
    [fromClient('PUBLISH', { qos: 2, deviation: 'nul-in-text' }), answer('PUBREC'), drop],
    [fromClient('PUBLISH', { qos: 0, deviation: 'nul-in-text' }), drop],
  ),
  mutant(
    'nul-ignored',
    'MQTT-1.5.3-2',
    'takes no notice of a packet with U+0000 in its text and keeps the connection',
    [fromClient(withText, { deviation: 'nul-in-text' }), drop],
  ),
];

export const connectMutants: readonly Mutant[] = [
  mutant('second-connect-accepted', 'MQTT-3.1.0-2', 'answers a second CONNECT on a connection with another CONNACK', [
    fromClient('CONNECT', { nth: 2 }),
    answer('CONNACK'),
    drop,
  ]),
  mutant('second-connect-ignored', 'MQTT-3.1.0-2', 'takes no notice of a second CONNECT on a connection', [
    fromClient('CONNECT', { nth: 2 }),
    drop,
  ]),
  mutant('level-accepted', 'MQTT-3.1.2-2', 'accepts any protocol level', [
    fromClient('CONNECT', { deviation: 'protocol-level' }),
    answer('CONNACK'),
    drop,
  ]),
  mutant('level-other-code', 'MQTT-3.1.2-2', 'refuses an unknown protocol level as a server that is unavailable', [
    fromBroker('CONNACK', { returnCode: 1 }),
    rewrite({ returnCode: 3 }),
  ]),
  mutant('level-refused-silently', 'MQTT-3.1.2-2', 'closes on an unknown protocol level without a CONNACK', [
    fromBroker('CONNACK', { returnCode: 1 }),
    drop,
  ]),
  mutant('level-refused-open', 'MQTT-3.1.2-2', 'keeps the connection open after refusing the protocol level', [
    fromBroker('CONNACK', { returnCode: 1 }),
    keepOpen,
  ]),
  mutant('reserved-connect-flag-accepted', 'MQTT-3.1.2-3', 'does not look at bit 0 of the connect flags', [
    fromClient('CONNECT', { deviation: 'connect-reserved-flag' }),
    mend,
  ]),
  mutant('reserved-connect-flag-ignored', 'MQTT-3.1.2-3', 'neither answers nor closes when bit 0 of the flags is set', [
    fromClient('CONNECT', { deviation: 'connect-reserved-flag' }),
    drop,
  ]),
  mutant('empty-client-id-accepted', 'MQTT-3.1.3-8', 'accepts an empty client id with clean session 0', [
    fromClient('CONNECT', { deviation: 'empty-client-id' }),
    rewrite({ cleanSession: true }),
  ]),
  mutant('empty-client-id-other-code', 'MQTT-3.1.3-8', 'refuses an empty client id as a bad user name', [
    fromBroker('CONNACK', { returnCode: 2 }),
    rewrite({ returnCode: 4 }),
  ]),
  mutant('empty-client-id-open', 'MQTT-3.1.3-8', 'keeps the connection open after refusing an empty client id', [
    fromBroker('CONNACK', { returnCode: 2 }),
    keepOpen,
  ]),
];

export const connackMutants: readonly Mutant[] = [
  mutant('connack-twice', 'MQTT-3.1.4-4', 'sends every CONNACK twice', [fromBroker('CONNACK'), again()]),
  mutant('connack-not-first', 'MQTT-3.2.0-1', 'sends a PINGRESP before its CONNACK', [
    fromClient('CONNECT'),
    answer('PINGRESP'),
  ]),
  mutant(
    'pingresp-overtakes-connack',
    'MQTT-3.2.0-1',
    'answers a PINGREQ that comes with the CONNECT before the CONNECT',
    [fromClient('PINGREQ'), answer('PINGRESP')],
    [fromBroker('PINGRESP'), drop],
  ),
  mutant('session-present-on-clean', 'MQTT-3.2.2-1', 'says session present to every clean session', [
    fromBroker('CONNACK', { cleanSession: true, returnCode: 0 }),
    rewrite({ sessionPresent: true }),
  ]),
  mutant(
    'session-present-on-clean-return',
    'MQTT-3.2.2-1',
    'says session present when a client returns to a clean session',
    [fromBroker('CONNACK', { cleanSession: true, returnCode: 0, connectionNth: 2 }), rewrite({ sessionPresent: true })],
  ),
  mutant('session-present-never', 'MQTT-3.2.2-2', 'never says session present', [
    fromBroker('CONNACK', { sessionPresent: true }),
    rewrite({ sessionPresent: false }),
  ]),
  mutant('session-present-on-new', 'MQTT-3.2.2-3', 'says session present to a client that it has never seen', [
    fromBroker('CONNACK', { cleanSession: false, returnCode: 0, connectionNth: 1 }),
    rewrite({ sessionPresent: true }),
  ]),
  mutant(
    'session-present-after-clean',
    'MQTT-3.2.2-3',
    'says session present to every client that asks for its session',
    [fromBroker('CONNACK', { cleanSession: false, returnCode: 0 }), rewrite({ sessionPresent: true })],
  ),
  mutant(
    'session-present-on-refusal',
    'MQTT-3.2.2-4',
    'says session present when it refuses a connection',
    ...refusals.map(
      (returnCode) => [fromBroker('CONNACK', { returnCode }), rewrite({ sessionPresent: true })] as const,
    ),
  ),
  mutant(
    'refusal-open',
    'MQTT-3.2.2-5',
    'keeps the connection open after a CONNACK that refuses it',
    ...refusals.map((returnCode) => [fromBroker('CONNACK', { returnCode }), keepOpen] as const),
  ),
  mutant('connack-code-6', 'MQTT-3.2.2-6', 'refuses a protocol level with a reserved return code', [
    fromBroker('CONNACK', { returnCode: 1 }),
    rewrite({ returnCode: 6 }),
  ]),
  mutant('connack-code-128', 'MQTT-3.2.2-6', 'refuses a client id with a return code of MQTT 5.0', [
    fromBroker('CONNACK', { returnCode: 2 }),
    rewrite({ returnCode: 0x85 }),
  ]),
];

export const violationMutants: readonly Mutant[] = [
  mutant('server-packets-tolerated', 'MQTT-4.8.0-1', 'takes no notice of packets that only a server may send', [
    { direction: 'toServer', deviation: 'wrong-direction' },
    drop,
  ]),
  mutant('reserved-types-tolerated', 'MQTT-4.8.0-1', 'takes no notice of the packet types 0 and 15', [
    { direction: 'toServer', deviation: 'reserved-type' },
    drop,
  ]),
  mutant('cut-off-fields-tolerated', 'MQTT-4.8.0-1', 'takes no notice of packets that end inside a field', [
    { direction: 'toServer', deviation: 'missing-field' },
    drop,
  ]),
];
