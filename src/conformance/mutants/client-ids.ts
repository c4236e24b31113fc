// Mutants of client ids: which ones a broker takes, what it gives a client that brings none, how it refuses one.
import type { Mutant } from '../mutant.ts';
import { answer, drop, fromBroker, fromClient, keepOpen, loseAtQos1, mutant, rewrite, type Bug } from './plant.ts';

type ClientIds = Pick<Bug[0], 'clientIdHas' | 'clientIdB'>;

/** Refuses a client as the standard has it: CONNACK 2, then the close. */
const refused = (which: ClientIds, returnCode = 2): Bug => [
  fromClient('CONNECT', which),
  answer('CONNACK', 'client', { returnCode }),
  { do: 'fin', side: 'both' },
];

const upperCase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const basicIdMutants: readonly Mutant[] = [
  mutant(
    'client-id-of-23-bytes-refused',
    'MQTT-3.1.3-5',
    'takes client ids of 22 bytes, and of 23 none',
    refused({ clientIdB: { min: 23, max: 23 } }),
  ),
  mutant(
    'client-id-of-1-byte-refused',
    'MQTT-3.1.3-5',
    'takes no client id of a single character',
    refused({ clientIdB: { min: 1, max: 1 } }),
  ),
  mutant(
    'client-id-in-upper-case-refused',
    'MQTT-3.1.3-5',
    'takes no client id with upper-case letters',
    refused({ clientIdHas: upperCase, clientIdB: { max: 23 } }),
  ),
  mutant(
    'client-id-with-z-refused',
    'MQTT-3.1.3-5',
    'takes client ids of the digits and the letters from A to Y',
    refused({ clientIdHas: 'zZ', clientIdB: { max: 23 } }),
  ),
  mutant('client-id-of-23-bytes-ignored', 'MQTT-3.1.3-5', 'never answers a client id of 23 bytes', [
    fromClient('CONNECT', { clientIdB: { min: 23, max: 23 } }),
    drop,
  ]),
];

const nameless = { clientId: '', cleanSession: true } as const;

const emptyIdMutants: readonly Mutant[] = [
  mutant('empty-client-id-shared', 'MQTT-3.1.3-6', 'gives the same client id to every client that brings none', [
    fromClient('CONNECT', nameless),
    rewrite({ clientId: { append: 'nameless' } }),
  ]),
  mutant(
    'empty-client-id-session-present',
    'MQTT-3.1.3-6',
    'says session present to the clients that it gives their client id',
    [fromBroker('CONNACK', { ...nameless, returnCode: 0 }), rewrite({ sessionPresent: true })],
  ),
  mutant('empty-client-id-closed', 'MQTT-3.1.3-6', 'accepts a client without a client id, and closes on it', [
    fromClient('CONNECT', nameless),
    answer('CONNACK'),
    { do: 'fin', side: 'both' },
  ]),
  mutant(
    'empty-client-id-undelivered',
    'MQTT-3.1.3-6',
    'delivers nothing to a client that brought no client id',
    loseAtQos1(nameless),
    [fromBroker('PUBLISH', { ...nameless, qos: 0 }), drop],
  ),
];

/** Client ids that a broker may refuse: characters beyond letters and digits, or very many bytes. */
const refusable: readonly ClientIds[] = [{ clientIdHas: '/#+ ' }, { clientIdB: { min: 1000 } }];

const refusedIdMutants: readonly Mutant[] = [
  mutant(
    'client-id-refused-as-user-name',
    'MQTT-3.1.3-9',
    'refuses client ids with return code 4',
    ...refusable.map((which) => refused(which, 4)),
    [fromBroker('CONNACK', { returnCode: 2 }), rewrite({ returnCode: 4 })],
  ),
  mutant(
    'client-id-refused-open',
    'MQTT-3.1.3-9',
    'keeps the connection open after it has refused a client id',
    ...refusable.map(
      (which) => [fromClient('CONNECT', which), answer('CONNACK', 'client', { returnCode: 2 }), drop] as const,
    ),
    [fromBroker('CONNACK', { returnCode: 2 }), keepOpen],
  ),
  mutant(
    'client-id-refused-silently',
    'MQTT-3.1.3-9',
    'closes without a CONNACK on client ids that it does not take',
    ...refusable.map((which) => [fromClient('CONNECT', which), { do: 'fin', side: 'both' }] as const),
    [fromBroker('CONNACK', { returnCode: 2 }), drop],
  ),
  mutant(
    'client-id-refused-by-silence',
    'MQTT-3.1.3-9',
    'neither answers nor closes on client ids that it does not take',
    ...refusable.map((which) => [fromClient('CONNECT', which), drop] as const),
    [fromBroker('CONNACK', { returnCode: 2 }), keepOpen, drop],
  ),
];

export const clientIdMutants: readonly Mutant[] = [...basicIdMutants, ...emptyIdMutants, ...refusedIdMutants];
