// Mutants of exchanges that take their time: begun and not finished, repeated wrongly, damaged on the way, refused in silence.
import type { PacketMatch } from '../../faults/packet-fault.ts';
import type { Mutant } from '../mutant.ts';
import type { Bug } from './plant.ts';
import { answer, drop, fromBroker, fromClient, loseAtQos1, mutant, rewrite } from './plant.ts';

/** Deliveries of any QoS that do not come, while the broker goes on undisturbed. */
const deliversNothing = (more: Pick<PacketMatch, 'after'>): readonly Bug[] => [
  [fromBroker('PUBLISH', { qos: 0, ...more }), drop],
  loseAtQos1(more),
  [fromBroker('PUBLISH', { qos: 2, ...more }), drop],
];

/** Topics on which the user of a listener may not publish. */
const denied = '+/denied/#';

export const exchangeMutants: readonly Mutant[] = [
  mutant('unsubscribe-abandons-pubrel', 'MQTT-3.10.4-3', 'sends no PUBREL to a client that has unsubscribed', [
    fromBroker('PUBREL', { after: 'UNSUBSCRIBE' }),
    drop,
  ]),
  mutant(
    'unsubscribe-abandons-unacknowledged',
    'MQTT-3.10.4-3',
    'sends no message again to a client that has unsubscribed',
    [fromBroker('PUBLISH', { dup: true, after: 'UNSUBSCRIBE' }), drop],
  ),
  mutant(
    'session-ends-while-connected',
    'MQTT-4.1.0-2',
    'forgets the subscriptions of a client that only kept its connection alive',
    ...deliversNothing({ after: 'PINGREQ' }),
  ),
  mutant(
    'exchange-ends-while-connected',
    'MQTT-4.1.0-2',
    'forgets the unfinished exchanges of a client that only kept its connection alive',
    [fromClient('PUBREL', { after: 'PINGREQ' }), drop],
    [fromBroker('PUBREL', { after: 'PINGREQ' }), drop],
  ),
  mutant('redelivery-in-pairs', 'MQTT-4.6.0-1', 'sends again every other message behind the next three', [
    fromBroker('PUBLISH', { dup: true }),
    { do: 'swap', withinMs: 200, past: 3 },
  ]),
  mutant('redelivery-oldest-last', 'MQTT-4.6.0-1', 'sends the oldest unacknowledged message again behind all others', [
    fromBroker('PUBLISH', { dup: true, nthTo: 1 }),
    { do: 'swap', withinMs: 200, past: 1000 },
  ]),
  mutant('pubrels-in-pairs', 'MQTT-4.6.0-4', 'sends every other PUBREL behind its successor', [
    fromBroker('PUBREL'),
    { do: 'swap', withinMs: 300 },
  ]),
  mutant('first-pubrel-last', 'MQTT-4.6.0-4', 'sends the first PUBREL of a connection behind all others', [
    fromBroker('PUBREL', { nthTo: 1 }),
    { do: 'swap', withinMs: 300, past: 1000 },
  ]),
];

export const interoperationMutants: readonly Mutant[] = [
  // No mutant demands a user name: that one is in the standard, as is refusing its absence with code 5.
  mutant('private-level-demanded', 'MQTT-7.0.0-2', 'refuses the protocol level of the standard for one of its own', [
    fromClient('CONNECT'),
    answer('CONNACK', 'client', { returnCode: 1 }),
    { do: 'fin', side: 'both' },
  ]),
  mutant('large-payload-cut', 'MQTT-7.1.1-1', 'loses what lies behind the first 8 KiB of a payload that comes in', [
    fromClient('PUBLISH'),
    rewrite({ payload: { cutToB: 8192 } }),
  ]),
  mutant('large-payload-exchanged', 'MQTT-7.1.1-1', 'exchanges two bytes of large payloads that it sends', [
    fromBroker('PUBLISH'),
    rewrite({ payload: { exchangeAtB: 8191 } }),
  ]),
  mutant('denied-silent-qos1', 'MQTT-3.3.5-2', 'neither acknowledges nor closes on a message that it denies at QoS 1', [
    fromClient('PUBLISH', { topic: denied, qos: 1 }),
    drop,
  ]),
  mutant('denied-silent-qos2', 'MQTT-3.3.5-2', 'neither acknowledges nor closes on a message that it denies at QoS 2', [
    fromClient('PUBLISH', { topic: denied, qos: 2 }),
    drop,
  ]),
];

/** Faults of state and time that the mutants of the chapters do not have. */
export const stateMutants: readonly Mutant[] = [
  mutant('redelivery-without-message', 'MQTT-4.4.0-1', 'sends messages again without their payload', [
    fromBroker('PUBLISH', { dup: true }),
    rewrite({ payload: { text: '' } }),
  ]),
  mutant('topic-rewritten', 'MQTT-3.3.2-3', 'delivers messages on a topic below that of the message', [
    fromBroker('PUBLISH'),
    rewrite({ topic: { append: '/rewritten' } }),
  ]),
];
