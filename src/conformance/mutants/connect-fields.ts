// Mutants of what stands in a CONNECT: its protocol name, the pairs of its flags, the fields that they announce.
import type { PacketAction, PacketMatch } from '../../faults/packet-fault.ts';
import type { StatementId } from '../../spec/statement.ts';
import type { Mutant } from '../mutant.ts';
import { answer, drop, fromClient, mend, mutant, rewrite } from './plant.ts';

/** A CONNECT that is to be closed on without an answer, and what a broker does to it that takes it all the same. */
interface Illegal {
  readonly name: string;
  readonly statement: StatementId;
  /** The CONNECT in words, e.g. `with trailing bytes`. */
  readonly what: string;
  readonly when: PacketMatch;
  readonly taking: PacketAction;
}

/** Both ways not to refuse it: to serve its client, and to leave the connection open in silence. */
const takenOrIgnored = ({ name, statement, what, when, taking }: Illegal): readonly Mutant[] => [
  mutant(`${name}-accepted`, statement, `serves a client after a CONNECT ${what}`, [when, taking]),
  mutant(`${name}-ignored`, statement, `neither answers nor closes on a CONNECT ${what}`, [when, drop]),
];

/** A CONNECT that breaks the statement and can be read, so that it can be mended. */
const readable = (breaks: StatementId): Pick<Illegal, 'statement' | 'when' | 'taking'> => ({
  statement: breaks,
  when: fromClient('CONNECT', { breaks }),
  taking: mend,
});

/** A CONNECT that lacks the field of the statement: taken for one without it, as if it were a client of no name. */
const cutOff = (breaks: StatementId): Pick<Illegal, 'statement' | 'when' | 'taking'> => ({
  statement: breaks,
  when: { direction: 'toServer', breaks },
  taking: rewrite({ type: 'CONNECT' }),
});

const wrongName = fromClient('CONNECT', { deviation: 'protocol-name' });

export const connectFieldMutants: readonly Mutant[] = [
  mutant('protocol-name-accepted', 'MQTT-3.1.2-1', 'does not look at the protocol name', [
    wrongName,
    rewrite({ protocolName: 'MQTT' }),
  ]),
  mutant('protocol-name-acknowledged', 'MQTT-3.1.2-1', 'accepts a wrong protocol name, and then does nothing', [
    wrongName,
    answer('CONNACK'),
    drop,
  ]),
  ...takenOrIgnored({
    ...readable('MQTT-3.1.2-11'),
    name: 'will-flags-without-will',
    what: 'with will parts and no will',
  }),
  mutant('will-fields-without-will-accepted', 'MQTT-3.1.2-11', 'passes over will fields that no will flag announces', [
    fromClient('CONNECT', { deviation: 'trailing-bytes', hasWill: false }),
    mend,
  ]),
  ...takenOrIgnored({
    ...readable('MQTT-3.1.2-13'),
    name: 'will-qos-without-will',
    what: 'with a will QoS and no will',
  }),
  ...takenOrIgnored({
    ...readable('MQTT-3.1.2-14'),
    name: 'will-qos-3',
    what: 'with will QoS 3',
    taking: rewrite({ will: { qos: 2 } }),
  }),
  mutant('will-qos-3-without-will', 'MQTT-3.1.2-14', 'serves a client with will QoS 3 and forgets the will', [
    fromClient('CONNECT', { breaks: 'MQTT-3.1.2-14' }),
    rewrite({ will: 'remove' }),
  ]),
  ...takenOrIgnored({
    ...readable('MQTT-3.1.2-15'),
    name: 'will-retain-without-will',
    what: 'with will retain and no will',
  }),
  ...takenOrIgnored({ ...readable('MQTT-3.1.2-18'), name: 'user-name-without-flag', what: 'with a field too many' }),
  ...takenOrIgnored({ ...cutOff('MQTT-3.1.2-19'), name: 'user-name-missing', what: 'that lacks its user name' }),
  ...takenOrIgnored({
    ...readable('MQTT-3.1.2-20'),
    name: 'password-without-flag',
    what: 'with a password unannounced',
  }),
  ...takenOrIgnored({ ...cutOff('MQTT-3.1.2-21'), name: 'password-missing', what: 'that lacks its password' }),
  ...takenOrIgnored({
    ...readable('MQTT-3.1.2-22'),
    name: 'password-without-user-name',
    what: 'with a password and no user name',
    taking: rewrite({ userName: '' }),
  }),
  mutant('will-topic-and-payload-swapped', 'MQTT-3.1.3-1', 'reads the payload of a will before its topic', [
    fromClient('CONNECT', { hasWill: true }),
    rewrite({ will: 'swapped' }),
  ]),
  mutant('will-behind-credentials', 'MQTT-3.1.3-1', 'reads user name and password before the will', [
    fromClient('CONNECT', { hasWill: true }),
    rewrite({ will: 'credentials' }),
  ]),
  ...takenOrIgnored({ ...cutOff('MQTT-3.1.3-3'), name: 'client-id-missing', what: 'that lacks its client id' }),
  ...takenOrIgnored({
    ...readable('MQTT-3.1.3-4'),
    name: 'ill-formed-client-id',
    what: 'with an ill-formed client id',
  }),
  ...takenOrIgnored({
    ...readable('MQTT-3.1.3-10'),
    name: 'ill-formed-will-topic',
    what: 'with an ill-formed will topic',
  }),
  ...takenOrIgnored({
    ...readable('MQTT-3.1.3-11'),
    name: 'ill-formed-user-name',
    what: 'with an ill-formed user name',
  }),
];
