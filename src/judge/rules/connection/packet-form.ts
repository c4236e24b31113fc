// Every packet that a party sends is well formed: what the decoder found wrong fails, what it could find wrong and did not passes.
import { findStatement } from '../../../spec/catalogue.ts';
import type { Role, StatementId } from '../../../spec/statement.ts';
import { DEVIATION_KINDS } from '../../../wire/deviation-codes.ts';
import type { Deviation } from '../../../wire/deviation.ts';
import type { Connect, Packet, PacketType } from '../../../wire/packet.ts';
import type { ConnectionRule, SeenPacket } from '../../rule.ts';
import { ruleId } from './traffic.ts';

type Statements = readonly StatementId[];

const everyPacket: Statements = ['MQTT311-NN-02', 'MQTT311-NN-03'];
const text: Statements = ['MQTT-1.5.3-1', 'MQTT-1.5.3-2'];
const topic: Statements = [...text, 'MQTT-4.7.3-1', 'MQTT-4.7.3-2'];
const filter: Statements = [...topic, 'MQTT-4.7.1-2', 'MQTT-4.7.1-3'];
const fixedFlags: Statements = ['MQTT-2.2.2-1'];
const exactLength: Statements = [...fixedFlags, 'MQTT311-NN-05'];

/** What a clean packet of each type shows, beside {@link everyPacket}; fields that come and go follow below. */
const shownBy: Readonly<Record<PacketType, Statements>> = {
  CONNECT: [...fixedFlags, ...text, 'MQTT-3.1.2-22', 'MQTT-3.1.3-3', 'MQTT-3.1.3-4'],
  CONNACK: [...exactLength, 'MQTT311-NN-16', 'MQTT311-NN-17'],
  PUBLISH: [...topic, 'MQTT-3.3.1-4', 'MQTT-3.3.2-1', 'MQTT-3.3.2-2', 'MQTT-4.7.1-1'],
  PUBACK: exactLength,
  PUBREC: exactLength,
  PUBREL: [...exactLength, 'MQTT-3.6.1-1'],
  PUBCOMP: exactLength,
  SUBSCRIBE: [...fixedFlags, ...filter, 'MQTT-2.3.1-1', 'MQTT-3.8.1-1', 'MQTT-3.8.3-1', 'MQTT-3.8.3-3'],
  SUBACK: [...fixedFlags, 'MQTT-3.9.3-2'],
  UNSUBSCRIBE: [...fixedFlags, ...filter, 'MQTT-2.3.1-1', 'MQTT-3.10.1-1', 'MQTT-3.10.3-1', 'MQTT-3.10.3-2'],
  UNSUBACK: exactLength,
  PINGREQ: exactLength,
  PINGRESP: exactLength,
  DISCONNECT: exactLength,
};

const qos0: Statements = ['MQTT-3.3.1-2', 'MQTT-4.3.1-1'];

/** Statements that a deviation breaks beside those that the decoder names. */
const breaksToo: Readonly<Record<string, Statements>> = { 'dup-at-qos-0': ['MQTT-4.3.1-1'] };

/** Judged by the rule connack-refusal, which also knows the duties after a taint. */
const judgedElsewhere: ReadonlySet<StatementId> = new Set<StatementId>(['MQTT-3.2.2-4']);

/** Well-formedness of what one party sends. */
export function packetForm(judges: Role): ConnectionRule<undefined> {
  const statements = statementsOf(judges);
  const binds = new Set(statements);
  return {
    id: ruleId(judges, 'packet-form'),
    title: `Every packet from the ${judges} is well formed, byte for byte.`,
    judges,
    scope: 'connection',
    statements,
    start: () => undefined,
    step(_state, event, report) {
      if (event.kind !== 'packet' || (event.seen.direction === 'toClient') !== (judges === 'server')) return;
      const { seen, seq } = event;
      const broken = new Set<StatementId>();
      for (const deviation of seen.frame.deviations) {
        for (const statement of brokenBy(deviation)) {
          broken.add(statement);
          if (binds.has(statement)) report.fail(statement, violation(seen, seq, deviation));
        }
      }
      if (seen.packet === undefined) return;
      for (const statement of shown(seen.packet)) {
        if (binds.has(statement) && !broken.has(statement)) report.pass(statement, { events: [seq] });
      }
    },
    end: () => undefined,
  };
}

/** Everything the decoder can find wrong with a packet of this party, as far as it binds the party. */
function statementsOf(judges: Role): Statements {
  const named = Object.values(DEVIATION_KINDS).flatMap((it): Statements => it.statements);
  const all = new Set<StatementId>([...named, ...Object.values(breaksToo).flat()]);
  return [...all].filter((id) => !judgedElsewhere.has(id) && (findStatement(id)?.testable[judges] ?? null) !== null);
}

function brokenBy(deviation: Deviation): Statements {
  const named = deviation.statement === undefined ? [] : [deviation.statement, ...(deviation.also ?? [])];
  return [...named, ...(breaksToo[deviation.code] ?? [])];
}

function violation(seen: SeenPacket, seq: number, deviation: Deviation) {
  const { expected, actual, offset, length } = deviation;
  const bytes = { event: seq, offset: offset - seen.frame.offset, length };
  return { expected: [expected], actual, events: [seq], bytes };
}

function shown(packet: Packet): Statements {
  const always = [...everyPacket, ...shownBy[packet.type]];
  if (packet.type === 'PUBLISH') return [...always, ...(packet.qos === 0 ? qos0 : (['MQTT-2.3.1-1'] as const))];
  return packet.type === 'CONNECT' ? [...always, ...shownByFields(packet)] : always;
}

/** What the optional fields of a CONNECT show by being there, or by not being there. */
function shownByFields(connect: Connect): Statements {
  const { will, userName, password, clientId } = connect;
  return [
    ...(will === undefined
      ? (['MQTT-3.1.2-11', 'MQTT-3.1.2-13', 'MQTT-3.1.2-15'] as const)
      : (['MQTT-3.1.2-9', 'MQTT-3.1.2-14', 'MQTT-3.1.3-10'] as const)),
    ...(userName === undefined ? (['MQTT-3.1.2-18'] as const) : (['MQTT-3.1.2-19', 'MQTT-3.1.3-11'] as const)),
    password === undefined ? 'MQTT-3.1.2-20' : 'MQTT-3.1.2-21',
    ...(clientId === '' ? (['MQTT-3.1.3-7'] as const) : []),
  ];
}
