// Whoever receives a PUBLISH answers by its QoS: nothing, PUBACK or PUBREC, once for each copy and with its identifier.
import type { Role, StatementId } from '../../../spec/statement.ts';
import type { PacketOf, Publish } from '../../../wire/packet.ts';
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView, Report } from '../../rule.ts';
import { heard, mayResume, ruleId } from './traffic.ts';
import type { Heard } from './traffic.ts';

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
  /** Keys of every QoS 1 and 2 PUBLISH that the peer sent here, answered or not. */
  readonly known: Set<string>;
  /** QoS 2 identifiers whose PUBCOMP has not come: PUBREC may be sent again until then. */
  readonly halfDone: Set<number>;
}

type Answer = PacketOf<'PUBACK'> | PacketOf<'PUBREC'>;

/** Answers of one party to what it receives. */
export function publishAnswers(judges: Role): ConnectionRule<State> {
  const ofClient: readonly StatementId[] = judges === 'client' ? ['MQTT-4.5.0-2'] : [];
  return {
    id: ruleId(judges, 'publish-answers'),
    title: `The ${judges} answers each QoS 1 PUBLISH by PUBACK and each QoS 2 PUBLISH by PUBREC, with its identifier, within the response timeout.`,
    judges,
    scope: 'connection',
    statements: ['MQTT-3.3.4-1', 'MQTT-2.3.1-6', 'MQTT-4.3.2-2', 'MQTT-4.3.3-2', ...ofClient],
    start: (view, parameters) => ({
      view,
      awaiting: new Awaiting(parameters.responseTimeoutMs, 'time to acknowledge'),
      known: new Set(),
      halfDone: new Set(),
    }),
    step(state, event, report) {
      const it = heard(judges, event);
      if (it === undefined) return;
      const { packet } = it;
      if (it.by === 'peer' && packet.type === 'PUBLISH') expectAnswer(state, it, packet, ofClient);
      if (it.by === 'party' && (packet.type === 'PUBACK' || packet.type === 'PUBREC'))
        judgeAnswer(state, it, packet, report);
      if (it.by === 'party' && packet.type === 'PUBCOMP') state.halfDone.delete(packet.packetId);
    },
    end: (state, tMs, report) => state.awaiting.end(state.view, tMs, report),
  };
}

function expectAnswer(state: State, it: Heard, packet: Publish, further: readonly StatementId[]): void {
  if (packet.packetId === undefined || (packet.qos !== 1 && packet.qos !== 2)) return;
  const [answer, receiver] =
    packet.qos === 1 ? (['PUBACK', 'MQTT-4.3.2-2'] as const) : (['PUBREC', 'MQTT-4.3.3-2'] as const);
  const key = `${answer} ${packet.packetId}`;
  state.known.add(key);
  if (packet.qos === 2) state.halfDone.add(packet.packetId);
  const { seq, tMs } = it;
  state.awaiting.expect(key, { seq, tMs, statements: ['MQTT-3.3.4-1', receiver, ...further], expected: key });
}

function judgeAnswer(state: State, it: Heard, packet: Answer, report: Report): void {
  const key = `${packet.type} ${packet.packetId}`;
  const duty = state.awaiting.met(key, it, report);
  if (duty !== undefined) return report.pass('MQTT-2.3.1-6', { events: [duty.seq, it.seq] });
  const other = `${packet.type === 'PUBACK' ? 'PUBREC' : 'PUBACK'} ${packet.packetId}`;
  const events = [it.seq];
  if (state.awaiting.has(other)) {
    return report.fail('MQTT-3.3.4-1', { expected: [`${other}, by the QoS of the PUBLISH`], actual: key, events });
  }
  // Waiting for PUBREL, a receiver may repeat itself: only QoS 1 is over with one answer.
  if (packet.type === 'PUBREC' && state.halfDone.has(packet.packetId)) return;
  if (state.known.has(key)) {
    return report.fail('MQTT-3.3.4-1', {
      expected: ['one answer to each PUBLISH'],
      actual: `a further ${key}`,
      events,
    });
  }
  if (mayResume(state.view)) return;
  report.fail('MQTT-2.3.1-6', { expected: ['the identifier of a PUBLISH that was received'], actual: key, events });
}
