// Mutants of retained messages: what is stored, what is replayed, and what the flag says.
import type { Mutant } from '../mutant.ts';
import type { Bug } from './plant.ts';
import { answer, drop, fromBroker, fromClient, loseAtQos1, mutant, rewrite } from './plant.ts';

const replay = { retain: true } as const;
const live = { retain: false } as const;

/** Stands in the broker for a stored message of no bytes, which no good broker stores. */
const standIn = 'stand-in for no bytes';

const lowered: readonly Bug[] = [
  [fromBroker('PUBLISH', { ...replay, qos: 1 }), answer('PUBACK', 'server'), rewrite({ qos: 0, dup: false })],
];

export const retainedMutants: readonly Mutant[] = [
  mutant('retained-of-clean-session-forgotten', 'MQTT-3.1.2-7', 'keeps no retained message of a clean session', [
    fromClient('PUBLISH', { retain: true, cleanSession: true }),
    rewrite({ retain: false }),
  ]),
  mutant('retained-not-stored', 'MQTT-3.3.1-5', 'stores no retained message', [
    fromClient('PUBLISH', { retain: true }),
    rewrite({ retain: false }),
  ]),
  mutant('retained-at-qos-0', 'MQTT-3.3.1-5', 'forgets the QoS of retained messages of QoS 1', ...lowered),
  mutant(
    'retained-not-replayed',
    'MQTT-3.3.1-6',
    'sends no retained message to a new subscription',
    loseAtQos1(replay),
    [fromBroker('PUBLISH', { ...replay, qos: 0 }), drop],
    [fromBroker('PUBLISH', { ...replay, qos: 2 }), drop],
  ),
  mutant(
    'retained-one-only',
    'MQTT-3.3.1-6',
    'sends a client one retained message of all that match',
    loseAtQos1({ ...replay, nth: 2 }),
    [fromBroker('PUBLISH', { ...replay, qos: 0, nth: 2 }), drop],
  ),
  mutant('retained-stale', 'MQTT-3.3.1-6', 'keeps only the first retained message of a connection', [
    fromClient('PUBLISH', { retain: true, nth: 2 }),
    rewrite({ retain: false }),
  ]),
  mutant('retained-qos0-keeps-old', 'MQTT-3.3.1-7', 'leaves the stored message when a new one comes at QoS 0', [
    fromClient('PUBLISH', { retain: true, qos: 0 }),
    rewrite({ retain: false }),
  ]),
  mutant('replay-as-live', 'MQTT-3.3.1-8', 'sends retained messages to a new subscription with RETAIN 0', [
    fromBroker('PUBLISH', replay),
    rewrite({ retain: false }),
  ]),
  mutant('live-as-replay', 'MQTT-3.3.1-9', 'sends live messages with RETAIN 1', [
    fromBroker('PUBLISH', live),
    rewrite({ retain: true }),
  ]),
  mutant('empty-does-not-clear', 'MQTT-3.3.1-10', 'does not remove a retained message when an empty one comes', [
    fromClient('PUBLISH', { retain: true, payload: '' }),
    rewrite({ retain: false }),
  ]),
  mutant(
    'empty-not-delivered',
    'MQTT-3.3.1-10',
    'delivers no empty message',
    loseAtQos1({ payload: '' }),
    [fromBroker('PUBLISH', { payload: '', qos: 0 }), drop],
    [fromBroker('PUBLISH', { payload: '', qos: 2 }), drop],
  ),
  mutant(
    'empty-stored',
    'MQTT-3.3.1-11',
    'stores an empty message as the retained one',
    [fromClient('PUBLISH', { retain: true, payload: '' }), rewrite({ payload: { text: standIn } })],
    [fromBroker('PUBLISH', { payload: standIn }), rewrite({ payload: { text: '' } })],
  ),
  mutant('live-stored', 'MQTT-3.3.1-12', 'stores every message as a retained one', [
    fromClient('PUBLISH', live),
    rewrite({ retain: true }),
  ]),
  mutant('empty-live-clears', 'MQTT-3.3.1-12', 'removes the retained message when an empty one with RETAIN 0 comes', [
    fromClient('PUBLISH', { ...live, payload: '' }),
    rewrite({ retain: true }),
  ]),
];
