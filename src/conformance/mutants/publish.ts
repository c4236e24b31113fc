// Mutants of PUBLISH and its acknowledgements: identifiers, flags, QoS, redelivery, order.
import type { Mutant } from '../mutant.ts';
import type { Bug } from './plant.ts';
import { again, answer, drop, fromBroker, fromClient, loseAtQos1, mutant, rewrite } from './plant.ts';

/** Another copy, as a message of its own that needs no acknowledgement. */
const copy = again({ qos: 0, dup: false });

/** What is sent again at QoS 2 is routed anew, and answered as if nothing were wrong. */
const routedAgain: Bug = [
  fromClient('PUBLISH', { qos: 2, dup: true }),
  answer('PUBREC'),
  rewrite({ qos: 0, dup: false }),
];

export const packetMutants: readonly Mutant[] = [
  mutant('pubrel-flags-clear', 'MQTT-2.2.2-1', 'sends PUBREL with flags 0', [
    fromBroker('PUBREL'),
    rewrite({ flags: 0 }),
  ]),
  mutant('acks-with-flags', 'MQTT-2.2.2-1', 'sends its acknowledgements with flags 2', [
    fromBroker(['PUBACK', 'PUBREC', 'PUBCOMP', 'SUBACK', 'UNSUBACK']),
    rewrite({ flags: 2 }),
  ]),
  mutant(
    'delivery-id-zero',
    'MQTT-2.3.1-1',
    'delivers at QoS 1 with packet identifier 0',
    [fromBroker('PUBLISH', { qos: 1 }), answer('PUBACK', 'server'), rewrite({ packetId: 0 })],
    [fromClient('PUBACK'), drop],
  ),
  mutant(
    'delivery-id-zero-qos2',
    'MQTT-2.3.1-1',
    'delivers at QoS 2 with packet identifier 0',
    [fromBroker('PUBLISH', { qos: 2 }), rewrite({ packetId: 0 })],
    [fromClient(['PUBREC', 'PUBCOMP'], { deviation: 'zero-packet-id' }), drop],
  ),
  mutant('delivery-id-shared', 'MQTT-2.3.1-4', 'delivers all messages at QoS 1 with one packet identifier', [
    fromBroker('PUBLISH', { qos: 1 }),
    rewrite({ packetId: 1 }),
  ]),
  mutant('redelivery-id-changed', 'MQTT-2.3.1-4', 'sends a message again with another packet identifier', [
    fromBroker('PUBLISH', { dup: true }),
    rewrite({ packetId: { add: 1000 } }),
  ]),
  mutant(
    'qos0-with-id',
    'MQTT-2.3.1-5',
    'puts a packet identifier into deliveries at QoS 0',
    [fromBroker('PUBLISH', { qos: 0, retain: false }), rewrite({ qos: 1, packetId: 1, flags: 0 })],
    [fromBroker('PUBLISH', { qos: 0, retain: true }), rewrite({ qos: 1, packetId: 1, flags: 1 })],
  ),
  mutant('puback-other-id', 'MQTT-2.3.1-6', 'acknowledges with the next identifier at QoS 1', [
    fromBroker('PUBACK'),
    rewrite({ packetId: { add: 1 } }),
  ]),
  mutant('pubrec-other-id', 'MQTT-2.3.1-6', 'acknowledges with the next identifier at QoS 2', [
    fromBroker('PUBREC'),
    rewrite({ packetId: { add: 1 } }),
  ]),
  mutant(
    'pubrel-other-id',
    'MQTT-2.3.1-6',
    'releases a delivery with the next identifier',
    [fromBroker('PUBREL'), rewrite({ packetId: { add: 1 } })],
    [fromClient('PUBCOMP'), rewrite({ packetId: { add: -1 } })],
  ),
];

export const flagMutants: readonly Mutant[] = [
  mutant('redelivery-without-dup', 'MQTT-3.3.1-1', 'sends messages again with DUP 0', [
    fromBroker('PUBLISH', { dup: true }),
    rewrite({ dup: false }),
  ]),
  mutant('qos0-with-dup', 'MQTT-3.3.1-2', 'delivers at QoS 0 with DUP 1', [
    fromBroker('PUBLISH', { qos: 0 }),
    rewrite({ dup: true }),
  ]),
  mutant('first-copy-with-dup', 'MQTT-3.3.1-3', 'sends first copies at QoS 1 with DUP 1', [
    fromBroker('PUBLISH', { qos: 1 }),
    rewrite({ dup: true }),
  ]),
  mutant('first-copy-with-dup-qos2', 'MQTT-3.3.1-3', 'sends first copies at QoS 2 with DUP 1', [
    fromBroker('PUBLISH', { qos: 2 }),
    rewrite({ dup: true }),
  ]),
  mutant('qos3-accepted', 'MQTT-3.3.1-4', 'takes a PUBLISH with both QoS bits as one at QoS 1', [
    fromClient('PUBLISH', { qos: 3 }),
    rewrite({ qos: 1 }),
  ]),
  mutant('qos3-ignored', 'MQTT-3.3.1-4', 'takes no notice of a PUBLISH with both QoS bits, and keeps the connection', [
    fromClient('PUBLISH', { qos: 3 }),
    drop,
  ]),
  mutant('qos3-delivered', 'MQTT-3.3.1-4', 'delivers messages of QoS 2 with both QoS bits set', [
    fromBroker('PUBLISH', { qos: 2 }),
    rewrite({ qos: 3 }),
  ]),
];

export const deliveryMutants: readonly Mutant[] = [
  mutant('stray-topic', 'MQTT-3.3.2-3', 'also delivers each message on a topic below that of the message', [
    fromBroker('PUBLISH'),
    again({ qos: 0, dup: false, retain: false, topic: { append: '/stray' } }),
  ]),
  mutant('foreign-topic', 'MQTT-3.3.2-3', 'also delivers each message on a topic that nobody asked for', [
    fromBroker('PUBLISH'),
    again({ qos: 0, dup: false, retain: false, topic: 'nobody/asked/for/this' }),
  ]),
  mutant('puback-missing', 'MQTT-3.3.4-1', 'does not acknowledge at QoS 1', [fromBroker('PUBACK'), drop]),
  mutant('pubrec-missing', 'MQTT-3.3.4-1', 'does not acknowledge at QoS 2', [fromBroker('PUBREC'), drop]),
  mutant('pubrec-for-qos1', 'MQTT-3.3.4-1', 'acknowledges QoS 1 with PUBREC', [
    fromBroker('PUBACK'),
    rewrite({ type: 'PUBREC' }),
  ]),
  mutant('puback-for-qos2', 'MQTT-3.3.4-1', 'acknowledges QoS 2 with PUBACK', [
    fromBroker('PUBREC'),
    rewrite({ type: 'PUBACK' }),
  ]),
  mutant('qos0-acknowledged', 'MQTT-3.3.4-1', 'acknowledges messages of QoS 0', [
    fromClient('PUBLISH', { qos: 0 }),
    answer('PUBACK'),
  ]),
  mutant('puback-twice', 'MQTT-3.3.4-1', 'acknowledges each message of QoS 1 twice', [fromBroker('PUBACK'), again()]),
  mutant(
    'overlap-at-qos-0',
    'MQTT-3.3.5-1',
    'delivers all messages at QoS 0, whatever was granted',
    [fromBroker('PUBLISH', { qos: 1 }), answer('PUBACK', 'server'), rewrite({ qos: 0, dup: false })],
    [fromBroker('PUBLISH', { qos: 2 }), answer('PUBREC', 'server'), rewrite({ qos: 0, dup: false })],
    [fromBroker('PUBREL'), answer('PUBCOMP', 'server'), drop],
  ),
  mutant('overlap-four-copies', 'MQTT-3.3.5-1', 'delivers three more copies of messages of QoS 2 at QoS 0', [
    fromBroker('PUBLISH', { qos: 2, dup: false }),
    copy,
    copy,
    copy,
  ]),
  mutant('swapped-pairs', 'MQTT-4.6.0-6', 'delivers every other message after its successor', [
    fromBroker('PUBLISH', { retain: false }),
    { do: 'swap', withinMs: 100 },
  ]),
  mutant('swapped-pairs-in', 'MQTT-4.6.0-6', 'routes every other message after its successor', [
    fromClient('PUBLISH', { qos: 1 }),
    { do: 'swap', withinMs: 100 },
  ]),
  mutant(
    'unordered-by-default',
    'MQTT-4.6.0-5',
    'keeps no order on any topic: at QoS 0 every other message leaves after its successor',
    [fromBroker('PUBLISH', { qos: 0, retain: false }), { do: 'swap', withinMs: 100 }],
  ),
  mutant(
    'unordered-by-default-qos2',
    'MQTT-4.6.0-5',
    'keeps no order on any topic: at QoS 2 every other message leaves after its successor',
    [fromBroker('PUBLISH', { qos: 2, retain: false }), { do: 'swap', withinMs: 100 }],
  ),
  mutant(
    'first-delivery-lost',
    'MQTT-4.5.0-1',
    'loses the first message at QoS 1 for each client',
    loseAtQos1({ nthTo: 1 }),
  ),
  mutant(
    'sleeper-gets-nothing',
    'MQTT-4.5.0-1',
    'loses the first message for a client that was away',
    loseAtQos1({
      sessionPresent: true,
      nthTo: 1,
    }),
  ),
];

export const qosMutants: readonly Mutant[] = [
  mutant('qos0-twice', 'MQTT-4.3.1-1', 'sends each delivery at QoS 0 twice', [
    fromBroker('PUBLISH', { qos: 0 }),
    again(),
  ]),
  mutant('qos0-sent-as-duplicate', 'MQTT-4.3.1-1', 'sets DUP in deliveries at QoS 0', [
    fromBroker('PUBLISH', { qos: 0 }),
    rewrite({ dup: true }),
  ]),
  mutant(
    'qos1-forgotten-once-sent',
    'MQTT-4.3.2-1',
    'takes a delivery at QoS 1 as acknowledged when it is sent',
    [fromBroker('PUBLISH', { qos: 1 }), answer('PUBACK', 'server')],
    [fromClient('PUBACK'), drop],
  ),
  mutant('qos1-first-copy-as-duplicate', 'MQTT-4.3.2-1', 'sets DUP in first deliveries at QoS 1', [
    fromBroker('PUBLISH', { qos: 1, dup: false }),
    rewrite({ dup: true }),
  ]),
  mutant('qos1-ids-shared', 'MQTT-4.3.2-1', 'uses one identifier for all deliveries at QoS 1', [
    fromBroker('PUBLISH', { qos: 1 }),
    rewrite({ packetId: 77 }),
  ]),
  mutant('qos1-duplicate-swallowed', 'MQTT-4.3.2-2', 'acknowledges a message with DUP 1, but does not route it', [
    fromClient('PUBLISH', { qos: 1, dup: true }),
    answer('PUBACK'),
    drop,
  ]),
  mutant('qos1-ack-id-constant', 'MQTT-4.3.2-2', 'acknowledges every message of QoS 1 with one identifier', [
    fromBroker('PUBACK'),
    rewrite({ packetId: 4711 }),
  ]),
  mutant('qos2-redelivery-missing', 'MQTT-4.3.3-1', 'does not send a message of QoS 2 again', [
    fromBroker('PUBLISH', { qos: 2, dup: true }),
    drop,
  ]),
  mutant('qos2-pubrel-missing', 'MQTT-4.3.3-1', 'never sends PUBREL', [fromBroker('PUBREL'), drop]),
  mutant(
    'qos2-again-after-pubrel',
    'MQTT-4.3.3-1',
    'sends a message of QoS 2 again although PUBREL has been sent',
    [fromClient('PUBREC'), answer('PUBREL'), drop],
    [fromClient('PUBCOMP'), drop],
  ),
  mutant('qos2-resend-routed', 'MQTT-4.3.3-2', 'routes a message of QoS 2 again when it is sent again', routedAgain),
  mutant('qos2-doubled', 'MQTT-4.3.3-2', 'routes every message of QoS 2 twice', [
    fromClient('PUBLISH', { qos: 2, dup: false }),
    copy,
  ]),
  mutant('qos2-pubcomp-missing', 'MQTT-4.3.3-2', 'never sends PUBCOMP', [fromBroker('PUBCOMP'), drop]),
  mutant('qos2-pubrec-once', 'MQTT-4.3.3-2', 'does not acknowledge a message of QoS 2 that is sent again', [
    fromClient('PUBLISH', { qos: 2, dup: true }),
    drop,
  ]),
  mutant('qos2-publish-closed', 'MQTT-4.3.3-2', 'ends the connection on every message of QoS 2', [
    fromClient('PUBLISH', { qos: 2 }),
    { do: 'fin', side: 'both' },
  ]),
  mutant('unacknowledged-not-resent', 'MQTT-4.4.0-1', 'sends no message again when a client returns', [
    fromBroker('PUBLISH', { dup: true }),
    drop,
  ]),
  mutant(
    'unacknowledged-id-changed',
    'MQTT-4.4.0-1',
    'sends messages again with other identifiers when a client returns',
    [fromBroker('PUBLISH', { dup: true }), rewrite({ packetId: { add: 500 } })],
  ),
  mutant('pubrel-not-resent', 'MQTT-4.4.0-1', 'does not send PUBREL again when a client returns', [
    fromBroker('PUBREL', { sessionPresent: true, nthTo: 1 }),
    drop,
  ]),
  mutant('inbound-qos2-forgotten', 'MQTT-4.1.0-1', 'forgets which messages of QoS 2 came in when their client goes', [
    fromClient('PUBLISH', { qos: 2, dup: true, sessionPresent: true }),
    answer('PUBREC'),
    rewrite({ qos: 0, dup: false }),
  ]),
  mutant('outbound-forgotten', 'MQTT-4.1.0-1', 'forgets which deliveries are unacknowledged when their client goes', [
    fromBroker('PUBLISH', { dup: true, sessionPresent: true }),
    drop,
  ]),
];
