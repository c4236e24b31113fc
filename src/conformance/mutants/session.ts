// Mutants of sessions: forgotten, never forgotten, half kept, mixed up, taken over without an end.
import type { Mutant } from '../mutant.ts';
import { drop, fromBroker, fromClient, keepOpen, loseAtQos1, mutant, rewrite } from './plant.ts';

const returning = { cleanSession: false, connectionNth: 2 } as const;

export const sessionMutants: readonly Mutant[] = [
  mutant('session-forgotten', 'MQTT-3.1.2-4', 'treats every session as a clean one', [
    fromClient('CONNECT', { cleanSession: false }),
    rewrite({ cleanSession: true }),
  ]),
  mutant(
    'session-forgotten-in-secret',
    'MQTT-3.1.2-4',
    'says that it resumes a session, and begins a new one',
    [fromClient('CONNECT', returning), rewrite({ cleanSession: true })],
    [fromBroker('CONNACK', { ...returning, returnCode: 0 }), rewrite({ sessionPresent: true })],
  ),
  mutant(
    'queue-loses-first',
    'MQTT-3.1.2-5',
    'loses the first message at QoS 1 that came while its client was away',
    loseAtQos1({ sessionPresent: true, dup: false, nthTo: 1 }),
  ),
  mutant(
    'queue-loses-first-qos2',
    'MQTT-3.1.2-5',
    'loses the first message at QoS 2 that came while its client was away',
    [fromBroker('PUBLISH', { sessionPresent: true, dup: false, qos: 2, nthTo: 1 }), drop],
  ),
  mutant(
    'session-never-discarded',
    'MQTT-3.1.2-6',
    'resumes the earlier session of a client that asks for a clean one',
    [fromClient('CONNECT', { cleanSession: true }), rewrite({ cleanSession: false })],
    [fromBroker('CONNACK', { cleanSession: true }), rewrite({ sessionPresent: false })],
  ),
  mutant('clean-session-outlives-connection', 'MQTT-3.1.2-6', 'keeps a clean session when its connection ends', [
    fromClient('CONNECT', { cleanSession: true, connectionNth: 1 }),
    rewrite({ cleanSession: false }),
  ]),
  mutant('session-under-another-name', 'MQTT-3.1.3-2', 'does not find a session by the client id that it belongs to', [
    fromClient('CONNECT', returning),
    rewrite({ clientId: { append: '-2' } }),
  ]),
  mutant('client-id-folds-case', 'MQTT-3.1.3-2', 'takes client ids that differ in case for one', [
    fromClient('CONNECT'),
    rewrite({ clientId: 'lowerCase' }),
  ]),
  mutant('take-over-leaves-socket', 'MQTT-3.1.4-2', 'leaves the older connection of a client id open', [
    fromClient('CONNECT', { connectionNth: 1 }),
    keepOpen,
  ]),
  mutant('take-over-not-seen', 'MQTT-3.1.4-2', 'serves two connections with one client id', [
    fromClient('CONNECT', { cleanSession: true, connectionNth: 2 }),
    rewrite({ clientId: { append: '-2' } }),
  ]),
  mutant('clean-then-kept', 'MQTT-3.1.4-3', 'resumes what began as a clean session', [
    fromClient('CONNECT', { cleanSession: true, connectionNth: 1 }),
    rewrite({ cleanSession: false }),
  ]),
  mutant('kept-then-clean', 'MQTT-3.1.4-3', 'resumes the session of a client that returns for a clean one', [
    fromClient('CONNECT', { cleanSession: true, connectionNth: 2 }),
    rewrite({ cleanSession: false }),
  ]),
  mutant('kept-then-lost', 'MQTT-3.1.4-3', 'begins a new session for a client that returns for its old one', [
    fromClient('CONNECT', returning),
    rewrite({ cleanSession: true }),
  ]),
  mutant(
    'session-lost-while-away',
    'MQTT-4.1.0-1',
    'says that it resumes a session of which nothing is left',
    [fromClient('CONNECT', returning), rewrite({ cleanSession: true })],
    [fromBroker('CONNACK', { ...returning, returnCode: 0 }), rewrite({ sessionPresent: true })],
  ),
];
