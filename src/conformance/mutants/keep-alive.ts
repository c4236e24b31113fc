// Mutants of keep alive and of the answers to PINGREQ.
import type { Mutant } from '../mutant.ts';
import { drop, fromBroker, fromClient, mutant, rewrite } from './plant.ts';

export const keepAliveMutants: readonly Mutant[] = [
  mutant('keep-alive-ignored', 'MQTT-3.1.2-24', 'never ends a silent connection', [
    fromClient('CONNECT'),
    rewrite({ keepAliveS: 0 }),
  ]),
  mutant('keep-alive-of-its-own', 'MQTT-3.1.2-24', 'ends a silent connection after a minute and a half only', [
    fromClient('CONNECT'),
    rewrite({ keepAliveS: 60 }),
  ]),
  mutant('pingresp-missing', 'MQTT-3.12.4-1', 'does not answer PINGREQ', [fromBroker('PINGRESP'), drop]),
  mutant('pingresp-second-missing', 'MQTT-3.12.4-1', 'does not answer the second PINGREQ of a connection', [
    fromBroker('PINGRESP', { nth: 2, nthTo: 2 }),
    drop,
  ]),
];
