// Mutants that do not mind the reserved bits of the fixed header.
import type { PacketMatch } from '../../faults/packet-fault.ts';
import type { PacketType } from '../../wire/packet.ts';
import type { Mutant } from '../mutant.ts';
import { drop, fromBroker, fromClient, keepOpen, mend, mutant, rewrite } from './plant.ts';

/** What a client may send, and what has prescribed flags. */
const flagged = ['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBSCRIBE', 'UNSUBSCRIBE', 'PINGREQ', 'CONNECT'] as const;

const wrongFlags = (type: PacketType | readonly PacketType[]): PacketMatch =>
  fromClient(type, { deviation: 'reserved-flags' });

export const reservedFlagMutants: readonly Mutant[] = [
  ...flagged.map((type) =>
    mutant(`${type.toLowerCase()}-reserved-bits-ignored`, 'MQTT-2.2.2-2', `does not look at the flags of ${type}`, [
      wrongFlags(type),
      mend,
    ]),
  ),
  mutant('packets-with-reserved-bits-skipped', 'MQTT-2.2.2-2', 'takes no notice of packets with invalid flags', [
    wrongFlags([...flagged, 'DISCONNECT']),
    drop,
  ]),
  mutant(
    'disconnect-with-reserved-bits-skipped',
    'MQTT-2.2.2-2',
    'takes no notice of a DISCONNECT with invalid flags',
    [wrongFlags('DISCONNECT'), drop],
  ),
  mutant('pubrel-flags-ignored', 'MQTT-3.6.1-1', 'completes a delivery on a PUBREL with any flags', [
    wrongFlags('PUBREL'),
    mend,
  ]),
  mutant('pubrel-with-flags-swallowed', 'MQTT-3.6.1-1', 'neither answers a PUBREL with other flags nor closes', [
    wrongFlags('PUBREL'),
    drop,
  ]),
  mutant('pubrel-sent-without-flags', 'MQTT-3.6.1-1', 'sends PUBREL with flags 0', [
    fromBroker('PUBREL'),
    rewrite({ flags: 0 }),
  ]),
  mutant('disconnect-with-flags-swallowed', 'MQTT-3.14.1-1', 'takes no notice of a DISCONNECT with reserved bits', [
    wrongFlags('DISCONNECT'),
    drop,
  ]),
  mutant(
    'disconnect-with-flags-open',
    'MQTT-3.14.1-1',
    'gives up on a DISCONNECT with reserved bits, but does not close',
    [wrongFlags('DISCONNECT'), keepOpen],
  ),
];
