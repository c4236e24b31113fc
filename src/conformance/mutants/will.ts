// Mutants of the will: lost, doubled, changed, published when it must not be.
import type { Mutant } from '../mutant.ts';
import { answer, fromClient, mutant, rewrite } from './plant.ts';

export const willMutants: readonly Mutant[] = [
  mutant('will-lost', 'MQTT-3.1.2-8', 'publishes no will', [fromClient('CONNECT'), rewrite({ will: 'remove' })]),
  mutant('will-twice', 'MQTT-3.1.2-8', 'publishes the will when its client connects, and again when it is gone', [
    fromClient('CONNECT', { hasWill: true }),
    answer('PUBLISH', 'server', { qos: 0 }),
  ]),
  mutant('will-at-qos-0', 'MQTT-3.1.2-9', 'publishes every will at QoS 0', [
    fromClient('CONNECT'),
    rewrite({ will: { qos: 0 } }),
  ]),
  mutant('will-at-qos-2', 'MQTT-3.1.2-9', 'publishes every will at QoS 2', [
    fromClient('CONNECT'),
    rewrite({ will: { qos: 2 } }),
  ]),
  mutant(
    'will-kept-on-disconnect',
    'MQTT-3.1.2-10',
    'keeps the will when its client disconnects, and publishes it then',
    [fromClient('DISCONNECT'), { do: 'fin', side: 'server' }],
  ),
  mutant(
    'will-kept-for-return',
    'MQTT-3.1.2-10',
    'keeps a will, published or not, for the next connection of its client',
    [fromClient('CONNECT', { hasWill: false, cleanSession: false }), rewrite({ will: 'earlier' })],
  ),
  mutant('will-without-flag', 'MQTT-3.1.2-12', 'publishes an earlier will for a connection that has none', [
    fromClient('CONNECT', { hasWill: false }),
    rewrite({ will: 'earlier' }),
  ]),
  mutant('will-always-retained', 'MQTT-3.1.2-16', 'publishes every will as a retained message', [
    fromClient('CONNECT'),
    rewrite({ will: { retain: true } }),
  ]),
  mutant('will-never-retained', 'MQTT-3.1.2-17', 'publishes no will as a retained message', [
    fromClient('CONNECT'),
    rewrite({ will: { retain: false } }),
  ]),
  mutant('will-after-disconnect', 'MQTT-3.14.4-3', 'takes a DISCONNECT for a lost connection that was closed', [
    fromClient('DISCONNECT'),
    { do: 'fin', side: 'server' },
  ]),
  mutant('will-after-disconnect-reset', 'MQTT-3.14.4-3', 'takes a DISCONNECT for a lost connection that was reset', [
    fromClient('DISCONNECT'),
    { do: 'rst', side: 'server' },
  ]),
];
