// Mutants of SUBSCRIBE and UNSUBSCRIBE, of their answers and of what they change.
import type { Mutant } from '../mutant.ts';
import type { Bug } from './plant.ts';
import { answer, drop, fromBroker, fromClient, loseAtQos1, mend, mutant, rewrite } from './plant.ts';

/** Answers an UNSUBSCRIBE and does nothing about it. */
const keepsSubscription: Bug = [fromClient('UNSUBSCRIBE'), answer('UNSUBACK'), drop];

export const subscribeMutants: readonly Mutant[] = [
  mutant('suback-other-id', 'MQTT-2.3.1-7', 'answers SUBSCRIBE with the next identifier', [
    fromBroker('SUBACK'),
    rewrite({ packetId: { add: 1 } }),
  ]),
  mutant('unsuback-other-id', 'MQTT-2.3.1-7', 'answers UNSUBSCRIBE with the next identifier', [
    fromBroker('UNSUBACK'),
    rewrite({ packetId: { add: 1 } }),
  ]),
  mutant('subscribe-flags-ignored', 'MQTT-3.8.1-1', 'does not look at the flags of SUBSCRIBE', [
    fromClient('SUBSCRIBE', { deviation: 'reserved-flags' }),
    mend,
  ]),
  mutant('subscribe-with-flags-swallowed', 'MQTT-3.8.1-1', 'neither answers SUBSCRIBE with other flags nor closes', [
    fromClient('SUBSCRIBE', { deviation: 'reserved-flags' }),
    drop,
  ]),
  mutant('requested-qos-masked', 'MQTT-3.8.3-4', 'takes a requested QoS that does not exist for another one', [
    fromClient('SUBSCRIBE', { deviation: 'requested-qos' }),
    rewrite({ requestedQos: 1 }),
  ]),
  mutant(
    'requested-qos-refused-politely',
    'MQTT-3.8.3-4',
    'answers a requested QoS that does not exist with a failure code',
    [
      fromClient('SUBSCRIBE', { deviation: 'requested-qos' }),
      answer('SUBACK', 'client', { returnCodes: { each: 0x80 } }),
      drop,
    ],
  ),
  mutant('suback-missing', 'MQTT-3.8.4-1', 'does not answer SUBSCRIBE', [fromBroker('SUBACK'), drop]),
  mutant('suback-second-missing', 'MQTT-3.8.4-1', 'does not answer the second SUBSCRIBE of a connection', [
    fromBroker('SUBACK', { nth: 2, nthTo: 2 }),
    drop,
  ]),
  mutant('suback-id-constant', 'MQTT-3.8.4-2', 'answers every SUBSCRIBE with identifier 1', [
    fromBroker('SUBACK'),
    rewrite({ packetId: 1 }),
  ]),
  mutant(
    'resubscribe-ignored',
    'MQTT-3.8.4-3',
    'answers the second SUBSCRIBE of a connection and leaves the first as it is',
    [fromClient('SUBSCRIBE', { nth: 2, nthTo: 2 }), answer('SUBACK'), drop],
  ),
  mutant(
    'resubscribe-without-retained',
    'MQTT-3.8.4-3',
    'sends retained messages for the first subscription only',
    loseAtQos1({ retain: true, nth: 2 }),
  ),
  mutant('suback-code-missing', 'MQTT-3.8.4-5', 'leaves out the last code of each SUBACK', [
    fromBroker('SUBACK'),
    rewrite({ returnCodes: 'dropLast' }),
  ]),
  mutant('suback-code-added', 'MQTT-3.8.4-5', 'adds a code to each SUBACK', [
    fromBroker('SUBACK'),
    rewrite({ returnCodes: 'addOne' }),
  ]),
  mutant('suback-grants-more', 'MQTT-3.8.4-5', 'says that it grants QoS 2, whatever was asked for', [
    fromBroker('SUBACK'),
    rewrite({ returnCodes: { each: 2 } }),
  ]),
  mutant('delivery-below-grant', 'MQTT-3.8.4-6', 'delivers at QoS 0 what is to come at QoS 1', [
    fromBroker('PUBLISH', { qos: 1 }),
    answer('PUBACK', 'server'),
    rewrite({ qos: 0, dup: false }),
  ]),
  mutant('delivery-above-grant', 'MQTT-3.8.4-6', 'delivers at QoS 1 what is to come at QoS 0', [
    fromBroker('PUBLISH', { qos: 0 }),
    rewrite({ qos: 1, packetId: 60_000 }),
  ]),
  mutant('suback-codes-reversed', 'MQTT-3.9.3-1', 'gives the codes of a SUBACK in reverse order', [
    fromBroker('SUBACK'),
    rewrite({ returnCodes: 'reversed' }),
  ]),
  mutant('suback-code-3', 'MQTT-3.9.3-2', 'gives the code 3 in each SUBACK', [
    fromBroker('SUBACK'),
    rewrite({ returnCodes: { each: 3 } }),
  ]),
  mutant('suback-code-of-5', 'MQTT-3.9.3-2', 'gives a failure code of MQTT 5.0 in each SUBACK', [
    fromBroker('SUBACK'),
    rewrite({ returnCodes: { each: 0x87 } }),
  ]),
];

export const unsubscribeMutants: readonly Mutant[] = [
  mutant('unsubscribe-flags-ignored', 'MQTT-3.10.1-1', 'does not look at the flags of UNSUBSCRIBE', [
    fromClient('UNSUBSCRIBE', { deviation: 'reserved-flags' }),
    mend,
  ]),
  mutant(
    'unsubscribe-with-flags-swallowed',
    'MQTT-3.10.1-1',
    'neither answers UNSUBSCRIBE with other flags nor closes',
    [fromClient('UNSUBSCRIBE', { deviation: 'reserved-flags' }), drop],
  ),
  mutant(
    'unsubscribe-deletes-nothing',
    'MQTT-3.10.4-1',
    'answers UNSUBSCRIBE and deletes no subscription',
    keepsSubscription,
  ),
  mutant('unsubscribe-folds-case', 'MQTT-3.10.4-1', 'compares the filters of UNSUBSCRIBE in lower case', [
    fromClient('UNSUBSCRIBE'),
    rewrite({ filters: 'lowerCase' }),
  ]),
  mutant(
    'unsubscribe-trims-slash',
    'MQTT-3.10.4-1',
    'takes no notice of a / at the end of the filters of UNSUBSCRIBE',
    [fromClient('UNSUBSCRIBE'), rewrite({ filters: 'trimSlash' })],
  ),
  mutant('delivers-after-unsubscribe', 'MQTT-3.10.4-2', 'goes on delivering after UNSUBACK', keepsSubscription),
  mutant('unsuback-missing', 'MQTT-3.10.4-4', 'does not answer UNSUBSCRIBE', [fromBroker('UNSUBACK'), drop]),
  mutant('unsuback-id-constant', 'MQTT-3.10.4-4', 'answers every UNSUBSCRIBE with identifier 1', [
    fromBroker('UNSUBACK'),
    rewrite({ packetId: 1 }),
  ]),
  mutant('unsubscribe-unanswered', 'MQTT-3.10.4-5', 'takes no notice of an UNSUBSCRIBE', [
    fromClient('UNSUBSCRIBE'),
    drop,
  ]),
  mutant('unsubscribe-closes', 'MQTT-3.10.4-5', 'closes the connection on an UNSUBSCRIBE', [
    fromClient('UNSUBSCRIBE'),
    { do: 'fin', side: 'both' },
  ]),
];
