// Mutants of when a connection is served: before any CONNECT, after a malformed one, behind a refused one.
import type { Mutant } from '../mutant.ts';
import { again, answer, drop, fromBroker, fromClient, mutant, rewrite } from './plant.ts';

const beforeConnect = { afterConnect: false } as const;
const requests = ['PUBLISH', 'SUBSCRIBE', 'UNSUBSCRIBE', 'PINGREQ'] as const;

export const firstPacketMutants: readonly Mutant[] = [
  mutant(
    'first-packet-answered',
    'MQTT-3.1.0-1',
    'acknowledges packets that come before a CONNECT, without effect, and keeps the connection',
    [fromClient('PUBLISH', { ...beforeConnect, qos: 0 }), drop],
    [fromClient('PUBLISH', { ...beforeConnect, qos: 1 }), answer('PUBACK'), drop],
    [fromClient('PUBLISH', { ...beforeConnect, qos: 2 }), answer('PUBREC'), drop],
    [fromClient('SUBSCRIBE', beforeConnect), answer('SUBACK'), drop],
    [fromClient('UNSUBSCRIBE', beforeConnect), answer('UNSUBACK'), drop],
    [fromClient('PINGREQ', beforeConnect), answer('PINGRESP'), drop],
  ),
  mutant(
    'first-packet-served',
    'MQTT-3.1.0-1',
    'serves a client that sends no CONNECT as one without a name',
    [fromClient(requests, { ...beforeConnect, nthTo: 1 }), again(), rewrite({ type: 'CONNECT' })],
    [fromBroker('CONNACK', beforeConnect), drop],
  ),
  mutant('first-packet-ignored', 'MQTT-3.1.0-1', 'waits for the CONNECT whatever comes before it', [
    fromClient(requests, beforeConnect),
    drop,
  ]),
];

const malformed = [
  'connect-reserved-flag',
  'will-qos-3',
  'will-qos-without-will',
  'will-retain-without-will',
  'password-without-user-name',
  'trailing-bytes',
] as const;
const cutOffFields = ['MQTT-3.1.3-3', 'MQTT-3.1.2-9', 'MQTT-3.1.2-19', 'MQTT-3.1.2-21'] as const;

export const validationMutants: readonly Mutant[] = [
  mutant(
    'malformed-connect-refused-aloud',
    'MQTT-3.1.4-1',
    'sends a CONNACK with a return code before it closes on a malformed CONNECT',
    ...malformed.map(
      (deviation) => [fromClient('CONNECT', { deviation }), answer('CONNACK', 'client', { returnCode: 5 })] as const,
    ),
  ),
  mutant(
    'cut-off-connect-refused-aloud',
    'MQTT-3.1.4-1',
    'sends a CONNACK with a return code before it closes on a CONNECT that ends inside a field',
    ...cutOffFields.map(
      (breaks) => [{ direction: 'toServer', breaks }, answer('CONNACK', 'client', { returnCode: 1 })] as const,
    ),
  ),
  mutant(
    'malformed-connect-ignored',
    'MQTT-3.1.4-1',
    'neither answers nor closes on a malformed CONNECT',
    ...malformed.map((deviation) => [fromClient('CONNECT', { deviation }), drop] as const),
    ...cutOffFields.map((breaks) => [{ direction: 'toServer', breaks }, drop] as const),
  ),
];

const refused = [
  { deviation: 'protocol-level', mended: { protocolLevel: 4 }, returnCode: 1 },
  { deviation: 'empty-client-id', mended: { cleanSession: true }, returnCode: 2 },
] as const;

export const refusalMutants: readonly Mutant[] = [
  mutant(
    'refused-client-served',
    'MQTT-3.1.4-5',
    'refuses a CONNECT, and carries out what the client sent behind it',
    ...refused.flatMap(({ deviation, mended, returnCode }) => [
      [fromClient('CONNECT', { deviation }), answer('CONNACK', 'client', { returnCode }), rewrite(mended)] as const,
      [fromBroker('CONNACK', { connectDeviation: deviation }), { do: 'fin', side: 'client' }] as const,
    ]),
  ),
  mutant(
    'refused-client-acknowledged',
    'MQTT-3.1.4-5',
    'refuses a CONNECT, and acknowledges without effect what the client sent behind it',
    ...refused.flatMap(({ deviation: connectDeviation, returnCode }) => [
      [fromClient('CONNECT', { deviation: connectDeviation }), answer('CONNACK', 'client', { returnCode })] as const,
      [fromBroker('CONNACK', { returnCode }), drop] as const,
      [fromClient('PUBLISH', { connectDeviation, qos: 1 }), answer('PUBACK')] as const,
      [fromClient('SUBSCRIBE', { connectDeviation }), answer('SUBACK')] as const,
    ]),
  ),
];
